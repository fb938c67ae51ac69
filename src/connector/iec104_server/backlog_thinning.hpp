#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>

#include "iec104/station/object_update.hpp"

namespace busbar::connector {

/// Back-pressure for one control room that lags: of an object whose mapping says `latest`, only values that lie a
/// sixteenth of the lag apart are sent, so the fewer the more it lags. Left out is only what a newer event of the
/// object follows: the newest arrives, and all in their order.
class BacklogThinning {
public:
    static constexpr std::uint64_t part_of_lag = 16;
    /// Octets of waiting ASDUs behind which a control room lags: about 6000 values.
    static constexpr std::size_t reach_octets = std::size_t{128} << 10;
    /// Further objects are sent in full.
    static constexpr std::size_t most_objects = 4096;

    /// `newest`: the newest event of the object that is known. Asked again for the same event it says the same.
    bool leaves_out(iec104::CommonAddress common_address, iec104::Ioa ioa, iec104::Position event,
                    iec104::Position newest) {
        if (newest <= event) return false;
        const auto object = std::uint64_t{common_address} << 32 | ioa;
        const auto sent = sent_.find(object);
        if (sent == sent_.end()) {
            if (sent_.size() < most_objects) sent_.emplace(object, event);
            return false;
        }
        const auto lag = newest.major - event.major;  // milliseconds, as positions of a stream have them
        const bool soon = sent->second < event && event.major < sent->second.major + lag / part_of_lag;
        if (!soon) sent->second = event;
        return soon;
    }
    /// The control room no longer lags.
    void clear() { sent_.clear(); }

private:
    boost::unordered_flat_map<std::uint64_t, iec104::Position> sent_;  // of each object the last event
};

}  // namespace busbar::connector
