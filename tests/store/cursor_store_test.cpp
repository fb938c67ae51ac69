#include "store/cursor_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "store_bench.hpp"

namespace busbar::store {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

struct CursorBench : StoreBench {
    CursorBench() : cursors(store, "srv1") {}
    std::string stored(std::string_view group) const { return ask({"GET", keys::cursor("srv1", group)}); }
    void flush() {
        bool done = false;
        cursors.flush([&] { done = true; });
        EXPECT_TRUE(wait([&] { return done; }));
    }
    CursorStore::Loaded load_all() {
        std::optional<CursorStore::Loaded> loaded;
        cursors.load_all([&](const CursorStore::Loaded& found) { loaded = found; });
        EXPECT_TRUE(wait([&] { return loaded.has_value(); }));
        return loaded.value_or(CursorStore::Loaded{});
    }

    CursorStore cursors;
};

TEST(CursorStore, SavesWithinAMomentWhatChanged) {
    CursorBench bench;
    bench.cursors.save("scada", {10, 0});
    bench.cursors.save("scada", {20, 1});
    bench.cursors.save("10.1.0.7", {5, 0});
    EXPECT_FALSE(bench.cursors.is_saved());
    EXPECT_TRUE(bench.wait([&] { return bench.cursors.is_saved(); }));
    EXPECT_EQ(bench.stored("scada"), "20-1");
    EXPECT_EQ(bench.stored("10.1.0.7"), "5-0");
}

TEST(CursorStore, NeverGoesBackUnlessTold) {
    CursorBench bench;
    bench.cursors.save("scada", {20, 0});
    bench.cursors.save("scada", {10, 0});
    bench.flush();
    EXPECT_EQ(bench.stored("scada"), "20-0");
    bench.cursors.save_back("scada", {10, 0});
    bench.flush();
    EXPECT_EQ(bench.stored("scada"), "10-0");
}

TEST(CursorStore, ALoadedCursorDoesNotGoBackEither) {
    CursorBench bench;
    bench.ask({"SET", "connectors:srv1:cursor:scada", "20-0"});
    bench.load_all();
    bench.cursors.save("scada", {10, 0});
    bench.flush();
    EXPECT_EQ(bench.stored("scada"), "20-0");
}

TEST(CursorStore, LoadsTheCursorsOfItsConnectorOnly) {
    CursorBench bench;
    bench.ask({"MSET", "connectors:srv1:cursor:scada", "20-0", "connectors:srv1:cursor:b:c", "30-1",
               "connectors:srv10:cursor:scada", "1-0", "connectors:srv1:cursor:bad", "yesterday"});
    for (int i = 0; i < 3000; ++i) bench.ask({"SET", image_key({1, static_cast<std::uint32_t>(i)}), "x"});
    const auto loaded = bench.load_all();
    EXPECT_EQ(loaded.error, "");
    EXPECT_THAT(loaded.cursors, ElementsAre(Pair("b:c", StreamId{30, 1}), Pair("scada", StreamId{20, 0})));
    EXPECT_THAT(loaded.unreadable, ElementsAre("bad"));
}

TEST(CursorStore, LoadsGivenGroups) {
    CursorBench bench;
    bench.ask({"SET", "connectors:srv1:cursor:scada", "20-0"});
    std::optional<CursorStore::Loaded> loaded;
    bench.cursors.load({"scada", "new"}, [&](const CursorStore::Loaded& found) { loaded = found; });
    ASSERT_TRUE(bench.wait([&] { return loaded.has_value(); }));
    EXPECT_THAT(loaded->cursors, ElementsAre(Pair("scada", StreamId{20, 0})));
}

TEST(CursorStore, RemovesTheCursorOfAGroup) {
    CursorBench bench;
    bench.cursors.save("scada", {20, 0});
    bench.flush();
    bench.cursors.remove("scada");
    bench.flush();
    EXPECT_EQ(bench.stored("scada"), "(nil)");
}

TEST(CursorStore, AStoreThatComesBackEmptyGetsThemAgain) {
    CursorBench bench;
    bench.cursors.save("calm", {15, 0});
    bench.cursors.save("scada", {20, 0});
    bench.flush();
    bench.server.kill();
    ASSERT_TRUE(bench.wait([&] { return !bench.store.is_connected(); }));
    bench.cursors.save("scada", {30, 0});
    bench.cursors.save("other", {7, 0});
    bench.server.start();
    ASSERT_TRUE(bench.wait([&] { return bench.store.is_connected() && bench.cursors.is_saved(); }));
    EXPECT_EQ(bench.stored("calm"), "15-0");
    EXPECT_EQ(bench.stored("scada"), "30-0");
    EXPECT_EQ(bench.stored("other"), "7-0");
}

TEST(CursorStore, WhatTheStoreRefusedIsWrittenLater) {
    CursorBench bench;
    bench.ask({"CONFIG", "SET", "maxmemory", "1"});
    bench.cursors.save("scada", {20, 0});
    bench.flush();
    EXPECT_FALSE(bench.cursors.is_saved());
    bench.ask({"CONFIG", "SET", "maxmemory", "0"});
    bench.loop.advance_clock(1s);
    EXPECT_TRUE(bench.wait([&] { return bench.cursors.is_saved(); }));
    EXPECT_EQ(bench.stored("scada"), "20-0");
}

TEST(CursorStore, WhatIsForgottenIsNotWritten) {
    CursorBench bench;
    bench.ask({"SET", "connectors:srv1:cursor:scada", "50-0"});  // the new holder of the lease
    bench.ask({"CONFIG", "SET", "maxmemory", "1"});
    bench.cursors.save("scada", {20, 0});
    bench.cursors.flush([] {});  // refused, and forgotten before the answer comes
    bench.cursors.forget();
    ASSERT_TRUE(bench.wait([&] { return bench.store.client().pending_replies() == 0; }));
    bench.ask({"CONFIG", "SET", "maxmemory", "0"});
    bench.loop.advance_clock(1s);
    bench.pass(20ms);
    EXPECT_EQ(bench.stored("scada"), "50-0");
    EXPECT_TRUE(bench.cursors.is_saved());
}

TEST(CursorStore, FlushAnswersWithoutAStore) {
    CursorBench bench;
    bench.server.kill();
    ASSERT_TRUE(bench.wait([&] { return !bench.store.is_connected(); }));
    bench.cursors.save("scada", {20, 0});
    bench.flush();
    std::optional<CursorStore::Loaded> loaded;
    bench.cursors.load_all([&](const CursorStore::Loaded& found) { loaded = found; });
    ASSERT_TRUE(bench.wait([&] { return loaded.has_value(); }));
    EXPECT_FALSE(loaded->error.empty());
    bench.checks_keys = false;
}

}  // namespace
}  // namespace busbar::store
