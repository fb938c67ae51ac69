#pragma once

#include <optional>

#include "iec104/station/object_update.hpp"
#include "store/stream_id.hpp"

namespace busbar::connector {

/// Stream ids as positions that never go back. When a stream was deleted, restored or replaced its ids may begin again
/// lower: then a new age begins, and every position of it lies after every one of the age before.
/// Ids keep their order up to 2^56 milliseconds (the year 2285000); beyond that they count as that.
class Timeline {
public:
    iec104::Position position(store::StreamId id) const {
        const std::uint64_t milliseconds = id.milliseconds < limit ? id.milliseconds : limit - 1;
        return {age_ << bits | milliseconds, id.sequence};
    }
    /// Nothing: it belongs to an earlier age.
    std::optional<store::StreamId> id(iec104::Position position) const {
        if (position.major >> bits != age_) return std::nullopt;
        return store::StreamId{position.major & (limit - 1), position.minor};
    }
    void begin_new_age() { ++age_; }

private:
    static constexpr unsigned bits = 56;
    static constexpr std::uint64_t limit = std::uint64_t{1} << bits;
    std::uint64_t age_ = 0;
};

}  // namespace busbar::connector
