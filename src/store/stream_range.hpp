#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "store/store.hpp"
#include "store/stream_entry.hpp"

namespace busbar::store {

/// What read_range found after a cursor.
struct StreamRange {
    std::span<const StreamEntry> entries;
    /// False: the entry at the cursor is gone, so there may be a hole before `entries` (a gap, rule 2). After 0-0:
    /// false if entries of the stream have ever been removed.
    bool complete = false;
    std::string_view error;  // not empty: nothing is known; ask again when the store is up
};

/// Reads at most `count` entries after `cursor` once, over the command connection: for a group that lags behind the
/// common reader. The handler is called exactly once, later.
void read_range(Store& store, std::string_view stream, StreamId cursor, std::size_t count,
                std::function<void(const StreamRange&)> handler);

}  // namespace busbar::store
