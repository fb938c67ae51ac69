#pragma once

#include <optional>
#include <string>

#include "files/incoming_file.hpp"
#include "iec104/station/controlling_files.hpp"

namespace busbar::files {

/// Joins a folder to a controlling station: files are fetched into it and sent from it, one at a time.
class FileClient {
public:
    struct Ended {
        iec104::FileAddress file;
        std::string name;  // in the folder
        bool sent;
        std::uint32_t octets;
        std::string reason;  // empty: complete
    };

    explicit FileClient(std::string folder) : folder_(std::move(folder)) {}
    const std::string& folder() const { return folder_; }
    /// For transfers to come; empty: there are none.
    void use_folder(std::string folder) { folder_ = std::move(folder); }

    /// Stored under `name`; empty: one that is made of its address.
    Result<void> fetch(iec104::ControllingFiles& session, const iec104::FileAddress& file, const std::string& name);
    Result<void> send(iec104::ControllingFiles& session, const iec104::FileAddress& file, const std::string& name);

    /// Events of transfers; what directories say is for somebody else.
    std::optional<Ended> handle(iec104::ControllingFiles* session, const iec104::FileEvent& event);
    /// The line went without a word: what ends by that.
    std::optional<Ended> line_lost();

private:
    using Session = iec104::ControllingFiles;
    void on(const iec104::SectionWanted& event, Session& session);
    void on(const iec104::FileOffered& event, Session& session);
    void on(const iec104::SegmentReceived& event, Session& session);
    void on(const iec104::FileReceived& event, Session& session);
    template <class Other>
    void on(const Other&, Session&) {}

    std::string folder_, name_;
    std::optional<Ended> running_;
    std::optional<OpenFile> sent_;
    std::optional<IncomingFile> received_;
    OctetBuffer section_;
};

}  // namespace busbar::files
