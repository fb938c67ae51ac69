#include "net/reconnect_delay.hpp"

#include <gtest/gtest.h>

#include <set>

namespace busbar::net {
namespace {

using namespace std::chrono_literals;

void expect_near(Duration delay, Duration middle) {
    EXPECT_GE(delay, middle * 9 / 10);
    EXPECT_LE(delay, middle * 11 / 10);
}

TEST(ReconnectDelay, Case43_StaysTheSameWhenTheLongestIsTheFirst) {
    ReconnectDelay delay(2s, 2s, 1);
    for (int i = 0; i < 100; ++i) expect_near(delay.next(), 2s);
}

TEST(ReconnectDelay, Case43_DoublesUpToTheLongestAndBeginsAnewAfterASuccess) {
    ReconnectDelay delay(2s, 15s, 1);
    for (const Duration middle : {2s, 4s, 8s, 15s, 15s}) expect_near(delay.next(), middle);
    delay.reset();
    expect_near(delay.next(), 2s);
}

TEST(ReconnectDelay, DoesNotKeepACrowdInStep) {
    std::set<Duration> delays;
    for (std::uint32_t seed = 1; seed <= 20; ++seed) delays.insert(ReconnectDelay(2s, 2s, seed).next());
    EXPECT_GT(delays.size(), 10u);
}

}  // namespace
}  // namespace busbar::net
