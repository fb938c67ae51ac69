#include "store/lease_state.hpp"

#include <gtest/gtest.h>

namespace busbar::store {
namespace {

using namespace std::chrono_literals;

/// A lease on a virtual clock; the test plays the store.
struct Bench {
    TimePoint now{1h};
    LeaseState lease;

    void grant(std::uint64_t epoch) { lease.granted(epoch); }
    void refuse(std::string holder, Duration expires_in = 3s) { lease.refused(std::move(holder), expires_in, now); }
    std::optional<LeaseRequest> after(Duration time) {
        now += time;
        return lease.take_request(now);
    }
    bool held() const { return lease.held(now); }
};

TEST(LeaseState, AsksAtOnceAndForWhatAnEarlierProcessOfTheInstanceLeft) {
    Bench bench;
    EXPECT_FALSE(bench.held());
    EXPECT_EQ(bench.after(0s), (LeaseRequest{0, true}));
    EXPECT_EQ(bench.after(10s), std::nullopt);  // one request at a time
    bench.grant(7);
    EXPECT_EQ(bench.lease.epoch(), 7U);
}

TEST(LeaseState, IsTrustedFromTheSendingOfTheRequestNotFromTheAnswer) {
    Bench bench;
    ASSERT_TRUE(bench.after(0s));
    bench.now += 1s;
    bench.grant(7);
    EXPECT_TRUE(bench.held());
    bench.now += 499ms;
    EXPECT_TRUE(bench.held());
    bench.now += 1ms;
    EXPECT_FALSE(bench.held());
}

TEST(LeaseState, AnAnswerThatComesTooLateGivesNothing) {
    Bench bench;
    ASSERT_TRUE(bench.after(0s));
    bench.now += 2s;
    bench.grant(7);
    EXPECT_FALSE(bench.held());
    EXPECT_EQ(bench.after(0s), (LeaseRequest{7, false}));  // but it is asked again at once
}

TEST(LeaseState, IsRenewedEveryHalfSecondUnderItsEpoch) {
    Bench bench;
    ASSERT_TRUE(bench.after(0s));
    bench.grant(7);
    EXPECT_EQ(bench.lease.next_deadline(bench.now), bench.now + 500ms);
    EXPECT_EQ(bench.after(499ms), std::nullopt);
    EXPECT_EQ(bench.after(1ms), (LeaseRequest{7, false}));
    EXPECT_EQ(bench.lease.next_deadline(bench.now), bench.now + 1s);  // trust ends, whether the store answers or not
    bench.now += 1s;
    EXPECT_FALSE(bench.held());
    EXPECT_EQ(bench.lease.next_deadline(bench.now), TimePoint::max());
}

TEST(LeaseState, SurvivesALostConnectionOfLessThanItsTrust) {
    Bench bench;
    ASSERT_TRUE(bench.after(0s));
    bench.grant(7);
    ASSERT_TRUE(bench.after(500ms));
    bench.lease.failed(bench.now);
    EXPECT_TRUE(bench.held());
    ASSERT_TRUE(bench.after(500ms));
    bench.grant(7);
    bench.now += 1499ms;
    EXPECT_TRUE(bench.held());
}

TEST(LeaseState, WaitsWhileAnotherHasIt) {
    Bench bench;
    ASSERT_TRUE(bench.after(0s));
    bench.refuse("other");
    EXPECT_FALSE(bench.held());
    EXPECT_EQ(bench.lease.other_holder(), "other");
    EXPECT_EQ(bench.after(999ms), std::nullopt);
    EXPECT_EQ(bench.after(1ms), (LeaseRequest{0, true}));
    bench.grant(8);
    EXPECT_TRUE(bench.held());
    EXPECT_EQ(bench.lease.other_holder(), "");
}

TEST(LeaseState, AsksAgainAsSoonAsTheLeaseOfAnotherWouldBeOver) {
    Bench bench;
    ASSERT_TRUE(bench.after(0s));
    bench.refuse("other", 200ms);
    EXPECT_EQ(bench.after(200ms), std::nullopt);
    EXPECT_EQ(bench.after(1ms), (LeaseRequest{0, true}));
    bench.refuse("somebody", -1ms);  // a key without expiry
    EXPECT_EQ(bench.after(999ms), std::nullopt);
    EXPECT_EQ(bench.after(1ms), (LeaseRequest{0, true}));
}

TEST(LeaseState, DoesNotTakeItBackFromARivalOfItsOwnInstance) {
    Bench bench;
    ASSERT_TRUE(bench.after(0s));
    bench.grant(7);
    ASSERT_TRUE(bench.after(500ms));
    bench.refuse("host");  // another process of the same instance took it over
    EXPECT_FALSE(bench.held());
    EXPECT_EQ(bench.lease.epoch(), 0U);
    EXPECT_EQ(bench.after(1s), (LeaseRequest{0, false}));
}

}  // namespace
}  // namespace busbar::store
