#include "store/config_watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/keyspace_events.hpp"
#include "store_bench.hpp"

namespace busbar::store {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// What was seen, "-" for an absent key.
struct WatchBench : StoreBench {
    WatchBench()
        : subscriptions(loop, options()),
          watch(store, subscriptions, "c1",
                {.config =
                     [this](auto text) {
                         config.emplace_back(text.value_or("-"));
                         if (on_config) on_config();
                     },
                 .mapping = [this](auto text) { mapping.emplace_back(text.value_or("-")); },
                 .fault =
                     [this](std::string_view key, std::string_view error) {
                         faults.push_back(std::string{key} + ": " + std::string{error});
                     }}) {}
    void start() {
        watch.start();
        ASSERT_TRUE(wait([this] { return !config.empty() && !mapping.empty(); }));
        // Channel, two keys: then a look every few seconds is not needed.
        ASSERT_TRUE(wait([this] {
            return ask({"PUBSUB", "NUMSUB", "connectors:c1", "__keyspace@0__:connectors:c1:config",
                        "__keyspace@0__:connectors:c1:mapping"}) ==
                   "connectors:c1 1 __keyspace@0__:connectors:c1:config 1 __keyspace@0__:connectors:c1:mapping 1";
        }));
    }

    std::vector<std::string> config, mapping, faults;
    std::function<void()> on_config;
    Subscriptions subscriptions;
    ConfigWatch watch;
};

TEST(ConfigWatch, TellsWhatIsThereAndWhatIsNot) {
    WatchBench bench;
    bench.ask({"SET", "connectors:c1:config", "{}"});
    bench.start();
    EXPECT_THAT(bench.config, ElementsAre("{}"));
    EXPECT_THAT(bench.mapping, ElementsAre("-"));
}

TEST(ConfigWatch, ASetAloneIsEnough) {
    WatchBench bench;
    bench.start();
    bench.ask({"SET", "connectors:c1:config", "new"});
    ASSERT_TRUE(bench.wait([&] { return bench.config.size() == 2; }, 2s));
    bench.ask({"SET", "connectors:c1:mapping", "too"});
    ASSERT_TRUE(bench.wait([&] { return bench.mapping.size() == 2; }, 2s));
    bench.ask({"DEL", "connectors:c1:config"});
    ASSERT_TRUE(bench.wait([&] { return bench.config.size() == 3; }, 2s));
    EXPECT_THAT(bench.config, ElementsAre("-", "new", "-"));
    EXPECT_THAT(bench.mapping, ElementsAre("-", "too"));
}

TEST(ConfigWatch, TheChannelIsEnoughWhereKeyEventsAreOff) {
    WatchBench bench;
    bench.start();
    bench.ask({"CONFIG", "SET", "notify-keyspace-events", ""});
    bench.ask({"SET", "connectors:c1:config", "new"});
    bench.ask({"PUBLISH", "connectors:c1", "configuration changed"});
    EXPECT_TRUE(bench.wait([&] { return bench.config.size() == 2; }, 2s));
}

TEST(ConfigWatch, ALookEveryFewSecondsIsEnoughWhereNothingIsTold) {
    WatchBench bench;
    bench.ask({"ACL", "SETUSER", "default", "-config|set", "resetchannels"});
    bench.watch.start();
    ASSERT_TRUE(bench.wait([&] { return !bench.config.empty(); }));
    bench.ask({"SET", "connectors:c1:config", "new"});
    bench.pass(50ms);
    EXPECT_THAT(bench.config, ElementsAre("-"));
    bench.loop.advance_clock(ConfigWatch::look_every);
    EXPECT_TRUE(bench.wait([&] { return bench.config.size() == 2; }));
}

/// Of a long text such a look reads a piece at a time.
TEST(ConfigWatch, ALookFindsWhatDiffersAnywhereInALongText) {
    WatchBench bench;
    bench.ask({"ACL", "SETUSER", "default", "-config|set", "resetchannels"});
    std::string text(3 * ConfigWatch::piece_size + 7, 'a');
    bench.ask({"SET", "connectors:c1:mapping", text});
    bench.watch.start();
    ASSERT_TRUE(bench.wait([&] { return !bench.mapping.empty(); }));
    const auto look = [&] {
        bench.loop.advance_clock(ConfigWatch::look_every);
        bench.pass(50ms);
    };
    for (int round = 0; round < 5; ++round) look();
    EXPECT_EQ(bench.mapping.size(), 1U) << "nothing differs";
    bench.ask({"CONFIG", "RESETSTAT"});
    look();
    EXPECT_THAT(bench.ask({"INFO", "commandstats"}),
                AllOf(HasSubstr("cmdstat_getrange:calls=1"), HasSubstr("cmdstat_get:calls=1")));
    for (const std::size_t at : {text.size() - 1, std::size_t{0}, 2 * ConfigWatch::piece_size}) {
        text[at] = 'b';
        bench.ask({"SET", "connectors:c1:mapping", text});
        for (int round = 0; round < 4; ++round) look();
        EXPECT_EQ(bench.mapping.back(), text) << at;
    }
    bench.ask({"SET", "connectors:c1:mapping", text + "c"});
    look();
    EXPECT_EQ(bench.mapping.back(), text + "c") << "its size tells it at once";
    look();
    look();
    text.resize(ConfigWatch::piece_size + 1);
    bench.ask({"SET", "connectors:c1:mapping", text});
    look();
    look();
    EXPECT_EQ(bench.mapping.back(), text);
    bench.ask({"DEL", "connectors:c1:mapping"});
    look();
    EXPECT_EQ(bench.mapping.back(), "-");
    EXPECT_EQ(bench.mapping.size(), 7U);
}

TEST(ConfigWatch, WhatIsToldDuringALookIsLookedAtAfterIt) {
    WatchBench bench;
    bench.ask({"ACL", "SETUSER", "default", "-config|set", "resetchannels"});
    bench.on_config = [&] {  // the mapping has not been answered yet
        bench.on_config = nullptr;
        bench.ask({"SET", "connectors:c1:config", "new"});
        bench.watch.look();
    };
    bench.watch.start();
    EXPECT_TRUE(bench.wait([&] { return bench.config.size() == 2; }, 2s));  // sooner than by the regular look
}

TEST(ConfigWatch, TheSameTextIsNoChange) {
    WatchBench bench;
    bench.ask({"SET", "connectors:c1:config", "{}"});
    bench.start();
    bench.ask({"SET", "connectors:c1:config", "{}"});
    bench.ask({"SET", "connectors:c1:mapping", "{}"});
    ASSERT_TRUE(bench.wait([&] { return bench.mapping.size() == 2; }));
    EXPECT_THAT(bench.config, ElementsAre("{}"));
}

TEST(ConfigWatch, WhatChangedWhileTheStoreWasAwayIsSeen) {
    WatchBench bench;
    bench.start();
    bench.server.kill();
    ASSERT_TRUE(bench.wait([&] { return !bench.store.is_connected(); }));
    bench.server.start();
    bench.ask({"SET", "connectors:c1:config", "new"});
    EXPECT_TRUE(bench.wait([&] { return bench.config.size() == 2; }));
    EXPECT_TRUE(tells_set_and_del(bench.ask({"CONFIG", "GET", "notify-keyspace-events"}).substr(23)));
}

TEST(ConfigWatch, AKeyOfAWrongTypeIsReportedOnceAndChangesNothing) {
    WatchBench bench;
    bench.ask({"SET", "connectors:c1:config", "{}"});
    bench.start();
    bench.ask({"DEL", "connectors:c1:config"});
    bench.ask({"HSET", "connectors:c1:config", "a", "b"});
    ASSERT_TRUE(bench.wait([&] {
        bench.watch.look();
        return !bench.faults.empty();
    }));
    bench.watch.look();
    bench.pass(50ms);
    EXPECT_EQ(bench.faults.size(), 1U);
    EXPECT_THAT(bench.faults[0], HasSubstr("connectors:c1:config: WRONGTYPE"));
}

TEST(KeyspaceEvents, FlagsThatAreSetStay) {
    EXPECT_EQ(with_set_and_del(""), "K$g");
    EXPECT_EQ(with_set_and_del("Ex"), "ExK$g");
    EXPECT_EQ(with_set_and_del("AE"), "AEK");
    EXPECT_EQ(with_set_and_del("AKE"), "AKE");
    EXPECT_TRUE(tells_set_and_del("AK"));
    EXPECT_FALSE(tells_set_and_del("AE"));
    EXPECT_FALSE(tells_set_and_del("K$"));
}

TEST(KeyspaceEvents, AreSwitchedOnBesideWhatIsThere) {
    StoreBench bench;
    bench.ask({"CONFIG", "SET", "notify-keyspace-events", "Ex"});
    std::optional<std::string> reason;
    enable_keyspace_events(bench.store, [&](const std::string& text) { reason = text; });
    ASSERT_TRUE(bench.wait([&] { return reason.has_value(); }));
    EXPECT_EQ(reason, "");
    EXPECT_EQ(bench.ask({"CONFIG", "GET", "notify-keyspace-events"}), "notify-keyspace-events g$xKE");
}

TEST(KeyspaceEvents, SayWhyTheyAreOff) {
    StoreBench bench;
    bench.ask({"ACL", "SETUSER", "default", "-config|set"});
    std::optional<std::string> reason;
    enable_keyspace_events(bench.store, [&](const std::string& text) { reason = text; });
    ASSERT_TRUE(bench.wait([&] { return reason.has_value(); }));
    EXPECT_THAT(*reason, HasSubstr("NOPERM"));
}

}  // namespace
}  // namespace busbar::store
