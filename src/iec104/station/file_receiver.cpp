#include "iec104/station/file_receiver.hpp"

#include <utility>

namespace busbar::iec104 {

// --- the owner

void FileReceiver::accept() {
    if (state_ == State::offered) state_ = State::request_due;
}

void FileReceiver::stored(FileEvents& events) {
    if (state_ == State::storing) end(State::file_answer_due, {}, events);
}

void FileReceiver::abort(std::string reason, FileFault fault, FileEvents& events) {
    if (has_ended()) return;
    fault_ = fault;
    // Nobody knows of what was not selected yet; a file that came whole is answered.
    const State next = state_ == State::select_due ? State::over
                       : state_ == State::storing  ? State::file_answer_due
                                                   : State::abort_due;
    end(next, std::move(reason), events);
}

// --- the peer

void FileReceiver::receive(const FileAsdu& asdu, TimePoint now, FileEvents& events) {
    if (has_ended()) return;
    if (asdu.is_refused())
        return end(State::over, "refused by the peer with cause " + std::to_string(static_cast<unsigned>(asdu.cause)),
                   events);
    // While the answer to the selection is awaited it is said of a transfer before.
    if (asdu.ends(FileEnd::file_aborted) && state_ != State::selected)
        return end(State::over, "the peer aborted the file", events);
    const bool answers_a_call = asdu.type == file_call_type && asdu.fault != FileFault::none;
    if (answers_a_call)
        return end(State::abort_due, "refused by the peer: " + std::string(to_string(asdu.fault)), events);
    switch (state_) {
        case State::selected:
            if (asdu.type == file_ready_type) file_is_ready(asdu, events);
            return;
        case State::section_awaited:
            if (asdu.type == section_ready_type) section_is_ready(asdu, events);
            if (asdu.ends(FileEnd::file)) end_file(asdu, events);
            return;
        case State::segments_awaited:
            if (asdu.section != section_) return;
            if (asdu.type == segment_type) take_segment(asdu, now, events);
            if (asdu.ends(FileEnd::section)) end_section(asdu, events);
            if (asdu.ends(FileEnd::section_aborted))
                end(State::abort_due, "the peer aborted section " + std::to_string(section_), events);
            return;
        default: return;
    }
}

void FileReceiver::file_is_ready(const FileAsdu& asdu, FileEvents& events) {
    if (asdu.negative) return end(State::over, "refused by the station: the file is not ready", events);
    length_ = asdu.length;
    if (length_ > rules_.longest) {
        fault_ = FileFault::no_memory;
        return end(State::abort_due, std::to_string(length_) + " octets are more than are taken", events);
    }
    state_ = State::offered;
    until_.reset();
    events.push_back(FileOffered{file_, length_});
}

void FileReceiver::section_is_ready(const FileAsdu& asdu, FileEvents& events) {
    if (asdu.section != section_) {
        fault_ = FileFault::unexpected_section;
        return end(State::abort_due,
                   "section " + std::to_string(asdu.section) + " came instead of " + std::to_string(section_), events);
    }
    if (asdu.negative) return end(State::abort_due, "section " + std::to_string(section_) + " is not ready", events);
    if (asdu.length > length_ - offset_)
        return end(State::abort_due, "the sections are longer than the file of " + std::to_string(length_) + " octets",
                   events);
    section_length_ = asdu.length;
    received_ = section_sum_ = 0;
    state_ = State::section_request_due;
    until_.reset();
}

void FileReceiver::take_segment(const FileAsdu& asdu, TimePoint now, FileEvents& events) {
    if (asdu.segment.size() > section_length_ - received_)
        return end(State::abort_due, "section " + std::to_string(section_) + " has more octets than announced", events);
    until_ = now + rules_.step_limit;
    section_sum_ = checksum_of(asdu.segment, section_sum_);
    events.push_back(SegmentReceived{file_, offset_ + received_, asdu.segment});
    received_ += static_cast<std::uint32_t>(asdu.segment.size());
}

/// What is wrong is asked for again.
void FileReceiver::end_section(const FileAsdu& asdu, FileEvents& events) {
    const bool good = received_ == section_length_ && asdu.checksum == section_sum_;
    if (!good && repeats_++ == rules_.most_repeats) {
        fault_ = FileFault::checksum;
        return end(State::abort_due, "section " + std::to_string(section_) + " came damaged again and again", events);
    }
    fault_ = good ? FileFault::none : FileFault::checksum;
    state_ = State::section_answer_due;
    until_.reset();
}

void FileReceiver::end_file(const FileAsdu& asdu, FileEvents& events) {
    until_.reset();
    if (offset_ == length_ && asdu.checksum == file_sum_) {
        state_ = State::storing;
        events.push_back(FileReceived{file_, length_});
        return;
    }
    fault_ = FileFault::checksum;
    end(State::file_answer_due,
        offset_ == length_
            ? "the checksum of the file is wrong"
            : std::to_string(offset_) + " octets came instead of the announced " + std::to_string(length_),
        events);
}

void FileReceiver::end(State state, std::string reason, FileEvents& events) {
    state_ = state;
    until_.reset();
    events.push_back(FileEnded{file_, false, std::move(reason)});
}

// --- what goes out

FileAsdu FileReceiver::said(State state, FileAsdu asdu, TimePoint now) {
    state_ = state;
    until_ = now + rules_.step_limit;
    return asdu;
}

std::optional<FileAsdu> FileReceiver::next(TimePoint now) {
    switch (state_) {
        case State::select_due: return said(State::selected, FileAsdu::call(file_, 0, FileCall::select_file), now);
        case State::request_due:
            return said(State::section_awaited, FileAsdu::call(file_, 0, FileCall::request_file), now);
        case State::section_request_due:
            return said(State::segments_awaited, FileAsdu::call(file_, section_, FileCall::request_section), now);
        case State::section_answer_due: {
            const bool good = fault_ == FileFault::none;
            const auto answer = FileAsdu::acknowledge(
                file_, section_, good ? FileAnswer::section_accepted : FileAnswer::section_refused, fault_);
            if (good) {
                offset_ += received_;
                file_sum_ = static_cast<std::uint8_t>(file_sum_ + section_sum_);
                repeats_ = 0;
                ++section_;
            }
            return said(State::section_awaited, answer, now);
        }
        case State::file_answer_due:
            state_ = State::over;
            return FileAsdu::acknowledge(
                file_, 0, fault_ == FileFault::none ? FileAnswer::file_accepted : FileAnswer::file_refused, fault_);
        case State::abort_due: state_ = State::over; return FileAsdu::call(file_, 0, FileCall::deactivate_file, fault_);
        default: return std::nullopt;
    }
}

void FileReceiver::on_deadline(TimePoint now, FileEvents& events) {
    if (!until_ || *until_ > now) return;
    const char* missing = state_ == State::selected          ? "the answer to the selection"
                          : state_ == State::section_awaited ? "the next section or the end of the file"
                                                             : "the next segment or the end of the section";
    end(State::abort_due, std::string(missing) + " did not come in time", events);
}

}  // namespace busbar::iec104
