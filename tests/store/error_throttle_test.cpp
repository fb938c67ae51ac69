#include "store/error_throttle.hpp"

#include <gtest/gtest.h>

namespace busbar::store {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint start{1h};

TEST(ErrorThrottle, TheFirstOfAKindPassesAndTheRestIsCounted) {
    ErrorThrottle throttle;
    const ErrorReport first{"c1", "casdu not on a line", "casdu 0"};
    EXPECT_EQ(throttle.admit(first, start), first);
    EXPECT_EQ(throttle.admit({"c1", "casdu not on a line", "casdu 65535"}, start + 1s), std::nullopt);
    EXPECT_EQ(throttle.admit({"c1", "casdu not on a line", "casdu 0"}, start + 2s), std::nullopt);
    EXPECT_TRUE(throttle.take_due(start + 9s).empty());
    EXPECT_EQ(throttle.next_deadline(), start + 10s);

    EXPECT_EQ(throttle.take_due(start + 10s),
              (std::vector<ErrorReport>{{"c1", "casdu not on a line (2 more)", "casdu 0"}}));
}

TEST(ErrorThrottle, AFaultThatIsOverPassesAtOnceWhenItReturns) {
    ErrorThrottle throttle;
    const ErrorReport report{"c1", "gap", ""};
    ASSERT_TRUE(throttle.admit(report, start));
    EXPECT_TRUE(throttle.take_due(start + 10s).empty());
    EXPECT_EQ(throttle.next_deadline(), std::nullopt);
    EXPECT_EQ(throttle.admit(report, start + 11s), report);
}

TEST(ErrorThrottle, ReportsOfOtherSourcesAndReasonsPass) {
    ErrorThrottle throttle;
    EXPECT_TRUE(throttle.admit({"c1", "gap", ""}, start));
    EXPECT_TRUE(throttle.admit({"c2", "gap", ""}, start));
    EXPECT_TRUE(throttle.admit({"c1", "malformed", ""}, start));
}

TEST(ErrorThrottle, IsBoundedWhateverTheReasonsAre) {
    ErrorThrottle throttle;
    std::size_t passed = 0;
    for (int i = 0; i < 1000; ++i) passed += throttle.admit({"c1", std::to_string(i), ""}, start).has_value();
    EXPECT_EQ(passed, ErrorThrottle::max_reasons);
    EXPECT_EQ(throttle.take_due(start + 10s),
              (std::vector<ErrorReport>{{"c1", "999 (936 more, also for other reasons)", ""}}));
}

}  // namespace
}  // namespace busbar::store
