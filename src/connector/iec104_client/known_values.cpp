#include "connector/iec104_client/known_values.hpp"

#include <algorithm>
#include <limits>

namespace busbar::connector {

namespace {

constexpr std::int64_t no_time = std::numeric_limits<std::int64_t>::min();

std::int64_t milliseconds(std::optional<UtcTime> time) { return time ? time->time_since_epoch().count() : no_time; }

}  // namespace

KnownValues::Before KnownValues::exchange(std::uint16_t casdu, std::uint32_t ioa, std::uint8_t type, Octets element,
                                          std::optional<UtcTime> time, bool interrogated) {
    const std::uint64_t key = std::uint64_t{casdu} << 24 | ioa;
    const auto found = values_.find(key);
    Last now{{}, milliseconds(time), type, static_cast<std::uint8_t>(std::min(element.size(), now.element.size()))};
    std::copy_n(element.begin(), now.size, now.element.begin());
    if (found == values_.end()) {
        if (values_.size() < capacity) values_.emplace(key, now);
        return {};
    }
    Last& last = found->second;
    Before before;
    before.equal = last.type == type && last.size == now.size && last.element == now.element;
    before.newer = interrogated && now.time_ms != no_time && last.time_ms > now.time_ms;
    if (last.type == type && type == 15 && last.size == 5) before.counter = last.element[4];
    if (!before.newer) {
        if (now.time_ms == no_time) now.time_ms = last.time_ms;
        last = now;
    }
    return before;
}

}  // namespace busbar::connector
