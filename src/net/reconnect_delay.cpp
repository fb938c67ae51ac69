#include "net/reconnect_delay.hpp"

#include <algorithm>

namespace busbar::net {

ReconnectDelay::ReconnectDelay(Duration first, Duration longest, std::uint32_t seed)
    : first_(first), longest_(std::max(first, longest)), step_(first), random_(seed) {}

Duration ReconnectDelay::next() {
    std::uniform_real_distribution<double> spread(0.9, 1.1);
    const auto delay = std::chrono::duration_cast<Duration>(step_ * spread(random_));
    step_ = std::min(step_ * 2, longest_);
    return delay;
}

}  // namespace busbar::net
