#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace busbar::store {

/// One entry of the error stream: who reports, what is wrong in words that do not vary, and the case at hand.
struct ErrorReport {
    std::string source, reason, data;
    bool operator==(const ErrorReport&) const = default;
};

/// Keeps a fault that repeats from flooding the error stream: the first report of a reason passes at once, the next
/// ones are counted and come as one report, with the last case, when the window is over. Memory is bounded: reports of
/// more than `max_reasons` different reasons in a window are counted together.
class ErrorThrottle {
public:
    static constexpr Duration window = std::chrono::seconds{10};
    static constexpr std::size_t max_reasons = 64;

    /// The report to write now; nothing if it was only counted.
    std::optional<ErrorReport> admit(ErrorReport report, TimePoint now);
    /// What was counted in windows that are over.
    std::vector<ErrorReport> take_due(TimePoint now);
    std::optional<TimePoint> next_deadline() const;

private:
    struct Counted {
        ErrorReport last;
        std::size_t repeats = 0;
        TimePoint window_end;
    };
    std::vector<Counted> counted_;
    Counted overflow_;
};

}  // namespace busbar::store
