#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "files/incoming_file.hpp"
#include "files/served_folder.hpp"
#include "iec104/station/controlled_station.hpp"

namespace busbar::files {

struct FileServerConfig {
    std::string folder;          // whose files are served; empty: none
    std::string receive_folder;  // for files that control rooms load; empty: they may not
    bool allow_delete = false;
    std::uint16_t common_address = 1;
    std::uint32_t first_ioa = 1;  // of the file with number 1
    std::uint16_t name = 1;       // NOF of all of them
    std::uint32_t longest = 255u << 16;
    std::uint32_t most = 1000;
    Duration step_limit = std::chrono::seconds{10};
    bool operator==(const FileServerConfig&) const = default;

    iec104::ControlledFileRules rules() const;
};

/// Joins a folder to a controlled station: its directory, transfers to and from control rooms. Reads one section at a
/// time; a file that changes while it is sent ends its transfer.
class FileServer {
public:
    struct Ended {
        iec104::FileAddress file;
        std::string name;  // in its folder
        bool sent;
        std::string reason;  // empty: complete
        std::string peer;
    };
    struct Owner {
        /// As the station tells time (CP56Time2a).
        std::function<iec104::FileTable::Time(UtcTime)> time_tag;
        /// A file is new or has changed: sessions may have something to announce.
        std::function<void(const iec104::FileAddress& file, const ServedFile& what)> on_listed;
        std::function<void(const std::string& what)> on_left_out;
        /// The folder cannot be read; empty: it can be again. Told when it changes.
        std::function<void(const std::string& reason)> on_trouble;
        std::function<void(const Ended& ended)> on_ended;
    };
    struct Counters {
        std::uint64_t sent = 0, received = 0, failed = 0, deleted = 0;
    };

    FileServer(iec104::ControlledStation& station, const FileServerConfig& config, Owner owner);

    /// Every few seconds: what is in the folder now.
    void look(UtcTime now);
    void handle(iec104::ControlledSession& session, const iec104::FileEvent& event, const std::string& peer);
    /// It ends with this call.
    void session_gone(const iec104::ControlledSession& session, const std::string& peer);

    const FileServerConfig& config() const { return config_; }
    const std::map<std::uint32_t, ServedFile>& files() const { return folder_.files(); }
    iec104::FileAddress address_of(std::uint32_t number) const;
    const Counters& counters() const { return counters_; }

private:
    /// A file on its way.
    struct Work {
        iec104::FileAddress file;
        std::string name;
        std::optional<OpenFile> sent;
        std::optional<IncomingFile> received;
    };
    struct Context {
        iec104::ControlledFiles& session;
        Work& work;
        const std::string& peer;
    };
    void on(const iec104::FileSelected& event, Context at);
    void on(const iec104::FileDeletionWanted& event, Context at);
    void on(const iec104::SectionWanted& event, Context at);
    void on(const iec104::FileOffered& event, Context at);
    void on(const iec104::SegmentReceived& event, Context at);
    void on(const iec104::FileReceived& event, Context at);
    void on(const iec104::FileEnded& event, Context at);
    void on(const iec104::DirectoryReceived&, Context) {}
    void on(const iec104::DirectoryEnded&, Context) {}
    void ended(const iec104::FileEnded& event, const Work& work, const std::string& peer);
    std::uint32_t number_of(const iec104::FileAddress& file) const { return file.ioa - config_.first_ioa + 1; }

    iec104::ControlledStation& station_;
    FileServerConfig config_;
    Owner owner_;
    ServedFolder folder_;
    std::map<const iec104::ControlledSession*, Work> works_;
    OctetBuffer section_;
    std::string trouble_;
    Counters counters_;
};

}  // namespace busbar::files
