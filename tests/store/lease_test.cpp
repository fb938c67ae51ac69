#include "store/lease.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store_bench.hpp"

namespace busbar::store {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Candidate {
    Candidate(Store& store, std::string holder)
        : lease(store, keys::lease("c1"), std::move(holder),
                {.gained = [this](std::uint64_t epoch) { gained.push_back(epoch); },
                 .lost = [this](const std::string& reason) { lost.push_back(reason); }}) {}

    std::vector<std::uint64_t> gained;
    std::vector<std::string> lost;
    Lease lease;
};

TEST(Lease, IsHeldWithHolderAndEpochInTheKey) {
    StoreBench bench;
    Candidate a{bench.store, "host a"};
    a.lease.start();
    ASSERT_TRUE(bench.wait([&] { return a.lease.held(); }));
    EXPECT_EQ(a.gained.size(), 1U);
    EXPECT_EQ(bench.ask({"GET", "connectors:c1:lease"}), "host a " + std::to_string(a.lease.epoch()));
    const auto left = std::stoi(bench.ask({"PTTL", "connectors:c1:lease"}));
    EXPECT_GT(left, 2000);
    EXPECT_LE(left, 3000);
}

TEST(Lease, IsRenewedUnderTheSameEpoch) {
    StoreBench bench;
    Candidate a{bench.store, "a"};
    a.lease.start();
    ASSERT_TRUE(bench.wait([&] { return a.lease.held(); }));
    bench.ask({"PEXPIRE", "connectors:c1:lease", "1000"});
    bench.loop.advance_clock(500ms);
    EXPECT_TRUE(bench.wait([&] { return std::stoi(bench.ask({"PTTL", "connectors:c1:lease"})) > 2000; }));
    EXPECT_TRUE(a.lease.held());
    EXPECT_EQ(a.gained.size(), 1U);
}

TEST(Lease, ASecondOneStandsByAndTakesOverAfterTheExpiry) {
    StoreBench bench;
    Candidate a{bench.store, "a"}, b{bench.store, "b"};
    a.lease.start();
    ASSERT_TRUE(bench.wait([&] { return a.lease.held(); }));
    b.lease.start();
    ASSERT_TRUE(bench.wait([&] { return !b.lost.empty(); }));
    EXPECT_THAT(b.lost, ElementsAre("held by a"));
    EXPECT_EQ(b.lease.other_holder(), "a");

    bench.ask({"DEL", "connectors:c1:lease"});  // as its expiry does
    b.lease.release();
    b.lease.start();
    ASSERT_TRUE(bench.wait([&] { return b.lease.held(); }));
    EXPECT_GT(b.lease.epoch(), a.lease.epoch());
    bench.loop.advance_clock(500ms);
    ASSERT_TRUE(bench.wait([&] { return !a.lost.empty(); }));
    EXPECT_THAT(a.lost, ElementsAre("held by b"));
    EXPECT_FALSE(a.lease.held());
}

TEST(Lease, ARestartedProcessOfTheSameInstanceTakesOverAtOnceWithAGreaterEpoch) {
    StoreBench bench;
    Candidate before{bench.store, "a"}, after{bench.store, "a"};
    before.lease.start();
    ASSERT_TRUE(bench.wait([&] { return before.lease.held(); }));
    after.lease.start();
    ASSERT_TRUE(bench.wait([&] { return after.lease.held(); }));
    EXPECT_GT(after.lease.epoch(), before.lease.epoch());

    bench.loop.advance_clock(500ms);  // the earlier one, if it lives after all, stays out
    ASSERT_TRUE(bench.wait([&] { return !before.lost.empty(); }));
    EXPECT_FALSE(before.lease.held());
    bench.loop.advance_clock(1s);
    bench.pass(50ms);
    EXPECT_FALSE(before.lease.held());
    EXPECT_TRUE(after.lease.held());
}

TEST(Lease, EpochsGrowAlsoWhenTheKeyIsGone) {
    StoreBench bench;
    std::uint64_t epoch = 0;
    for (int i = 0; i < 3; ++i) {
        Candidate a{bench.store, i == 1 ? "b" : "a"};
        a.lease.start();
        ASSERT_TRUE(bench.wait([&] { return a.lease.held(); }));
        EXPECT_GT(a.lease.epoch(), epoch);
        epoch = a.lease.epoch();
        bench.ask({"DEL", "connectors:c1:lease"});
        bench.pass(2ms);
    }
}

TEST(Lease, AHolderThatLostItsKeyHoldsAgainUnderANewEpoch) {
    StoreBench bench;
    Candidate a{bench.store, "a"};
    a.lease.start();
    ASSERT_TRUE(bench.wait([&] { return a.lease.held(); }));
    bench.ask({"FLUSHALL"});
    bench.loop.advance_clock(500ms);
    ASSERT_TRUE(bench.wait([&] { return a.gained.size() == 2; }));
    EXPECT_GT(a.gained[1], a.gained[0]);
}

TEST(Lease, IsNotHeldAnyMoreWhenTheStoreDoesNotAnswer) {
    StoreBench bench;
    Candidate a{bench.store, "a"};
    a.lease.start();
    ASSERT_TRUE(bench.wait([&] { return a.lease.held(); }));
    bench.server.freeze();
    bench.loop.advance_clock(700ms);
    bench.pass(10ms);
    EXPECT_TRUE(a.lease.held());
    bench.loop.advance_clock(800ms);
    EXPECT_FALSE(a.lease.held());  // before anybody has told it
    ASSERT_TRUE(bench.wait([&] { return !a.lost.empty(); }));
    EXPECT_THAT(a.lost, ElementsAre("not renewed in time"));

    bench.server.thaw();
    EXPECT_TRUE(bench.wait([&] { return a.lease.held(); }));
}

TEST(Lease, IsGivenBackAtAnOrderlyEnd) {
    StoreBench bench;
    Candidate a{bench.store, "a"};
    a.lease.start();
    ASSERT_TRUE(bench.wait([&] { return a.lease.held(); }));
    bool released = false;
    a.lease.release([&] { released = true; });
    EXPECT_FALSE(a.lease.held());
    ASSERT_TRUE(bench.wait([&] { return released; }));
    EXPECT_EQ(bench.ask({"EXISTS", "connectors:c1:lease"}), "0");
    EXPECT_THAT(a.lost, IsEmpty());  // who gives it back need not be told
}

TEST(Lease, TheLeaseOfAnotherIsNotGivenBack) {
    StoreBench bench;
    Candidate a{bench.store, "a"};
    a.lease.start();
    ASSERT_TRUE(bench.wait([&] { return a.lease.held(); }));
    bench.ask({"SET", "connectors:c1:lease", "b 5"});
    bool released = false;
    a.lease.release([&] { released = true; });
    ASSERT_TRUE(bench.wait([&] { return released; }));
    EXPECT_EQ(bench.ask({"GET", "connectors:c1:lease"}), "b 5");
}

TEST(Lease, AFullStoreRenewsWhatIsHeld) {
    StoreBench bench;
    Candidate a{bench.store, "a"};
    a.lease.start();
    ASSERT_TRUE(bench.wait([&] { return a.lease.held(); }));
    bench.ask({"CONFIG", "SET", "maxmemory", "1"});
    bench.ask({"PEXPIRE", "connectors:c1:lease", "1000"});
    bench.loop.advance_clock(500ms);
    EXPECT_TRUE(bench.wait([&] { return std::stoi(bench.ask({"PTTL", "connectors:c1:lease"})) > 2000; }));
    bench.ask({"CONFIG", "SET", "maxmemory", "0"});
}

TEST(Lease, SaysThatScriptsAreForbidden) {
    StoreBench bench;
    bench.ask({"ACL", "SETUSER", "default", "-eval"});
    Candidate a{bench.store, "a"};
    a.lease.start();
    ASSERT_TRUE(bench.wait([&] { return !a.lost.empty(); }));
    EXPECT_THAT(a.lost[0], HasSubstr("NOPERM"));
}

TEST(Lease, AnythingElseInTheKeyIsAnotherHolder) {
    StoreBench bench;
    bench.ask({"SET", "connectors:c1:lease", "somebody"});
    Candidate a{bench.store, "a"};
    a.lease.start();
    ASSERT_TRUE(bench.wait([&] { return !a.lost.empty(); }));
    EXPECT_THAT(a.lost, ElementsAre("held by somebody"));
}

TEST(Lease, MayBeDestroyedByWhatItSays) {
    StoreBench bench;
    std::unique_ptr<Lease> lease;
    lease = std::make_unique<Lease>(bench.store, "process:owner:1", "c1",
                                    Lease::Handlers{[&](std::uint64_t) { lease.reset(); }, [](const std::string&) {}});
    lease->start();
    EXPECT_TRUE(bench.wait([&] { return !lease; }));
}

}  // namespace
}  // namespace busbar::store
