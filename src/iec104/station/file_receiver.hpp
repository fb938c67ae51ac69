#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "iec104/station/file_event.hpp"

namespace busbar::iec104 {

/// The end of a file transfer that gets the file: the controlling station that fetches it, the controlled station that
/// is loaded with it. Keeps no octets: they go to the owner segment by segment.
class FileReceiver {
public:
    /// The controlling station begins: the file is selected.
    static FileReceiver fetch(const FileAddress& file, const FileRules& rules) {
        return {file, rules, State::select_due, 0};
    }
    /// The controlled station is asked: 120 came, the owner has not answered.
    static FileReceiver offered(const FileAsdu& ready, const FileRules& rules) {
        return {ready.file, rules, State::offered, ready.length};
    }

    // The owner
    void accept();
    void stored(FileEvents& events);
    /// The peer is told by 122, SCQ 3.
    void abort(std::string reason, FileFault fault, FileEvents& events);

    // The peer. What does not fit is late or lost its way: it changes nothing.
    void receive(const FileAsdu& asdu, TimePoint now, FileEvents& events);

    std::optional<FileAsdu> next(TimePoint now);
    void on_deadline(TimePoint now, FileEvents& events);
    std::optional<TimePoint> next_deadline() const { return until_; }

    const FileAddress& file() const { return file_; }
    bool is_over() const { return state_ == State::over; }
    /// The owner was told; the peer may have to be told yet.
    bool has_ended() const { return state_ == State::file_answer_due || state_ == State::abort_due || is_over(); }

private:
    enum class State : std::uint8_t {
        select_due,           // 122 SCQ 1
        selected,             // … was sent: 120 is awaited
        offered,              // 120 came: the owner answers
        request_due,          // 122 SCQ 2
        section_awaited,      // 121, or 123 LSQ 1 after the last one
        section_request_due,  // 122 SCQ 6
        segments_awaited,     // 125, then 123 LSQ 3
        section_answer_due,   // 124 AFQ 3 or 4
        storing,              // 123 LSQ 1 came: the owner answers
        file_answer_due,      // 124 AFQ 1 or 2
        abort_due,            // 122 SCQ 3
        over,
    };
    FileReceiver(const FileAddress& file, const FileRules& rules, State state, std::uint32_t length)
        : file_(file), rules_(rules), state_(state), length_(length) {}

    void file_is_ready(const FileAsdu& asdu, FileEvents& events);
    void section_is_ready(const FileAsdu& asdu, FileEvents& events);
    void take_segment(const FileAsdu& asdu, TimePoint now, FileEvents& events);
    void end_section(const FileAsdu& asdu, FileEvents& events);
    void end_file(const FileAsdu& asdu, FileEvents& events);
    void end(State state, std::string reason, FileEvents& events);
    FileAsdu said(State state, FileAsdu asdu, TimePoint now);

    FileAddress file_;
    FileRules rules_;
    State state_;
    std::uint32_t length_;                           // of the file
    std::uint32_t offset_ = 0, section_length_ = 0;  // of the section
    std::uint32_t received_ = 0;                     // of the section's octets
    std::uint8_t section_ = 1, section_sum_ = 0, file_sum_ = 0;
    FileFault fault_{};
    unsigned repeats_ = 0;
    std::optional<TimePoint> until_;
};

}  // namespace busbar::iec104
