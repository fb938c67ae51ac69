#include "store/image_suspects.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace busbar::store {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

constexpr ImageAddress ours{7, 8};

TimePoint at(std::chrono::milliseconds time) { return TimePoint{} + 1h + time; }

/// Takes what is due as a timer does that is never late; a comparison takes no time.
struct SuspectsBench {
    void advance_to(std::chrono::milliseconds until) {
        while (const auto deadline = suspects.next_deadline()) {
            if (*deadline > at(until)) return;
            now = std::max(now, *deadline);
            const auto work = suspects.take_due(now);
            if (!work) continue;
            if (work->all) all.push_back(now);
            for (const auto address : work->addresses) compared[address].push_back(now);
        }
    }
    void set(ImageAddress address, std::chrono::milliseconds time) {
        advance_to(time);
        now = at(time);
        suspects.set_told(address, now);
    }
    ImageSuspects suspects;
    TimePoint now{};
    std::map<ImageAddress, std::vector<TimePoint>> compared;
    std::vector<TimePoint> all;
};

/// Other SETs drive the steps, so that ours comes at every phase of them.
TEST(ImageSuspects, ASetIsComparedWithinHalfASecondWhateverElseIsSet) {
    for (std::chrono::milliseconds phase{0}; phase < 500ms; ++phase) {
        SuspectsBench bench;
        for (std::chrono::milliseconds time{0}; time < 2s; time += 40ms) {
            if (time > 1s + phase && time - 40ms <= 1s + phase) bench.set(ours, 1s + phase);
            bench.set({1, 1}, time);
        }
        bench.advance_to(5s);
        ASSERT_EQ(bench.compared[ours].size(), 1u) << phase.count();
        const auto waited = bench.compared[ours].front() - at(1s + phase);
        EXPECT_GE(waited, ImageSuspects::settle) << phase.count();
        EXPECT_LE(waited, 500ms) << phase.count();
    }
}

TEST(ImageSuspects, ALoneSetIsComparedWithinHalfASecondAndNothingFollows) {
    SuspectsBench bench;
    bench.set(ours, 0ms);
    bench.advance_to(500ms);
    EXPECT_EQ(bench.compared[ours].size(), 1u);
    EXPECT_EQ(bench.suspects.next_deadline(), std::nullopt);
}

TEST(ImageSuspects, ASetWhileAnEarlierOneOfThatKeyWaitsDoesNotPutItOff) {
    SuspectsBench bench;
    for (std::chrono::milliseconds time{0}; time <= 480ms; time += 10ms) bench.set(ours, time);
    bench.advance_to(500ms);
    EXPECT_THAT(bench.compared[ours], ElementsAre(at(500ms)));
}

TEST(ImageSuspects, WhereSetsAreNotToldTheImageIsReadTwiceASecond) {
    ImageSuspects suspects;
    suspects.look_at_all(at(0ms));
    ASSERT_TRUE(suspects.take_due(at(0ms))->all);
    suspects.poll(at(300ms));  // it took 300 ms to read
    EXPECT_EQ(suspects.next_deadline(), at(500ms));
    EXPECT_FALSE(suspects.take_due(at(499ms)));
    ASSERT_TRUE(suspects.take_due(at(500ms))->all);
    suspects.poll(at(1300ms));  // 800 ms: the store gets a rest
    EXPECT_EQ(suspects.next_deadline(), at(1400ms));
}

TEST(ImageSuspects, AWholeLookTakesInWhatWasToldBefore) {
    SuspectsBench bench;
    bench.set(ours, 0ms);
    bench.suspects.look_at_all(at(100ms));
    bench.advance_to(5s);
    EXPECT_THAT(bench.all, ElementsAre(at(100ms)));
    EXPECT_TRUE(bench.compared.empty());
}

TEST(ImageSuspects, MoreKeysThanAreRememberedMakeItLookAtEverything) {
    SuspectsBench bench;
    for (std::uint32_t ioa = 0; ioa <= ImageSuspects::max_keys; ++ioa) bench.set({7, ioa}, 0ms);
    bench.advance_to(5s);
    EXPECT_THAT(bench.all, ElementsAre(at(250ms)));
    EXPECT_TRUE(bench.compared.empty());
}

}  // namespace
}  // namespace busbar::store
