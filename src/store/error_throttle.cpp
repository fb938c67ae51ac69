#include "store/error_throttle.hpp"

#include <algorithm>

namespace busbar::store {

std::optional<ErrorReport> ErrorThrottle::admit(ErrorReport report, TimePoint now) {
    const auto same = std::ranges::find_if(counted_, [&](const Counted& counted) {
        return counted.last.source == report.source && counted.last.reason == report.reason;
    });
    if (same != counted_.end()) {
        same->last.data = std::move(report.data);
        ++same->repeats;
        return std::nullopt;
    }
    if (counted_.size() < max_reasons) {
        counted_.push_back({report, 0, now + window});
        return report;
    }
    if (overflow_.repeats == 0) overflow_.window_end = now + window;
    overflow_.last = std::move(report);
    ++overflow_.repeats;
    return std::nullopt;
}

std::vector<ErrorReport> ErrorThrottle::take_due(TimePoint now) {
    std::vector<ErrorReport> due;
    std::vector<Counted> open;
    for (auto& counted : counted_) {
        if (now < counted.window_end) {
            open.push_back(std::move(counted));
        } else if (counted.repeats > 0) {
            auto report = counted.last;
            report.reason += " (" + std::to_string(counted.repeats) + " more)";
            due.push_back(std::move(report));
            open.push_back({std::move(counted.last), 0, now + window});  // still at it: the next window counts too
        }
    }
    counted_ = std::move(open);
    if (overflow_.repeats > 0 && now >= overflow_.window_end) {
        overflow_.last.reason += " (" + std::to_string(overflow_.repeats) + " more, also for other reasons)";
        due.push_back(std::move(overflow_.last));
        overflow_ = {};
    }
    return due;
}

std::optional<TimePoint> ErrorThrottle::next_deadline() const {
    std::optional<TimePoint> next;
    for (const auto& counted : counted_) next = next ? std::min(*next, counted.window_end) : counted.window_end;
    if (overflow_.repeats > 0) next = next ? std::min(*next, overflow_.window_end) : overflow_.window_end;
    return next;
}

}  // namespace busbar::store
