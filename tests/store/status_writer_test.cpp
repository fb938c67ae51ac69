#include "store/status_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store_bench.hpp"

namespace busbar::store {
namespace {

using namespace std::chrono_literals;

struct StatusBench : StoreBench {
    StatusBench() : status(store, "c1", "0.1.0") {}
    std::string field(std::string_view name) const { return ask({"HGET", "connectors:c1:status", name}); }
    bool becomes(std::string_view name, std::string_view value) {
        return wait([&] { return field(name) == value; });
    }

    StatusWriter status;
};

TEST(StatusWriter, WritesStateVersionAndTimes) {
    StatusBench bench;
    const auto now = [&] { return bench.loop.utc_now().time_since_epoch().count(); };
    const auto before = now();
    bench.status.start();
    ASSERT_TRUE(bench.becomes("state", "Starting"));
    EXPECT_EQ(bench.field("version"), "0.1.0");
    EXPECT_EQ(bench.field("detail"), "");
    EXPECT_LE(std::stoll(bench.field("since")), before);
    EXPECT_GE(std::stoll(bench.field("heartbeat")), before);
    EXPECT_LE(std::stoll(bench.field("heartbeat")), now());
}

TEST(StatusWriter, SinceIsTheTimeOfTheLastChangeOfState) {
    StatusBench bench;
    bench.status.start();
    ASSERT_TRUE(bench.becomes("state", "Starting"));
    const auto since = std::stoll(bench.field("since"));
    bench.loop.advance_clock(5s);
    bench.status.set_state(ConnectorState::running, "first");
    ASSERT_TRUE(bench.becomes("state", "Running"));
    const auto changed = std::stoll(bench.field("since"));
    EXPECT_GE(changed, since + 5000);
    bench.loop.advance_clock(5s);
    bench.status.set_state(ConnectorState::running, "second");
    ASSERT_TRUE(bench.becomes("detail", "second"));
    EXPECT_EQ(std::stoll(bench.field("since")), changed);
}

TEST(StatusWriter, WritesCountersTogetherAndRemovesFields) {
    StatusBench bench;
    bench.status.start();
    bench.status.set("frames_in", 17);
    bench.status.set("line", R"({"tcp":"up"})");
    ASSERT_TRUE(bench.becomes("frames_in", "17"));
    EXPECT_EQ(bench.field("line"), R"({"tcp":"up"})");
    bench.status.remove("line");
    EXPECT_TRUE(bench.becomes("line", "(nil)"));
}

TEST(StatusWriter, BeatsEveryTwoSeconds) {
    StatusBench bench;
    bench.status.start();
    ASSERT_TRUE(bench.becomes("state", "Starting"));
    const auto heartbeat = std::stoll(bench.field("heartbeat"));
    bench.loop.advance_clock(2s);
    EXPECT_TRUE(bench.wait([&] { return std::stoll(bench.field("heartbeat")) >= heartbeat + 2000; }));
}

TEST(StatusWriter, AStandbyWritesNothing) {
    StatusBench bench;
    bench.status.set_state(ConnectorState::running, "");
    bench.pass(150ms);
    EXPECT_EQ(bench.ask({"DBSIZE"}), "0");
    bench.status.start();
    ASSERT_TRUE(bench.becomes("state", "Running"));
    bench.status.pause();
    bench.ask({"DEL", "connectors:c1:status"});
    bench.status.set("detail", "x");
    bench.loop.advance_clock(4s);
    bench.pass(20ms);
    EXPECT_EQ(bench.ask({"DBSIZE"}), "0");
}

TEST(StatusWriter, TheTrueStateIsWrittenAfterTheStoresReturn) {
    StatusBench bench;
    bench.status.start();
    bench.status.set_state(ConnectorState::running, "");
    ASSERT_TRUE(bench.becomes("state", "Running"));
    bench.server.kill();
    ASSERT_TRUE(bench.wait([&] { return !bench.store.is_connected(); }));
    bench.status.set_state(ConnectorState::error, "the store is away");
    bench.server.start();
    ASSERT_TRUE(bench.becomes("state", "Error"));
    EXPECT_EQ(bench.field("version"), "0.1.0");
    EXPECT_EQ(bench.field("detail"), "the store is away");
}

TEST(StatusWriter, ADeletedHashIsWholeAgainWithTheNextHeartbeat) {
    StatusBench bench;
    bench.status.start();
    ASSERT_TRUE(bench.becomes("state", "Starting"));
    bench.ask({"FLUSHALL"});
    bench.loop.advance_clock(2s);
    ASSERT_TRUE(bench.becomes("state", "Starting"));
    EXPECT_EQ(bench.field("version"), "0.1.0");
}

TEST(StatusWriter, WhatAFullStoreRefusedIsWrittenWhenItTakesAgain) {
    StatusBench bench;
    bench.status.start();
    ASSERT_TRUE(bench.becomes("state", "Starting"));
    bench.ask({"CONFIG", "SET", "maxmemory", "1"});
    bench.status.set_state(ConnectorState::error, "OOM");
    bench.pass(150ms);
    bench.ask({"CONFIG", "SET", "maxmemory", "0"});
    bench.loop.advance_clock(2s);
    EXPECT_TRUE(bench.becomes("state", "Error"));
}

TEST(StatusWriter, EndsWithTheLastState) {
    StatusBench bench;
    bench.status.start();
    bench.status.set_state(ConnectorState::stopped, "SIGTERM");
    bool done = false;
    bench.status.finish([&] { done = true; });
    ASSERT_TRUE(bench.wait([&] { return done; }));
    EXPECT_EQ(bench.field("state"), "Stopped");
    EXPECT_EQ(bench.field("detail"), "SIGTERM");
}

}  // namespace
}  // namespace busbar::store
