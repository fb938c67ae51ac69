#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "iec104/station/file_event.hpp"

namespace busbar::iec104 {

/// The end of a file transfer that has the file: the controlled station for a file that was selected, the controlling
/// station for one that it loads. Says nothing by itself: `next` is asked when there is room for it, so that segments
/// never wait in a queue. One section lies in memory, until the peer has accepted it.
class FileSender {
public:
    FileSender(const FileAddress& file, const FileRules& rules) : file_(file), rules_(rules) {}

    // The owner
    /// The file is open and has so many octets; not more than FileRules::longest.
    void ready(std::uint32_t length);
    void provide(Octets section);
    /// The peer is told by 123, LSQ 2.
    void abort(std::string reason, FileEvents& events);

    // The peer
    /// What was wrong about it, if it is to be answered. Nothing for what is merely late.
    FileFault receive(const FileAsdu& asdu, FileEvents& events);

    /// What goes out now, if anything; a segment points into the section and is valid until the next call.
    std::optional<FileAsdu> next(unsigned most_octets, TimePoint now);
    /// What was not answered in time ends the transfer.
    void on_deadline(TimePoint now, FileEvents& events);
    std::optional<TimePoint> next_deadline() const { return until_; }

    const FileAddress& file() const { return file_; }
    /// Ended, and the peer was told if it has to be.
    bool is_over() const { return state_ == State::over; }
    bool has_ended() const { return state_ == State::abort_due || is_over(); }

private:
    enum class State : std::uint8_t {
        selected,             // the owner has not answered
        ready_due,            // 120
        file_called,          // 120 was sent: request of the file is awaited
        octets_wanted,        // of the section, from the owner
        section_ready_due,    // 121
        section_called,       // 121 was sent: request of the section is awaited
        segments_due,         // 125, then 123 LSQ 3
        section_aborted_due,  // 123 LSQ 4
        section_answered,     // 123 LSQ 3 was sent: 124 is awaited
        file_end_due,         // 123 LSQ 1
        file_answered,        // … was sent: 124 is awaited
        abort_due,            // 123 LSQ 2
        over,
    };
    FileFault called(const FileAsdu& asdu, FileEvents& events);
    void acknowledged(const FileAsdu& asdu, FileEvents& events);
    void want_section(FileEvents& events);
    void section_refused(FileFault fault, FileEvents& events);
    void end(State state, std::string reason, FileEvents& events);
    FileAsdu said(State state, FileAsdu asdu, TimePoint now);
    std::uint32_t section_length() const { return std::min(rules_.section_octets, length_ - offset_); }

    FileAddress file_;
    FileRules rules_;
    State state_ = State::selected;
    std::uint32_t length_ = 0, offset_ = 0;  // of the file; of the section in it
    std::uint8_t section_ = 0, file_sum_ = 0;
    OctetBuffer octets_;  // of the section
    std::size_t at_ = 0;  // sent of them
    unsigned repeats_ = 0;
    std::optional<TimePoint> until_;
};

}  // namespace busbar::iec104
