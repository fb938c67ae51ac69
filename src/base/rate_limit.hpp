#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/time.hpp"

namespace busbar {

/// A bucket of tokens: so many at once, and so many a second in the long run. The limits may change at any time.
class RateLimit {
public:
    /// One more? `per_second` 0: no limit. At least one is let through at a time, whatever `burst` says.
    bool take(double per_second, double burst, TimePoint now) {
        if (per_second <= 0) return true;
        const double most = std::max(1.0, burst);
        const std::chrono::duration<double> passed = updated_ ? now - *updated_ : Duration{};
        tokens_ = updated_ ? std::min(tokens_ + passed.count() * per_second, most) : most;
        updated_ = now;
        if (tokens_ < 1) return false;
        tokens_ -= 1;
        return true;
    }
    /// As good as new: may be forgotten.
    bool is_full(double per_second, double burst, TimePoint now) const {
        if (per_second <= 0 || !updated_) return true;
        const std::chrono::duration<double> passed = now - *updated_;
        return tokens_ + passed.count() * per_second >= std::max(1.0, burst);
    }

private:
    double tokens_ = 0;
    std::optional<TimePoint> updated_;  // never taken from: full
};

}  // namespace busbar
