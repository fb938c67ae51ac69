#include "iec104/station/file_sender.hpp"

#include <utility>

namespace busbar::iec104 {

// --- the owner

void FileSender::ready(std::uint32_t length) {
    if (state_ != State::selected) return;
    constexpr std::uint64_t most_sections = 255;
    require(length <= most_sections * rules_.section_octets, "a file has no more sections than NOS can count");
    length_ = length;
    state_ = State::ready_due;
}

void FileSender::provide(Octets section) {
    if (state_ != State::octets_wanted) return;
    require(section.size() == section_length(), "a section has the octets that were wanted");
    octets_.assign(section.begin(), section.end());
    state_ = State::section_ready_due;
}

void FileSender::abort(std::string reason, FileEvents& events) {
    // Nobody hears of a file that was not said to be ready.
    const bool unheard = state_ == State::selected || state_ == State::ready_due;
    if (!has_ended()) end(unheard ? State::over : State::abort_due, std::move(reason), events);
}

// --- the peer

FileFault FileSender::receive(const FileAsdu& asdu, FileEvents& events) {
    if (has_ended()) return FileFault::none;
    if (asdu.is_refused()) {
        end(State::over, "refused by the peer with cause " + std::to_string(static_cast<unsigned>(asdu.cause)), events);
        return FileFault::none;
    }
    if (asdu.type == file_call_type) return called(asdu, events);
    if (asdu.type == file_acknowledge_type) acknowledged(asdu, events);
    return FileFault::none;
}

FileFault FileSender::called(const FileAsdu& asdu, FileEvents& events) {
    const auto call = static_cast<FileCall>(asdu.qualifier);
    if (call == FileCall::deactivate_file) {
        const bool with_reason = asdu.fault != FileFault::none;
        end(State::abort_due,
            "deactivated by the peer" + (with_reason ? ": " + std::string(to_string(asdu.fault)) : std::string()),
            events);
        return FileFault::none;
    }
    if (asdu.fault != FileFault::none) {
        end(State::abort_due, "refused by the peer: " + std::string(to_string(asdu.fault)), events);
        return FileFault::none;
    }
    if (call == FileCall::request_file) {
        if (state_ != State::file_called) return FileFault::unexpected_service;
        want_section(events);
        return FileFault::none;
    }
    const bool of_section =
        call == FileCall::select_section || call == FileCall::request_section || call == FileCall::deactivate_section;
    if (!of_section || section_ == 0) return FileFault::unexpected_service;
    if (asdu.section != section_) return FileFault::unexpected_section;
    if (call == FileCall::deactivate_section) {
        if (state_ != State::segments_due && state_ != State::section_answered) return FileFault::unexpected_service;
        state_ = State::section_aborted_due;
    } else {
        if (state_ != State::section_called) return FileFault::unexpected_service;
        state_ = call == FileCall::request_section ? State::segments_due : State::section_ready_due;
        at_ = 0;
    }
    until_.reset();
    return FileFault::none;
}

void FileSender::acknowledged(const FileAsdu& asdu, FileEvents& events) {
    if (asdu.answers(FileAnswer::file_refused))
        return end(State::over, "the peer refused the file: " + std::string(to_string(asdu.fault)), events);
    if (state_ == State::file_answered && asdu.answers(FileAnswer::file_accepted)) return end(State::over, {}, events);
    if (state_ != State::section_answered || asdu.section != section_) return;
    if (asdu.answers(FileAnswer::section_refused)) return section_refused(asdu.fault, events);
    if (!asdu.answers(FileAnswer::section_accepted)) return;
    file_sum_ = checksum_of(octets_, file_sum_);
    offset_ += static_cast<std::uint32_t>(octets_.size());
    repeats_ = 0;
    if (offset_ < length_) return want_section(events);
    state_ = State::file_end_due;
    until_.reset();
}

void FileSender::section_refused(FileFault fault, FileEvents& events) {
    if (repeats_++ == rules_.most_repeats)
        return end(State::abort_due,
                   "the peer refused section " + std::to_string(section_) +
                       " again and again: " + std::string(to_string(fault)),
                   events);
    state_ = State::section_ready_due;
    until_.reset();
}

/// An empty file has one empty section.
void FileSender::want_section(FileEvents& events) {
    ++section_;
    state_ = State::octets_wanted;
    until_.reset();
    events.push_back(SectionWanted{file_, offset_, section_length()});
}

void FileSender::end(State state, std::string reason, FileEvents& events) {
    state_ = state;
    until_.reset();
    octets_ = {};
    events.push_back(FileEnded{file_, true, std::move(reason)});
}

// --- what goes out

FileAsdu FileSender::said(State state, FileAsdu asdu, TimePoint now) {
    state_ = state;
    until_ = now + rules_.step_limit;
    return asdu;
}

std::optional<FileAsdu> FileSender::next(unsigned most_octets, TimePoint now) {
    switch (state_) {
        case State::ready_due: return said(State::file_called, FileAsdu::file_ready(file_, length_), now);
        case State::section_ready_due:
            return said(State::section_called,
                        FileAsdu::section_ready(file_, section_, static_cast<std::uint32_t>(octets_.size())), now);
        case State::segments_due: {
            const Octets segment =
                Octets(octets_).subspan(at_, std::min<std::size_t>(most_octets, octets_.size() - at_));
            at_ += segment.size();
            if (!segment.empty()) return FileAsdu::segment_of(file_, section_, segment);
            return said(State::section_answered,
                        FileAsdu::last(file_, section_, FileEnd::section, checksum_of(octets_)), now);
        }
        case State::section_aborted_due:
            return said(
                State::section_called,
                FileAsdu::last(file_, section_, FileEnd::section_aborted, checksum_of(Octets(octets_).first(at_))),
                now);
        case State::file_end_due:
            return said(State::file_answered, FileAsdu::last(file_, 0, FileEnd::file, file_sum_), now);
        case State::abort_due: state_ = State::over; return FileAsdu::last(file_, 0, FileEnd::file_aborted, file_sum_);
        default: return std::nullopt;
    }
}

void FileSender::on_deadline(TimePoint now, FileEvents& events) {
    if (!until_ || *until_ > now) return;
    const char* missing = state_ == State::file_called      ? "the request of the file"
                          : state_ == State::section_called ? "the request of the section"
                                                            : "the acknowledgement";
    end(State::abort_due, std::string(missing) + " did not come in time", events);
}

}  // namespace busbar::iec104
