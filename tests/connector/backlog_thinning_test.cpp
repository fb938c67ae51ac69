#include "connector/iec104_server/backlog_thinning.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace busbar::connector {
namespace {

using iec104::Position;

constexpr std::uint64_t end = 1'000'000'000;  // the newest event

TEST(BacklogThinning, NeverLeavesOutTheNewest) {
    BacklogThinning thinning;
    EXPECT_FALSE(thinning.leaves_out(1, 1, {end - 1, 0}, {end, 0}));
    EXPECT_FALSE(thinning.leaves_out(1, 1, {end, 0}, {end, 0}));
    EXPECT_FALSE(thinning.leaves_out(1, 2, {end, 0}, {})) << "no newer one is known";
}

TEST(BacklogThinning, SendsValuesASixteenthOfTheLagApart) {
    BacklogThinning thinning;
    std::vector<std::uint64_t> sent;
    for (std::uint64_t lag = 1600; lag > 0; --lag)
        if (!thinning.leaves_out(1, 1, {end - lag, 0}, {end, 0})) sent.push_back(lag);
    ASSERT_GT(sent.size(), 4u);
    EXPECT_EQ(sent[0], 1600u);
    for (std::size_t i = 1; i < sent.size(); ++i) EXPECT_GE(sent[i - 1] - sent[i], sent[i] / 16) << i;
    EXPECT_EQ(sent.back(), 1u) << "close to the newest nothing is left out";
    EXPECT_LT(sent.size(), 120u);
}

TEST(BacklogThinning, SaysTheSameWhenAskedAgainAndBeginsAnewFurtherBack) {
    BacklogThinning thinning;
    EXPECT_FALSE(thinning.leaves_out(1, 1, {1000, 0}, {end, 0}));
    EXPECT_FALSE(thinning.leaves_out(1, 1, {1000, 0}, {end, 0})) << "it was not taken the first time";
    EXPECT_TRUE(thinning.leaves_out(1, 1, {1000, 1}, {end, 0}));
    EXPECT_TRUE(thinning.leaves_out(1, 1, {2000, 0}, {end, 0}));
    EXPECT_FALSE(thinning.leaves_out(1, 1, {500, 0}, {end, 0})) << "the connection was lost, all is sent again";
}

TEST(BacklogThinning, ObjectsAreThinnedEachByItselfAndABoundedNumber) {
    BacklogThinning thinning;
    for (iec104::Ioa ioa = 1; ioa <= BacklogThinning::most_objects + 1; ++ioa)
        EXPECT_FALSE(thinning.leaves_out(1, ioa, {1000, 0}, {end, 0}));
    EXPECT_TRUE(thinning.leaves_out(1, 1, {1001, 0}, {end, 0}));
    EXPECT_FALSE(thinning.leaves_out(2, 1, {1001, 0}, {end, 0}));
    EXPECT_FALSE(thinning.leaves_out(1, BacklogThinning::most_objects + 1, {1001, 0}, {end, 0}));
}

}  // namespace
}  // namespace busbar::connector
