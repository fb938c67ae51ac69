#pragma once

#include <random>

#include "base/time.hpp"

namespace busbar::net {

/// How long to wait before the next attempt to connect: `first`, twice as long after each failure up to `longest`
/// (never longer if that is `first`), each +-10 % so that a crowd does not come back in step.
class ReconnectDelay {
public:
    ReconnectDelay(Duration first, Duration longest, std::uint32_t seed = std::random_device{}());
    Duration next();
    /// The connection was made: begin with `first` again.
    void reset() { step_ = first_; }

private:
    Duration first_, longest_, step_;
    std::minstd_rand random_;
};

}  // namespace busbar::net
