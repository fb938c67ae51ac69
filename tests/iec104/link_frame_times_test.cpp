#include "iec104/link/frame_times.hpp"

#include <gtest/gtest.h>

namespace busbar::iec104::test {
namespace {

using namespace std::chrono_literals;

TEST(LinkFrameTimes, OldestIsThatOfTheFirstFrameNotReleased) {
    FrameTimes times;
    EXPECT_EQ(times.oldest(), std::nullopt);
    std::uint64_t first = 1, last = 0;
    // Grows, wraps and shrinks: ten in, seven out, always a second apart.
    for (int round = 0; round < 20; ++round) {
        for (int added = 0; added < 10; ++added) {
            ++last;
            times.add(last, TimePoint(std::chrono::seconds(last)));
        }
        for (int released = 0; released < 7; ++released) {
            ASSERT_EQ(times.oldest(), TimePoint(std::chrono::seconds(first)));
            times.release(first++);
        }
    }
    times.release(last);
    EXPECT_EQ(times.oldest(), std::nullopt);
}

TEST(LinkFrameTimes, FramesOfOneBurstShareTheTimeOfItsFirst) {
    FrameTimes times;
    for (std::uint64_t number = 1; number <= 5; ++number) times.add(number, TimePoint(1s + number * 1ms));
    times.add(6, TimePoint(2s));
    times.release(4);
    EXPECT_EQ(times.oldest(), TimePoint(1s + 1ms));
    times.release(5);
    EXPECT_EQ(times.oldest(), TimePoint(2s));
}

}  // namespace
}  // namespace busbar::iec104::test
