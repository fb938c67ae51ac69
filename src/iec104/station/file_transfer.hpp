#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <variant>

#include "iec104/link/link.hpp"
#include "iec104/station/fifo.hpp"
#include "iec104/station/file_event.hpp"
#include "iec104/station/file_receiver.hpp"
#include "iec104/station/file_sender.hpp"

namespace busbar::iec104 {

/// Frames of the window that segments leave free for what is more urgent. More than w of them must be able to wait for
/// their acknowledgement, or the peer's t2 would set the pace.
constexpr unsigned room_beside_files(const LinkConfig& link) {
    return std::min<unsigned>(link.k / 4u, link.k - std::min(link.k, link.w));
}

/// The file transfer of one connection, whichever way the file goes; one at a time.
class FileTransfer {
public:
    explicit FileTransfer(const FileRules& rules) : rules_(rules) {}
    /// For transfers to come.
    void configure(const FileRules& rules) { rules_ = rules; }
    const FileRules& rules() const { return rules_; }

    /// None runs: another may begin.
    bool is_free() const;
    bool is_of(const FileAddress& file) const;

    // How one begins
    void fetch(const FileAddress& file);                       // by the controlling station
    void send(const FileAddress& file, std::uint32_t length);  // by the controlling station
    void selected(const FileAsdu& call);                       // at the controlled station: `FileSelected`
    void offered(const FileAsdu& ready);                       // at the controlled station: `FileOffered`

    // The owner's answers to events; one that comes too late does nothing.
    void ready(std::uint32_t length);
    void refuse(std::string reason);
    void provide(Octets section);
    void accept();
    void stored();
    void abort(std::string reason, FileFault fault = {});
    /// The line is lost or stopped, or the peer begins anew: nobody is told but the owner.
    void forget(std::string reason);

    /// What the peer says about the file; what was wrong about it, if it is to be answered.
    FileFault receive(const FileAsdu& asdu, TimePoint now);
    /// An answer beside a transfer; what a peer that does not listen makes too many of is dropped.
    void say(const FileAsdu& asdu);
    /// What goes out now, if anything; see FileSender::next.
    std::optional<FileAsdu> next(unsigned most_octets, TimePoint now);

    std::optional<FileEvent> take_event();
    void report(FileEvent event) { events_.push_back(std::move(event)); }
    void on_deadline(TimePoint now);
    std::optional<TimePoint> next_deadline() const;

private:
    template <class End>
    void begin(End end, std::uint8_t originator);
    std::optional<FileAsdu> next_of_transfer(unsigned most_octets, TimePoint now);

    FileRules rules_;
    std::variant<std::monostate, FileSender, FileReceiver> end_;
    std::uint8_t originator_ = 0;  // of who asked
    Fifo<FileAsdu> words_;         // that go first; no segments
    FileEvents events_;
};

}  // namespace busbar::iec104
