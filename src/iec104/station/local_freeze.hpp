#pragma once

#include <chrono>
#include <optional>

#include "base/time.hpp"

namespace busbar::iec104 {

/// When a station freezes its counters by itself (modes A and B of IEC 60870-5-101, 7.4.8): at the multiples of a
/// period in its own calendar, so that 3600 s is the full hour.
class LocalFreeze {
public:
    /// Never.
    LocalFreeze() = default;
    LocalFreeze(std::chrono::seconds every, TimePoint now, UtcTime utc) : every_(every) { plan(now, utc); }

    std::optional<TimePoint> next_deadline() const { return next_; }
    /// True: it is time now, and the next is a period away.
    bool take_due(TimePoint now, UtcTime utc) {
        if (!next_ || *next_ > now) return false;
        plan(now, utc);
        return true;
    }

private:
    /// Counted from the nearest multiple: a timer may be a little early, and the wall clock is set now and then.
    void plan(TimePoint now, UtcTime utc) {
        if (every_.count() <= 0) return;
        const std::chrono::milliseconds period = every_, time = utc.time_since_epoch();
        const auto nearest = (time + period / 2) / period;
        const auto next = next_ ? nearest + 1 : time / period + 1;
        next_ = now + (next * period - time);
    }

    std::chrono::seconds every_{0};
    std::optional<TimePoint> next_;
};

}  // namespace busbar::iec104
