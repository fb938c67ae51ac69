#pragma once

#include <cstdint>
#include <optional>

#include "iec104/station/file_transfer.hpp"

namespace busbar::iec104 {

/// File transfer and directory on one connection of the controlling station: one of each at a time.
class ControllingFiles {
public:
    explicit ControllingFiles(const FileRules& rules, std::uint8_t originator)
        : transfer_(rules), originator_(originator) {}
    void configure(const FileRules& rules) { transfer_.configure(rules); }

    // Wishes; an error says why not now.
    Result<void> call_directory(CommonAddress common_address);
    Result<void> fetch(const FileAddress& file);
    Result<void> send(const FileAddress& file, std::uint32_t length);

    /// Of a file that can be sent.
    std::uint32_t most_octets() const;

    // The owner's answers to events; see FileTransfer
    void provide(Octets section) { transfer_.provide(section); }
    void accept() { transfer_.accept(); }
    void stored() { transfer_.stored(); }
    void abort(std::string reason, FileFault fault = {}) { transfer_.abort(std::move(reason), fault); }

    /// One of the types 120-126 from the station. False: it belongs to nothing that was asked for.
    bool receive(const iec60870::AsduView& asdu, TimePoint now);
    void forget(const std::string& reason);

    /// Builds what goes out now; false: nothing.
    bool next(const AsduFormat& format, iec60870::AsduWriter& out, TimePoint now);
    std::optional<FileEvent> take_event() { return transfer_.take_event(); }
    void on_deadline(TimePoint now);
    std::optional<TimePoint> next_deadline() const;

private:
    struct Directory {
        CommonAddress common_address;
        std::optional<TimePoint> until;  // not called yet
    };
    bool take_directory(const iec60870::AsduView& asdu, TimePoint now);
    void end_directory(std::string reason);
    Result<void> check(const FileAddress& file) const;

    FileTransfer transfer_;
    std::uint8_t originator_;
    std::optional<Directory> directory_;
};

}  // namespace busbar::iec104
