#include "sim/rtu/activity.hpp"

#include <set>

#include "bench.hpp"

namespace busbar::sim::test {
namespace {

/// Points of one type, and how often they have moved.
class ActivityBench {
public:
    ActivityBench(ActivityConfig config, std::vector<SimPoint> under_test)
        : points(std::move(under_test)), activity(config, points, TimePoint{}) {}

    /// Lets the clock go on, as the owner of a timer would.
    void advance(Duration duration) {
        const TimePoint end = now + duration;
        while (const auto next = activity.next_deadline()) {
            if (*next > end) break;
            now = std::max(now, *next);
            activity.on_deadline(now, [this](SimPoint& point) { raised.push_back({now, point}); });
        }
        now = end;
    }

    TimePoint now{};
    std::vector<SimPoint> points;
    Activity activity;
    std::vector<std::pair<TimePoint, SimPoint>> raised;
};

std::vector<SimPoint> points_of(TypeId type, std::size_t count = 3) {
    const std::array<CommonAddress, 1> stations{1};
    std::vector<SimPoint> points = numbered_substation(count, type, stations).points;
    for (SimPoint& point : points) point.step = range_of(type)->step;
    return points;
}

TEST(Activity, RaisesSoManyEventsASecond) {
    ActivityBench bench({.events_per_second = 50}, points_of(30));
    bench.advance(10s);
    EXPECT_NEAR(static_cast<double>(bench.raised.size()), 500, 1);
}

TEST(Activity, RaisesLessThanOneEventASecond) {
    ActivityBench bench({.events_per_second = 0.2}, points_of(30));
    bench.advance(61s);
    EXPECT_EQ(bench.raised.size(), 13u);  // at 0, 5 … 60 s
    EXPECT_EQ(bench.raised[1].first, TimePoint(5s));
}

TEST(Activity, RaisesBatchesAtTheSameRate) {
    ActivityBench bench({.events_per_second = 10, .batch = 20}, points_of(30));
    bench.advance(1900ms);
    EXPECT_EQ(bench.raised.size(), 20u);
    bench.advance(200ms);
    EXPECT_EQ(bench.raised.size(), 40u);
}

TEST(Activity, BeginsAfterItsDelayAndEndsAtItsTotal) {
    ActivityBench bench({.events_per_second = 100, .total = 30, .start_delay = 5s}, points_of(30));
    bench.advance(4999ms);
    EXPECT_EQ(bench.raised.size(), 0u);
    bench.advance(10s);
    EXPECT_EQ(bench.raised.size(), 30u);
    EXPECT_TRUE(bench.activity.is_finished());
    EXPECT_FALSE(bench.activity.next_deadline());
}

TEST(Activity, MakesUpForAtMostASecondThatItWasNotAsked) {
    ActivityBench bench({.events_per_second = 100}, points_of(30));
    bench.activity.on_deadline(TimePoint(60s), [&](SimPoint& point) {
        bench.raised.push_back({TimePoint(60s), point});
    });
    EXPECT_NEAR(static_cast<double>(bench.raised.size()), 100, 1);
}

TEST(Activity, MovesPointsWithAPeriodByThemselves) {
    std::vector<SimPoint> points = points_of(36);
    points[1].period = 250ms;
    ActivityBench bench({.events_per_second = 0}, std::move(points));
    bench.advance(10s);
    ASSERT_EQ(bench.raised.size(), 40u);
    for (const auto& [when, point] : bench.raised) EXPECT_EQ(point.ioa, 2u);
}

TEST(Activity, IsNeverDueWithoutRateAndPeriods) {
    ActivityBench bench({.events_per_second = 0}, points_of(36));
    EXPECT_FALSE(bench.activity.next_deadline());
}

TEST(Activity, NumbersEventsObjectByObject) {
    ActivityBench bench({.events_per_second = 10, .total = 7, .numbered = true, .first_number = 100}, points_of(33));
    bench.advance(10s);
    std::string told;
    for (const auto& [when, point] : bench.raised) {
        told += std::to_string(point.ioa) + ":" + std::to_string(static_cast<int>(point.value.number)) + " ";
    }
    EXPECT_EQ(told, "1:100 2:101 3:102 1:103 2:104 3:105 1:106 ");
}

TEST(Activity, NumbersAgainFromZeroWhereTheTypeEnds) {
    ActivityBench bench({.events_per_second = 10, .total = 2, .numbered = true, .first_number = 1u << 24},
                        points_of(36));
    bench.advance(10s);
    EXPECT_EQ(bench.raised[0].second.value.number, 1 << 24);
    EXPECT_EQ(bench.raised[1].second.value.number, 0);
}

class RandomWalk : public testing::TestWithParam<unsigned> {};

TEST_P(RandomWalk, StaysWithinItsLimitsAndMoves) {
    std::vector<SimPoint> points = points_of(static_cast<TypeId>(GetParam()), 1);
    SimPoint& point = points[0];
    point.minimum = std::max(point.minimum, -20.0);
    point.maximum = std::min(point.maximum, 20.0);
    point.step = std::min(point.step, 3.0);
    point.value.number = point.minimum;
    ActivityBench bench({.events_per_second = 100, .total = 1000}, std::move(points));
    bench.advance(20s);
    ASSERT_EQ(bench.raised.size(), 1000u);
    std::set<double> seen;
    for (const auto& [when, moved] : bench.raised) {
        EXPECT_GE(moved.value.number, moved.minimum);
        EXPECT_LE(moved.value.number, moved.maximum);
        seen.insert(moved.value.number);
    }
    EXPECT_GE(seen.size(), 2u);
}

INSTANTIATE_TEST_SUITE_P(Types, RandomWalk, testing::Values(1, 3, 5, 7, 9, 11, 13, 15, 20, 21, 30, 36, 37, 38, 39, 40));

TEST(RandomWalk, IsTheSameFromTheSameSeed) {
    const auto walk = [](std::uint32_t seed) {
        ActivityBench bench({.events_per_second = 10, .total = 20, .seed = seed}, points_of(36));
        bench.advance(10s);
        std::vector<double> values;
        for (const auto& [when, point] : bench.raised) values.push_back(point.value.number);
        return values;
    };
    EXPECT_EQ(walk(5), walk(5));
    EXPECT_NE(walk(5), walk(6));
}

}  // namespace
}  // namespace busbar::sim::test
