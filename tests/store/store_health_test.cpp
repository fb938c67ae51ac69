#include "store/store_health.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store_bench.hpp"
#include "support/fault_proxy.hpp"

namespace busbar::store {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

struct HealthBench : StoreBench {
    HealthBench()
        : health(store, "c1", "process:updates",
                 {.up = [this] { ++ups; }, .down = [this](const std::string& reason) { downs.push_back(reason); }}) {}
    void start_and_be_up() {
        health.start();
        ASSERT_TRUE(wait([this] { return health.is_up(); }));
    }
    bool goes_down() {
        loop.advance_clock(StoreHealth::probe_every);
        return wait([this] { return !health.is_up(); });
    }
    bool comes_back() {
        loop.advance_clock(StoreHealth::probe_when_down);
        return wait([this] { return health.is_up(); });
    }

    int ups = 0;
    std::vector<std::string> downs;
    StoreHealth health;
};

TEST(StoreHealth, IsUpAfterATestWriteAndLeavesNoKey) {
    HealthBench bench;
    bench.start_and_be_up();
    EXPECT_EQ(bench.ups, 1);
    EXPECT_EQ(bench.ask({"DBSIZE"}), "0");
}

TEST(StoreHealth, NoticesAStoreThatTakesNoWrites) {
    HealthBench bench;
    bench.start_and_be_up();
    bench.ask({"CONFIG", "SET", "maxmemory", "1"});
    ASSERT_TRUE(bench.goes_down());
    EXPECT_THAT(bench.health.reason(), HasSubstr("OOM"));
    bench.pass(50ms);
    EXPECT_FALSE(bench.health.is_up());  // it answers, but that is not enough

    bench.ask({"CONFIG", "SET", "maxmemory", "0"});
    EXPECT_TRUE(bench.comes_back());
    EXPECT_EQ(bench.ups, 2);
    EXPECT_EQ(bench.downs.size(), 1U);
}

TEST(StoreHealth, NoticesAReplica) {
    HealthBench bench;
    bench.start_and_be_up();
    bench.ask({"REPLICAOF", "127.0.0.1", "1"});
    ASSERT_TRUE(bench.goes_down());
    EXPECT_THAT(bench.health.reason(), HasSubstr("READONLY"));
}

TEST(StoreHealth, NoticesThatTheStreamIsNone) {
    HealthBench bench;
    bench.start_and_be_up();
    bench.ask({"SET", "process:updates", "x"});
    ASSERT_TRUE(bench.goes_down());
    EXPECT_THAT(bench.health.reason(), HasSubstr("WRONGTYPE"));
}

TEST(StoreHealth, TrimsNothing) {
    HealthBench bench;
    bench.ask({"XADD", "process:updates", "*", "a", "b"});
    bench.start_and_be_up();
    EXPECT_EQ(bench.ask({"XLEN", "process:updates"}), "1");
}

TEST(StoreHealth, SaysWhyTheConnectionIsGone) {
    HealthBench bench;
    bench.start_and_be_up();
    bench.server.kill();
    ASSERT_TRUE(bench.wait([&] { return !bench.health.is_up(); }));
    EXPECT_FALSE(bench.downs.back().empty());
    bench.server.start();
    EXPECT_TRUE(bench.wait([&] { return bench.health.is_up(); }));
}

TEST(StoreHealth, AFrozenStoreIsDownAfterTheStallLimit) {
    HealthBench bench;
    bench.start_and_be_up();
    bench.server.freeze();
    bench.loop.advance_clock(StoreHealth::probe_every);  // a probe goes out
    bench.pass(20ms);
    EXPECT_TRUE(bench.health.is_up());
    bench.loop.advance_clock(StoreHealth::stall_limit);
    EXPECT_TRUE(bench.wait([&] { return !bench.health.is_up(); }));
    EXPECT_EQ(bench.health.reason(), "the store does not answer");

    bench.server.thaw();
    ASSERT_TRUE(bench.wait([&] { return bench.store.client().pending_replies() == 0; }));
    EXPECT_FALSE(bench.health.is_up());  // the late answer is none; the next one counts
    EXPECT_TRUE(bench.comes_back());
}

TEST(StoreHealth, AFailedWriteOfAnybodyIsBelievedUntilATestWriteSucceeds) {
    HealthBench bench;
    bench.start_and_be_up();
    bench.health.report_error("OOM command not allowed");
    EXPECT_FALSE(bench.health.is_up());
    EXPECT_EQ(bench.downs.back(), "OOM command not allowed");
    EXPECT_TRUE(bench.comes_back());
}

TEST(StoreHealth, FailuresThatComeFasterThanProbesDoNotPutThemOff) {
    HealthBench bench;
    bench.start_and_be_up();
    for (int i = 0; i < 4; ++i) {
        bench.health.report_error("OOM command not allowed");
        bench.loop.advance_clock(100ms);
        bench.pass(5ms);
    }
    EXPECT_THAT(bench.ask({"INFO", "commandstats"}), HasSubstr("cmdstat_setrange:calls=2,"));
}

TEST(StoreHealth, AProbeSentBeforeTheFailureProvesNothing) {
    HealthBench bench;
    bench.health.start();                       // a probe is under way
    bench.health.report_error("MISCONF disk");  // and then a write fails
    ASSERT_TRUE(bench.wait([&] { return bench.store.client().pending_replies() == 0; }));
    EXPECT_FALSE(bench.health.is_up());
    EXPECT_TRUE(bench.comes_back());
}

}  // namespace
}  // namespace busbar::store
