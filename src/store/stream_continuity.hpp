#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "store/gap.hpp"
#include "store/stream_facts.hpp"

namespace busbar::store {

/// Decides whether what a reader gets follows on what it had (rule 2). Knows the cursor and what the store said when it
/// was there; asks nothing itself.
class StreamContinuity {
public:
    /// Goes on from a cursor of an earlier life. `history` empty: not known.
    void begin_at(StreamId cursor, std::string history);
    /// Goes on from the end of the stream as it is now: its last entry, or if there is none, where the next will come.
    void begin_at_end(const StreamFacts& facts);
    /// Entries up to `last` were handed on.
    void advance(StreamId last);

    StreamId cursor() const { return cursor_; }
    /// As last told; stays over a new beginning.
    const std::string& history() const { return history_; }

    /// There is an entry at the cursor, so it can be asked for (XRANGE X X); else the count of removed entries tells.
    bool has_entry_at_cursor() const { return entry_at_cursor_; }

    /// At a new connection and every few seconds. `history` nothing: the store does not tell; then every new connection
    /// may be to another store.
    std::optional<Gap> judge_history(const std::optional<std::string>& history, bool new_connection);
    std::optional<Gap> judge_end(const StreamFacts& facts) const;
    /// After a read, if there is no entry at the cursor: nothing may have been removed since.
    std::optional<Gap> judge_removed(const StreamFacts& facts) const;
    /// The entry at the cursor was asked for and is gone; `facts` say which gap this is.
    Gap explain_missing_entry(const StreamFacts& facts) const;

private:
    StreamId cursor_;
    std::string history_;
    bool history_to_keep_ = false;  // history_ is what the cursor belongs to, even if that is not known
    bool entry_at_cursor_ = false;
    std::optional<std::uint64_t> removed_before_;  // entries removed when the cursor was set where no entry is
};

}  // namespace busbar::store
