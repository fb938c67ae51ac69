#pragma once

#include <cstdint>
#include <optional>

#include "iec104/station/file_table.hpp"
#include "iec104/station/file_transfer.hpp"

namespace busbar::iec104 {

struct ControlledFileRules : FileRules {
    bool allow_load = false;  // files of control rooms are taken
    bool allow_delete = false;
};

/// File transfer and directory on one connection of the controlled station.
class ControlledFiles {
public:
    ControlledFiles(FileTable& table, const ControlledFileRules& rules)
        : table_(table), transfer_(rules), rules_(rules) {}
    ~ControlledFiles();
    ControlledFiles(const ControlledFiles&) = delete;
    ControlledFiles& operator=(const ControlledFiles&) = delete;

    /// One of the types 120-125 with a permitted cause, or 122 as the call of the directory. The cause to refuse it
    /// with, if it is not for this station.
    std::optional<Cause> receive(const iec60870::AsduView& asdu, TimePoint now);
    /// The connection carries data from now on; the control room has heard of the files up to this announcement.
    void start(std::uint64_t announced) { announced_ = announced; }
    /// Transfers end with the connection.
    void forget(std::string reason);

    /// Builds what goes out now, when nothing more urgent waits; false: nothing. `segments`: there is room for them.
    bool next(bool segments, const AsduFormat& format, iec60870::AsduWriter& out, TimePoint now);
    std::uint64_t announced() const { return announced_; }

    std::optional<FileEvent> take_event();
    void on_deadline(TimePoint now) { transfer_.on_deadline(now); }
    std::optional<TimePoint> next_deadline() const { return transfer_.next_deadline(); }

    // The owner's answers; see FileTransfer
    void ready(std::uint32_t length) { transfer_.ready(length); }
    void refuse(std::string reason) { transfer_.refuse(std::move(reason)); }
    void provide(Octets section) { transfer_.provide(section); }
    void accept() { transfer_.accept(); }
    void stored() { transfer_.stored(); }
    void abort(std::string reason, FileFault fault = {}) { transfer_.abort(std::move(reason), fault); }
    void deleted(const FileAddress& file, bool done);

private:
    struct Directory {
        CommonAddress common_address;
        Ioa next;
        std::uint8_t originator;
    };
    void select(const FileAsdu& call);
    void remove(const FileAsdu& call);
    void offer(const FileAsdu& ready);
    void answer(const FileAsdu& what, FileFault fault);
    void say(FileAsdu word, const FileAsdu& answers);

    FileTable& table_;
    FileTransfer transfer_;
    ControlledFileRules rules_;
    std::optional<Directory> directory_;
    std::uint64_t announced_ = 0;
    std::uint8_t originator_of_deletion_ = 0;
};

}  // namespace busbar::iec104
