#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "store/stream_id.hpp"

namespace busbar::store {

enum class GapReason : std::uint8_t {
    trimmed,       // the entry at the cursor is gone: what followed may be gone too
    behind,        // the stream ends before the cursor: restored, clock stepped, another stream
    missing,       // there is no stream
    other_history  // another replication id: another store, or the same one restarted
};
/// In words for the operator.
std::string_view to_string(GapReason reason);

/// Entries may have been lost after `after`.
struct Gap {
    StreamId after;
    GapReason reason = GapReason::trimmed;
    bool operator==(const Gap&) const = default;
};

}  // namespace busbar::store
