#pragma once

#include <cstdint>
#include <optional>

#include "store/client/reply.hpp"
#include "store/stream_id.hpp"

namespace busbar::store {

/// What XINFO STREAM says of a stream; all zero if there is none.
struct StreamFacts {
    bool present = false;
    std::uint64_t length = 0;
    StreamId last_id;                    // ever given, its entry may be gone
    std::optional<StreamId> last_entry;  // that still exists
    std::optional<std::uint64_t> added;  // entries ever; stores before Redis 7 do not count them

    /// How many entries were ever trimmed or deleted; nothing: not known.
    std::optional<std::uint64_t> removed() const;
};

/// Reads the answer to XINFO STREAM. "No such key" is a fact; any other error, or a lost answer, is nothing.
std::optional<StreamFacts> read_stream_facts(const Reply& reply);

}  // namespace busbar::store
