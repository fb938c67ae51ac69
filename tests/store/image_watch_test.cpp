#include "store/image_watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "store_bench.hpp"

namespace busbar::store {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A watch whose owner's projection is a map; JSON that begins with "live" is by a live connector.
struct WatchBench : StoreBench {
    WatchBench()
        : watch(store, "host a", {},
                {.is_foreign =
                     [this](ImageAddress address, std::string_view json) {
                         ++asked;
                         if (json.starts_with("live") || projection[address] == json) return false;
                         projection[address] = json;
                         return true;
                     },
                 .state = [this](const std::string& how) { states.push_back(how); }}) {}
    ~WatchBench() { watch.stop(); }
    bool is_watching() {
        return wait([this] { return !states.empty() && states.back() == "keyspace notifications"; });
    }
    /// Also the first look at everything is over: it saw a key that a connector wrote.
    void start() {
        ask({"SET", "process:image:casdu:1:ioa:1", "live"});
        watch.start();
        ASSERT_TRUE(is_watching());
        ASSERT_TRUE(wait([this] { return asked == 1; }));
        asked = 0;
    }
    std::string stream() const { return ask({"XRANGE", "process:updates", "-", "+"}); }
    bool entries_become(std::string_view number) {
        return wait([&] { return ask({"XLEN", "process:updates"}) == number; });
    }

