#include "connector/iec104_server/sources.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/store_bench.hpp"

namespace busbar::connector {
namespace {

using namespace std::chrono_literals;

struct SourcesBench : store::StoreBench {
    void beat(const char* heartbeat, const char* state = "Running") {
        ask({"HSET", "connectors:rtu-1:status", "heartbeat", heartbeat, "state", state});
    }
    void pass_virtual(Duration duration) {
        for (Duration gone{}; gone < duration; gone += 2s) {
            loop.advance_clock(2s);
            pass(10ms);
        }
    }

    std::vector<std::string> changes;
    Sources sources{store, [this](const std::string& source, bool gone) {
                        changes.push_back(source + (gone ? " gone" : " back"));
                    }};
};

TEST(Sources, AConnectorWithoutANewHeartbeatForTenSecondsHasGone) {
    SourcesBench bench;
    bench.beat("1000");  // whatever its clock says
    bench.sources.start();
    bench.sources.seen("rtu-1");
    bench.pass_virtual(8s);
    EXPECT_FALSE(bench.sources.has_gone("rtu-1"));
    EXPECT_TRUE(bench.sources.is_live_connector("rtu-1"));
    bench.pass_virtual(6s);
    EXPECT_TRUE(bench.sources.has_gone("rtu-1"));
    EXPECT_FALSE(bench.sources.is_live_connector("rtu-1"));
    bench.beat("900");  // its clock was set back
    bench.pass_virtual(2s);
    EXPECT_FALSE(bench.sources.has_gone("rtu-1"));
    EXPECT_THAT(bench.changes, testing::ElementsAre("rtu-1 gone", "rtu-1 back"));
}

TEST(Sources, AStoppedConnectorHasGoneAtOnce) {
    SourcesBench bench;
    bench.beat("1000", "Stopped");
    bench.sources.start();
    bench.sources.seen("rtu-1");
    bench.pass_virtual(2s);
    EXPECT_THAT(bench.changes, testing::ElementsAre("rtu-1 gone"));
}

TEST(Sources, WhoeverWritesIsBack) {
    SourcesBench bench;
    bench.beat("1000", "Stopped");
    bench.sources.start();
    bench.sources.wrote("rtu-1");
    bench.pass_virtual(2s);
    bench.sources.wrote("rtu-1");
    EXPECT_FALSE(bench.sources.has_gone("rtu-1"));
    bench.pass_virtual(2s);  // its status still says Stopped
    EXPECT_THAT(bench.changes, testing::ElementsAre("rtu-1 gone", "rtu-1 back", "rtu-1 gone"));
}

TEST(Sources, OtherWritersAreNotJudged) {
    SourcesBench bench;
    bench.sources.start();
    bench.sources.seen("a-script");
    EXPECT_TRUE(bench.sources.is_live_connector("a-script")) << "not looked at yet";
    bench.pass_virtual(20s);
    EXPECT_FALSE(bench.sources.has_gone("a-script"));
    EXPECT_FALSE(bench.sources.is_live_connector("a-script"));
    EXPECT_TRUE(bench.changes.empty());
}

TEST(Sources, TheTimeWithoutAStoreDoesNotCount) {
    SourcesBench bench;
    bench.beat("1000");
    bench.sources.start();
    bench.sources.seen("rtu-1");
    bench.pass_virtual(4s);
    bench.store.stop();
    bench.pass_virtual(20s);
    bench.store.start();
    ASSERT_TRUE(bench.wait([&] { return bench.store.is_connected(); }));
    bench.pass_virtual(4s);
    EXPECT_TRUE(bench.changes.empty());
}

}  // namespace
}  // namespace busbar::connector
