#include "store/subscriptions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store_bench.hpp"

namespace busbar::store {
namespace {

using ::testing::ElementsAre;

struct SubscriptionsTest : testing::Test {
    bool has_listeners(const std::string& count) {
        return bench.wait([&] { return bench.ask({"PUBSUB", "NUMSUB", "a"}) == "a " + count; });
    }
    Subscriptions::Listener hear(std::string name) {
        return {[this, name](std::string_view, std::string_view text) { heard.push_back(name + std::string(text)); },
                [this] { ++listening; }};
    }
    bool listen(int count) {
        return bench.wait([&] { return listening == count; });
    }

    StoreBench bench;
    std::vector<std::string> heard;
    int listening = 0;
    Subscriptions subscriptions{bench.loop, bench.options()};
};

/// Whoever publishes looks whether anybody listens.
TEST_F(SubscriptionsTest, TheStoreIsToldWhenTheLastLeaves) {
    auto first = subscriptions.channel("a", hear("1: ")), second = subscriptions.channel("a", hear("2: "));
    auto pattern = subscriptions.pattern("a", hear("pattern: "));
    ASSERT_TRUE(has_listeners("1"));
    ASSERT_TRUE(bench.wait([&] { return bench.ask({"PUBSUB", "NUMPAT"}) == "1"; }));
    first.reset();
    bench.ask({"PUBLISH", "a", "x"});
    ASSERT_TRUE(bench.wait([&] { return heard.size() == 2; }));
    EXPECT_THAT(heard, testing::UnorderedElementsAre("2: x", "pattern: x"));
    second.reset();
    EXPECT_TRUE(has_listeners("0"));
    EXPECT_EQ(bench.ask({"PUBSUB", "NUMPAT"}), "1");
    pattern.reset();
    EXPECT_TRUE(bench.wait([&] { return bench.ask({"PUBSUB", "NUMPAT"}) == "0"; }));
}

TEST_F(SubscriptionsTest, GoesOnWhereSomebodyElseComesAtTheSameTime) {
    auto handle = subscriptions.channel("a", hear("1: "));
    ASSERT_TRUE(listen(1));
    handle.reset();
    handle = subscriptions.channel("a", hear("2: "));
    ASSERT_TRUE(listen(2));
    bench.ask({"PUBLISH", "a", "x"});
    ASSERT_TRUE(bench.wait([&] { return !heard.empty(); }));
    EXPECT_THAT(heard, ElementsAre("2: x"));
}

/// Without a channel the connection is an ordinary one again, and its PINGs are answered as such.
TEST_F(SubscriptionsTest, KeepsItsConnectionWhileNobodyListens) {
    subscriptions.channel("a", hear("1: ")).reset();
    auto handle = subscriptions.channel("a", hear("2: "));
    ASSERT_TRUE(listen(1));
    handle.reset();
    ASSERT_TRUE(has_listeners("0"));
    const auto connections = bench.ask({"INFO", "stats"});
    for (int i = 0; i < 5; ++i) {
        bench.loop.advance_clock(std::chrono::seconds{6});
        bench.pass(std::chrono::milliseconds{20});
    }
    handle = subscriptions.channel("a", hear("3: "));
    ASSERT_TRUE(listen(2));
    const auto received = [](const std::string& info) {
        const auto at = info.find("total_connections_received:");
        return std::stoi(info.substr(at + 27));
    };
    // Only those by which this test asks.
    const auto asked = received(bench.ask({"INFO", "stats"})) - received(connections);
    EXPECT_EQ(asked, 1);
}

}  // namespace
}  // namespace busbar::store
