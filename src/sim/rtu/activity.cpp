#include "sim/rtu/activity.hpp"

#include <algorithm>
#include <cmath>

namespace busbar::sim {
namespace {

using namespace std::chrono_literals;

/// Batches closer together than this are raised in one go: a wake-up each would cost more than it shows.
constexpr Duration shortest_wait = 1ms;

bool is_mask(TypeId type) { return type == 7 || type == 8 || type == 33 || type == 20; }
bool is_float(TypeId type) { return type == 13 || type == 14 || type == 36; }
bool is_normalized(TypeId type) { return type == 9 || type == 10 || type == 21 || type == 34; }

/// The greatest number that a type carries without rounding: floats are exact up to 2^24.
std::uint64_t greatest_number(const SimPoint& point) {
    return is_float(point.type) ? 1u << 24 : static_cast<std::uint64_t>(std::max(point.maximum, 1.0));
}

}  // namespace

Activity::Activity(const ActivityConfig& config, std::vector<SimPoint>& points, TimePoint now)
    : config_(config), points_(points), random_(config.seed), next_number_(config.first_number) {
    const TimePoint start = now + config.start_delay;
    if (config.events_per_second > 0 && !points.empty()) next_batch_ = start;
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (points[i].period > 0ms) periods_.emplace(start + points[i].period, i);
    }
}

void Activity::on_deadline(TimePoint now, const Raise& raise) {
    while (!periods_.empty() && periods_.top().first <= now && !is_finished()) {
        const auto [due, index] = periods_.top();
        periods_.pop();
        raise_point(points_[index], raise);
        periods_.emplace(std::max(due + points_[index].period, now), index);
    }
    if (!next_batch_) return;
    if (*next_batch_ <= now) not_before_ = now + shortest_wait;
    next_batch_ = std::max(*next_batch_, now - 1s);
    const auto interval = std::chrono::duration<double>(config_.batch / config_.events_per_second);
    while (*next_batch_ <= now && !is_finished()) {
        for (unsigned i = 0; i < config_.batch && !is_finished(); ++i) raise_next(raise);
        *next_batch_ += std::max(std::chrono::duration_cast<Duration>(interval), Duration{1});
    }
}

std::optional<TimePoint> Activity::next_deadline() const {
    if (is_finished()) return std::nullopt;
    std::optional<TimePoint> next;
    if (next_batch_) next = std::max(*next_batch_, not_before_);
    if (!periods_.empty() && (!next || periods_.top().first < *next)) next = periods_.top().first;
    return next;
}

void Activity::raise_next(const Raise& raise) {
    if (config_.numbered) {
        SimPoint& point = points_[turn_];
        turn_ = (turn_ + 1) % points_.size();
        point.value.number = static_cast<double>(next_number_++ % (greatest_number(point) + 1));
        ++raised_;
        return raise(point);
    }
    raise_point(points_[random_() % points_.size()], raise);
}

void Activity::raise_point(SimPoint& point, const Raise& raise) {
    walk(point);
    ++raised_;
    raise(point);
}

/// One step of a random walk that stays between the point's limits; a value always changes, if it can.
void Activity::walk(SimPoint& point) {
    SimValue& value = point.value;
    const double span = point.maximum - point.minimum;
    if (is_counter(point.type)) {
        const double step = 1 + static_cast<double>(random_() % static_cast<unsigned>(std::max(point.step, 1.0)));
        const bool over = value.number + step > point.maximum;
        value.number = over ? point.minimum : value.number + step;
        if (over) value.quality.set(point::Flag::CY);
        return;
    }
    if (is_mask(point.type)) {
        const unsigned bit = 1u << random_() % (point.type == 20 ? 16 : 32);
        const unsigned mask = static_cast<unsigned>(value.number) ^ bit;
        value.changed = static_cast<std::uint16_t>(bit);
        if (mask >= point.minimum && mask <= point.maximum) value.number = mask;
        return;
    }
    if (span <= 0 || point.step <= 0) return;
    const double sign = random_() % 2 == 0 ? 1 : -1;
    double step = point.step;
    if (is_float(point.type) || is_normalized(point.type)) step *= static_cast<double>(random_() % 1000 + 1) / 1000;
    step = std::min(step, span);
    const double next = value.number + sign * step;
    value.number = next > point.maximum || next < point.minimum ? value.number - sign * step : next;
    value.number = std::clamp(value.number, point.minimum, point.maximum);
    if (point.type == 17 || point.type == 38 || point.type == 39 || point.type == 40) {
        value.duration_ms = static_cast<std::uint16_t>(random_() % 500);
    }
}

}  // namespace busbar::sim
