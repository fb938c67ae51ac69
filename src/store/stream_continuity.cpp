#include "store/stream_continuity.hpp"

namespace busbar::store {

std::string_view to_string(GapReason reason) {
    switch (reason) {
        case GapReason::trimmed: return "the entry at the cursor was removed from the stream";
        case GapReason::behind: return "the stream ends before the cursor";
        case GapReason::missing: return "the stream is missing";
        case GapReason::other_history: return "the store was restarted or is another one";
    }
    return "";
}

void StreamContinuity::begin_at(StreamId cursor, std::string history) {
    cursor_ = cursor;
    history_to_keep_ = !history.empty();
    if (history_to_keep_) history_ = std::move(history);
    entry_at_cursor_ = cursor != StreamId{};
    removed_before_ = 0;  // 0-0 lies before the first entry ever
}

void StreamContinuity::begin_at_end(const StreamFacts& facts) {
    cursor_ = facts.last_entry.value_or(facts.last_id);
    entry_at_cursor_ = facts.last_entry.has_value();
    removed_before_ = facts.removed();
}

void StreamContinuity::advance(StreamId last) {
    cursor_ = last;
    entry_at_cursor_ = true;
}

std::optional<Gap> StreamContinuity::judge_history(const std::optional<std::string>& history, bool new_connection) {
    const bool comparable = history && !history_.empty();
    const bool same = !history_to_keep_ || (comparable ? *history == history_ : !new_connection);
    history_to_keep_ = true;
    if (history) history_ = *history;
    if (same) return std::nullopt;
    return Gap{cursor_, GapReason::other_history};
}

std::optional<Gap> StreamContinuity::judge_end(const StreamFacts& facts) const {
    if (cursor_ == StreamId{}) return std::nullopt;
    if (!facts.present) return Gap{cursor_, GapReason::missing};
    if (facts.last_id < cursor_) return Gap{cursor_, GapReason::behind};
    return std::nullopt;
}

std::optional<Gap> StreamContinuity::judge_removed(const StreamFacts& facts) const {
    if (const auto gap = judge_end(facts)) return gap;
    const auto removed = facts.removed();
    const bool complete = removed && removed_before_ ? *removed == *removed_before_ : facts.length == 0;
    if (complete) return std::nullopt;
    return Gap{cursor_, GapReason::trimmed};
}

Gap StreamContinuity::explain_missing_entry(const StreamFacts& facts) const {
    return judge_end(facts).value_or(Gap{cursor_, GapReason::trimmed});
}

}  // namespace busbar::store