    std::map<ImageAddress, std::string> projection;
    std::vector<std::string> states;
    int asked = 0;
    ImageWatch watch;
};

TEST(ImageWatch, AForeignSetBecomesOneEntry) {
    WatchBench bench;
    bench.start();
    bench.ask({"SET", "process:image:casdu:7:ioa:8", "foreign"});
    ASSERT_TRUE(bench.entries_become("1"));
    EXPECT_THAT(bench.stream(), HasSubstr("casdu 7 ioa 8 source image data foreign"));
    bench.pass(600ms);
    EXPECT_EQ(bench.ask({"XLEN", "process:updates"}), "1");
}

TEST(ImageWatch, WhatTheStreamSaysOrALiveConnectorWroteIsNotForeign) {
    WatchBench bench;
    bench.start();
    bench.projection[{7, 8}] = "known";
    bench.ask({"SET", "process:image:casdu:7:ioa:8", "known"});
    bench.ask({"SET", "process:image:casdu:7:ioa:9", "live"});
    ASSERT_TRUE(bench.wait([&] { return bench.asked == 2; }));
    EXPECT_EQ(bench.ask({"EXISTS", "process:updates"}), "0");
}

TEST(ImageWatch, TheLastOfManySetsIsNotLost) {
    WatchBench bench;
    bench.start();
    for (int i = 0; i < 100; ++i) bench.ask({"SET", "process:image:casdu:7:ioa:8", "value " + std::to_string(i)});
    ASSERT_TRUE(bench.wait([&] { return bench.projection[{7, 8}] == "value 99"; }));
    ASSERT_TRUE(bench.wait([&] { return bench.stream().find("data value 99") != std::string::npos; }));
}

TEST(ImageWatch, WhatWasSetBeforeItWatchedIsFoundToo) {
    WatchBench bench;
    bench.ask({"MSET", "process:image:casdu:7:ioa:8", "foreign", "process:image:casdu:7:ioa:9", "live"});
    bench.watch.start();
    EXPECT_TRUE(bench.entries_become("1"));
}

TEST(ImageWatch, WhatWasSetWhileTheConnectionWasLostIsFoundToo) {
    WatchBench bench;
    bench.start();
    bench.ask({"CLIENT", "KILL", "TYPE", "pubsub"});
    bench.ask({"SET", "process:image:casdu:7:ioa:8", "foreign"});  // our loop has not run since
    EXPECT_TRUE(bench.entries_become("1"));
}

TEST(ImageWatch, WhatWasSetAfterTheStoreStartedAgainIsFound) {
    WatchBench bench;
    bench.start();
    bench.server.kill();
    ASSERT_TRUE(bench.wait([&] { return !bench.store.is_connected(); }));
    bench.server.start();  // without any setting made before
    bench.ask({"SET", "process:image:casdu:7:ioa:8", "foreign"});
    EXPECT_TRUE(bench.entries_become("1"));
    ASSERT_TRUE(bench.is_watching());
    bench.pass(400ms);
    bench.ask({"SET", "process:image:casdu:7:ioa:9", "foreign"});
    EXPECT_TRUE(bench.entries_become("2"));
}

TEST(ImageWatch, LooksAgainAndAgainWhereNotificationsAreNotPermitted) {
    WatchBench bench;
    bench.ask({"ACL", "SETUSER", "default", "-config|set"});
    bench.watch.start();
    ASSERT_TRUE(bench.wait([&] { return !bench.states.empty(); }));
    EXPECT_THAT(bench.states.back(), StartsWith("looking at the whole image again and again: NOPERM"));
    bench.pass(400ms);
    bench.ask({"SET", "process:image:casdu:7:ioa:8", "foreign"});
    ASSERT_TRUE(bench.entries_become("1"));
    bench.ask({"SET", "process:image:casdu:7:ioa:8", "again"});
    ASSERT_TRUE(bench.entries_become("2"));
}

TEST(ImageWatch, OnlyTheHolderOfTheLeaseWatches) {
    WatchBench bench;
    bench.ask({"SET", "process:image-watch", "other 5", "PX", "60000"});
    bench.watch.start();
    ASSERT_TRUE(bench.wait([&] { return !bench.states.empty(); }));
    EXPECT_EQ(bench.states.back(), "standby: held by other");
    bench.ask({"SET", "process:image:casdu:7:ioa:8", "foreign"});
    bench.pass(600ms);
    EXPECT_EQ(bench.asked, 0);

    bench.ask({"DEL", "process:image-watch"});
    bench.loop.advance_clock(1s);
    EXPECT_TRUE(bench.entries_become("1"));
}

TEST(ImageWatch, AnEntryThatAFullStoreRefusedComesLater) {
    WatchBench bench;
    bench.start();
    bench.ask({"SET", "process:image:casdu:7:ioa:8", "foreign"});
    bench.ask({"CONFIG", "SET", "maxmemory", "1"});
    ASSERT_TRUE(bench.wait([&] { return bench.asked > 0; }));
    bench.pass(20ms);
    bench.projection.clear();  // an owner projects what it reads from the stream, where nothing came
    bench.ask({"CONFIG", "SET", "maxmemory", "0"});
    EXPECT_TRUE(bench.entries_become("1"));
}

TEST(ImageWatch, AmongFewKeysAnEntryWithoutSetHidesNoForeignSet) {
    WatchBench bench;
    bench.start();
    bench.ask({"SET", "process:image:casdu:7:ioa:8", "foreign"});
    bench.watch.entry_seen({7, 8}, "rtu-1");
    EXPECT_TRUE(bench.entries_become("1"));
}

TEST(ImageWatch, OnABusyLineOnlySetsWithoutEntryAreLookedAt) {
    WatchBench bench;
    bench.start();
    constexpr std::uint32_t keys = 3000;  // more than are all compared
    bench.ask({"EVAL", "for i = 1, ARGV[1] do redis.call('SET', 'process:image:casdu:7:ioa:' .. i, 'x') end", "0",
               std::to_string(keys + 1)});
    for (std::uint32_t ioa = 1; ioa <= keys; ++ioa) bench.watch.entry_seen({7, ioa}, "rtu-1");
    bench.watch.entry_seen({7, keys + 1}, "image");  // by which that SET is not explained
    ASSERT_TRUE(bench.entries_become("1"));
    EXPECT_THAT(bench.stream(), HasSubstr("ioa 3001 source image"));
    bench.pass(600ms);
    EXPECT_EQ(bench.asked, 1);
}

}  // namespace
}  // namespace busbar::store
