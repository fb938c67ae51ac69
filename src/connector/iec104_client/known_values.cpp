#include "connector/iec104_client/known_values.hpp"

#include <algorithm>
#include <limits>

namespace busbar::connector {

namespace {

constexpr std::int64_t no_time = std::numeric_limits<std::int64_t>::min();

std::int64_t milliseconds(std::optional<UtcTime> time) { return time ? time->time_since_epoch().count() : no_time; }

}  // namespace

void KnownValues::clear() {
    blocks_.clear();
    last_block_ = nullptr;
}

KnownValues::Block* KnownValues::block(std::uint64_t number) {
    if (last_block_ && number == last_number_) return last_block_;
    auto found = blocks_.find(number);
    if (found == blocks_.end()) {
        if (blocks_.size() == capacity) return nullptr;
        found = blocks_.emplace(number, std::make_unique<Block>()).first;
    }
    last_number_ = number;
    return last_block_ = found->second.get();
}

KnownValues::Before KnownValues::exchange(std::uint16_t casdu, std::uint32_t ioa, std::uint8_t type, Octets element,
                                          std::optional<UtcTime> time, bool interrogated) {
    Block* const its_block = block((std::uint64_t{casdu} << 24 | ioa) / block_size);
    if (!its_block) return {};
    Last now{{}, milliseconds(time), type, static_cast<std::uint8_t>(std::min(element.size(), now.element.size()))};
    std::copy_n(element.begin(), now.size, now.element.begin());
    Last& last = (*its_block)[ioa % block_size];
    if (last.type == 0) {
        last = now;
        return {};
    }
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
