#include "manage/live/live_points.hpp"

#include <gtest/gtest.h>

#include "support/redis_fixture.hpp"

namespace busbar::manage {
namespace {

class LivePointsTest : public testing::Test {
protected:
    LivePointsTest() {
        server.ask({"SET", "process:image:casdu:1:ioa:1", on});
        server.ask({"SET", "process:image:casdu:1:ioa:2", "no point"});
        store::ClientOptions options;
        options.address.path = server.socket_path();
        store.emplace(loop, options);
        points.emplace(*store);
        store->start();
    }
    bool until(const std::function<bool()>& done) { return loop.run_until(done, std::chrono::seconds{10}); }
    std::string at(std::uint32_t ioa) {
        const LivePoint* point = points->table().find({1, ioa});
        return point != nullptr ? point->json : "";
    }

    const std::string on = R"({"type":1,"value":true})", off = R"({"type":1,"value":false})";
    tests::RedisServer server;
    net::EventLoop loop;
    std::optional<store::Store> store;
    std::optional<LivePoints> points;
};

TEST_F(LivePointsTest, HasTheImageAndThenWhatTheStreamSays) {
    ASSERT_TRUE(until([&] { return points->is_current(); }));
    EXPECT_EQ(at(1), on);
    EXPECT_EQ(points->table().size(), 1u) << "what is no point is none";
    server.ask({"XADD", "process:updates", "*", "casdu", "1", "ioa", "3", "source", "rtu", "data", off});
    EXPECT_TRUE(until([&] { return at(3) == off; }));
}

TEST_F(LivePointsTest, SeesAForeignSetAndARemovedKeyWithoutBeingTold) {
    ASSERT_TRUE(until([&] { return points->is_current(); }));
    server.ask({"SET", "process:image:casdu:1:ioa:1", off});
    loop.advance_clock(LivePoints::look_every);
    EXPECT_TRUE(until([&] { return at(1) == off; }));
    server.ask({"DEL", "process:image:casdu:1:ioa:1"});
    loop.advance_clock(LivePoints::look_every);
    EXPECT_TRUE(until([&] { return at(1).empty(); }));
}

TEST_F(LivePointsTest, IsRightAgainAfterTheStoreWasAway) {
    ASSERT_TRUE(until([&] { return points->is_current(); }));
    server.kill();
    EXPECT_TRUE(until([&] { return !points->is_current(); }));
    EXPECT_EQ(at(1), on) << "the last value known";
    server.start();  // without what was in it
    server.ask({"SET", "process:image:casdu:1:ioa:9", off});
    EXPECT_TRUE(until([&] { return points->is_current(); }));
    EXPECT_TRUE(until([&] { return at(9) == off && at(1).empty(); }));
    server.ask({"XADD", "process:updates", "*", "casdu", "1", "ioa", "9", "source", "rtu", "data", on});
    EXPECT_TRUE(until([&] { return at(9) == on; })) << "the stream is followed again";
}

}  // namespace
}  // namespace busbar::manage
