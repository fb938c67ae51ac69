#pragma once

#include <functional>
#include <optional>
#include <queue>
#include <random>
#include <vector>

#include "base/time.hpp"
#include "sim/rtu/substation.hpp"

namespace busbar::sim {

/// What makes values move.
struct ActivityConfig {
    double events_per_second = 0;  // 0: only points with a period of their own
    unsigned batch = 1;            // events raised together; the rate stays
    std::uint64_t total = 0;       // stop after so many; 0 = never
    Duration start_delay{0};
    bool numbered = false;  // each event carries the next number as its value, points in turn
    std::uint64_t first_number = 1;
    std::uint32_t seed = 1;
};

/// Moves points: at random or numbered, at a rate, and those with a period on their own. Knows no line and no clock.
class Activity {
public:
    /// Called for each point that has changed; its value is the new one.
    using Raise = std::function<void(SimPoint& point)>;

    /// `points` must outlive this.
    Activity(const ActivityConfig& config, std::vector<SimPoint>& points, TimePoint now);

    /// Raises what is due. A rate that was missed is made up for as far as one second back.
    void on_deadline(TimePoint now, const Raise& raise);
    std::optional<TimePoint> next_deadline() const;
    std::uint64_t raised() const { return raised_; }
    /// The total has been reached.
    bool is_finished() const { return config_.total != 0 && raised_ >= config_.total; }

private:
    void raise_next(const Raise& raise);
    void raise_point(SimPoint& point, const Raise& raise);
    void walk(SimPoint& point);

    ActivityConfig config_;
    std::vector<SimPoint>& points_;
    std::mt19937 random_;
    std::uint64_t raised_ = 0;
    std::uint64_t next_number_;
    std::size_t turn_ = 0;
    std::optional<TimePoint> next_batch_;
    TimePoint not_before_{};
    using Due = std::pair<TimePoint, std::size_t>;  // when which point moves by itself
    std::priority_queue<Due, std::vector<Due>, std::greater<>> periods_;
};

}  // namespace busbar::sim
