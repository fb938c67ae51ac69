#include "store/stream_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "store_bench.hpp"
#include "support/fault_proxy.hpp"

namespace busbar::store {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A reader and what it said: entries as "id casdu/ioa source data" or "id fault", gaps, states.
struct ReaderBench : StoreBench {
    explicit ReaderBench(std::vector<std::string> arguments = {}) : StoreBench(std::move(arguments)) {
        make_reader(options());
    }
    void make_reader(const ClientOptions& client, std::size_t count = 1000, Duration block = 50ms) {
        StreamReaderOptions stream;
        stream.count = count;
        stream.block = block;
        reader.emplace(loop, client, stream,
                       StreamReader::Handlers{[this](auto entries) { keep(entries); },
                                              [this](const Gap& gap) { gaps.push_back(gap); },
                                              [this](const std::string& reason) { states.push_back(reason); }});
    }
    void keep(std::span<const StreamEntry> entries) {
        ++batches;
        for (const auto& entry : entries)
            got.push_back(entry.fault.empty() ? to_string(entry.id) + " " + std::to_string(entry.address.casdu) + "/" +
                                                    std::to_string(entry.address.ioa) + " " +
                                                    std::string{entry.source} + " " + std::string{entry.data}
                                              : to_string(entry.id) + " " + std::string{entry.fault});
    }
    /// Adds an entry under this id, "*" for the store's own.
    std::string add(std::string_view id, std::string_view data = "{}") {
        return ask({"XADD", "process:updates", id, "casdu", "1", "ioa", "2", "source", "s", "data", data});
    }
    bool wait_for(std::size_t entries) {
        return wait([&] { return got.size() >= entries; });
    }
    bool wait_for_gap() {
        return wait([&] { return !gaps.empty(); });
    }
    bool is_reading() {
        return wait([&] { return !states.empty() && states.back().empty(); });
    }

    std::optional<StreamReader> reader;
    std::vector<std::string> got, states;
    std::vector<Gap> gaps;
    int batches = 0;
};

TEST(StreamReader, HandsOnWhatFollowsTheCursorAndThenWhatComes) {
    ReaderBench bench;
    bench.add("1-1");
    bench.add("2-1", "two");
    bench.reader->start_from({1, 1});
    ASSERT_TRUE(bench.wait_for(1));
    bench.add("3-1", "three");
    ASSERT_TRUE(bench.wait_for(2));
    EXPECT_THAT(bench.got, ElementsAre("2-1 1/2 s two", "3-1 1/2 s three"));
    EXPECT_EQ(bench.reader->position(), (StreamId{3, 1}));
    EXPECT_THAT(bench.gaps, IsEmpty());
}

TEST(StreamReader, FromTheBeginningOfAStreamThatIsNotThereYet) {
    ReaderBench bench;
    bench.reader->start_from({});
    ASSERT_TRUE(bench.is_reading());
    bench.pass(120ms);
    bench.add("5-0", "first");
    ASSERT_TRUE(bench.wait_for(1));
    bench.add("6-0", "second");
    ASSERT_TRUE(bench.wait_for(2));
    EXPECT_THAT(bench.gaps, IsEmpty());
}

TEST(StreamReader, AtTheEndNothingOldIsHandedOn) {
    ReaderBench bench;
    bench.add("1-1");
    std::optional<StreamId> end;
    bench.reader->start_at_end([&](StreamId id) { end = id; });
    ASSERT_TRUE(bench.wait([&] { return end.has_value(); }));
    EXPECT_EQ(end, (StreamId{1, 1}));
    bench.add("2-1", "two");
    ASSERT_TRUE(bench.wait_for(1));
    EXPECT_THAT(bench.got, ElementsAre("2-1 1/2 s two"));
    EXPECT_THAT(bench.gaps, IsEmpty());
}

TEST(StreamReader, AtTheEndOfAStreamThatWasEmptied) {
    ReaderBench bench;
    bench.add("7-0");
    bench.ask({"XTRIM", "process:updates", "MAXLEN", "0"});
    std::optional<StreamId> end;
    bench.reader->start_at_end([&](StreamId id) { end = id; });
    ASSERT_TRUE(bench.wait([&] { return end.has_value(); }));
    EXPECT_EQ(end, (StreamId{7, 0}));
    bench.pass(120ms);
    bench.add("8-0");
    ASSERT_TRUE(bench.wait_for(1));
    EXPECT_THAT(bench.gaps, IsEmpty());
}

TEST(StreamReader, ReadsInPiecesAndInOrder) {
    ReaderBench bench;
    bench.make_reader(bench.options(), 10);
    for (int i = 1; i <= 95; ++i) bench.add(std::to_string(i) + "-0", std::to_string(i));
    bench.reader->start_from({});
    ASSERT_TRUE(bench.wait_for(95));
    EXPECT_EQ(bench.batches, 10);
    EXPECT_EQ(bench.got.front(), "1-0 1/2 s 1");
    EXPECT_EQ(bench.got.back(), "95-0 1/2 s 95");
}

TEST(StreamReader, AnEntryThatIsNoneHasAFaultAndIsPassed) {
    ReaderBench bench;
    bench.ask({"XADD", "process:updates", "1-0", "casdu", "1", "ioa", "2"});
    bench.ask({"XADD", "process:updates", "2-0", "ioa", "2", "data", "x"});
    bench.ask({"XADD", "process:updates", "3-0", "casdu", "1", "data", "x"});
    bench.ask({"XADD", "process:updates", "4-0", "casdu", "65536", "ioa", "2", "data", "x"});
    bench.ask({"XADD", "process:updates", "5-0", "casdu", "1", "ioa", "-2", "data", "x"});
    bench.ask({"XADD", "process:updates", "6-0", "data", "x", "more", "y", "ioa", "2", "casdu", "1"});
    bench.reader->start_from({});
    ASSERT_TRUE(bench.wait_for(6));
    EXPECT_THAT(bench.got, ElementsAre("1-0 the entry has no field data", "2-0 the entry has no field casdu",
                                       "3-0 the entry has no field ioa", "4-0 casdu is no number from 0 to 65535",
                                       "5-0 ioa is no number from 0 to 4294967295", "6-0 1/2  x"));
}

TEST(StreamReader, APausedReaderHandsOnNothingMore) {
    ReaderBench bench;
    bench.make_reader(bench.options(), 1000, 8s);
    bench.reader->start_from({});
    ASSERT_TRUE(bench.is_reading());
    bench.reader->pause();
    bench.add("1-0");
    ASSERT_TRUE(bench.wait_for(1));  // the read under way
    bench.add("2-0");
    bench.pass(150ms);
    EXPECT_EQ(bench.got.size(), 1U);
    bench.reader->resume();
    EXPECT_TRUE(bench.wait_for(2));
}

TEST(StreamReader, AnEntryTrimmedAtTheCursorIsAGap) {
    ReaderBench bench;
    bench.add("1-0");
    bench.add("2-0");
    bench.add("3-0");
    bench.ask({"XTRIM", "process:updates", "MINID", "3"});
    bench.reader->start_from({1, 0});
    ASSERT_TRUE(bench.wait_for_gap());
    EXPECT_EQ(bench.gaps[0], (Gap{{1, 0}, GapReason::trimmed}));
    EXPECT_THAT(bench.got, IsEmpty());  // nothing that came after the hole passes for complete
    EXPECT_EQ(bench.reader->position(), (StreamId{1, 0}));
}

TEST(StreamReader, ATrimWhileItReadsIsAGap) {
    ReaderBench bench;
    bench.add("1-0");
    bench.reader->start_from({1, 0});
    ASSERT_TRUE(bench.is_reading());
    bench.ask({"EVAL", R"(for i = 2, 9 do redis.call('XADD', 'process:updates', 'MAXLEN', '2', i .. '-0', 'casdu', '1',
                          'ioa', '2', 'data', 'x') end)",
               "0"});
    ASSERT_TRUE(bench.wait_for_gap());
    EXPECT_EQ(bench.gaps[0], (Gap{{1, 0}, GapReason::trimmed}));
    EXPECT_THAT(bench.got, IsEmpty());
}

TEST(StreamReader, AnEntryDeletedAtTheCursorMayBeAGap) {
    ReaderBench bench;
    bench.add("1-0");
    bench.add("2-0");
    bench.reader->start_from({1, 0});
    ASSERT_TRUE(bench.wait_for(1));
    bench.ask({"XDEL", "process:updates", "2-0"});
    ASSERT_TRUE(bench.wait_for_gap());
    EXPECT_EQ(bench.gaps[0], (Gap{{2, 0}, GapReason::trimmed}));
}

TEST(StreamReader, EntriesRemovedBeforeTheFirstOneWasReadAreAGap) {
    ReaderBench bench;
    bench.add("1-0");
    bench.add("2-0");
    bench.ask({"XTRIM", "process:updates", "MAXLEN", "1"});
    bench.reader->start_from({});
    ASSERT_TRUE(bench.wait_for_gap());
    EXPECT_EQ(bench.gaps[0], (Gap{{}, GapReason::trimmed}));
}

TEST(StreamReader, ADeletedStreamIsAGap) {
    ReaderBench bench;
    bench.add("1-0");
    bench.reader->start_from({1, 0});
    ASSERT_TRUE(bench.is_reading());
    bench.ask({"DEL", "process:updates"});
    ASSERT_TRUE(bench.wait_for_gap());
    EXPECT_EQ(bench.gaps[0], (Gap{{1, 0}, GapReason::missing}));
}

TEST(StreamReader, AStreamThatBeginsAgainAfterFlushallIsAGap) {
    ReaderBench bench;
    bench.add("1-0");
    bench.reader->start_from({1, 0});
    ASSERT_TRUE(bench.is_reading());
    bench.ask({"EVAL", "redis.call('FLUSHALL') redis.call('XADD', 'process:updates', '9-0', 'casdu', '1')", "0"});
    ASSERT_TRUE(bench.wait_for_gap());
    EXPECT_EQ(bench.gaps[0].after, (StreamId{1, 0}));
    EXPECT_THAT(bench.got, IsEmpty());
}

TEST(StreamReader, AStreamThatEndsBeforeTheCursorIsAGap) {
    ReaderBench bench;
    bench.add("1000-0");  // the store's clock was stepped, or an older state was restored
    bench.reader->start_from({2000, 0});
    ASSERT_TRUE(bench.wait_for_gap());
    EXPECT_EQ(bench.gaps[0], (Gap{{2000, 0}, GapReason::behind}));
}

TEST(StreamReader, AMissingStreamIsAGap) {
    ReaderBench bench;
    bench.reader->start_from({2000, 0});
    ASSERT_TRUE(bench.wait_for_gap());
    EXPECT_EQ(bench.gaps[0], (Gap{{2000, 0}, GapReason::missing}));
}

TEST(StreamReader, AnOlderStateRestoredUnderItIsAGapAlsoIfTheCursorIsInIt) {
    ReaderBench bench;
    bench.add("1-0");
    bench.ask({"SAVE"});
    bench.reader->start_from({1, 0});
    ASSERT_TRUE(bench.is_reading());
    bench.reader->pause();  // a lagging reader: 2-0 is not read
    bench.pass(300ms);
    bench.add("2-0");
    bench.server.kill();
    bench.server.start();
    ASSERT_EQ(bench.ask({"XLEN", "process:updates"}), "1");
    bench.add("3-0");
    ASSERT_TRUE(bench.wait_for_gap());
    EXPECT_EQ(bench.gaps[0], (Gap{{1, 0}, GapReason::other_history}));
    EXPECT_THAT(bench.got, IsEmpty());
}

TEST(StreamReader, AnotherStoreBehindTheAddressIsAGap) {
    ReaderBench bench;
    const tests::RedisServer other;
    bench.ask({"XADD", "process:updates", "1-0", "casdu", "1"});
    other.ask({"XADD", "process:updates", "1-0", "casdu", "1"});
    const auto address = bench.server.folder() / "address.sock";
    std::filesystem::create_symlink(bench.server.socket_path(), address);
    auto options = bench.options();
    options.address.path = address;
    bench.make_reader(options);
    bench.reader->start_from({1, 0});
    ASSERT_TRUE(bench.is_reading());

    std::filesystem::remove(address);
    std::filesystem::create_symlink(other.socket_path(), address);
    bench.ask({"CLIENT", "KILL", "TYPE", "normal"});
    ASSERT_TRUE(bench.wait_for_gap());
    EXPECT_EQ(bench.gaps[0], (Gap{{1, 0}, GapReason::other_history}));
}

TEST(StreamReader, AnotherStoreThanTheOneOfTheCursorIsAGap) {
    ReaderBench bench;
    bench.add("1-0");
    bench.reader->start_from({1, 0}, "0123456789012345678901234567890123456789");
    ASSERT_TRUE(bench.wait_for_gap());
    EXPECT_EQ(bench.gaps[0], (Gap{{1, 0}, GapReason::other_history}));
    EXPECT_EQ(bench.reader->history().size(), 40U);  // to be kept with the next cursor
}

TEST(StreamReader, AStoreStartedAgainIsAGapAndTheReaderWaitsForItsOwner) {
    ReaderBench bench{{"--appendonly", "yes", "--appendfsync", "always"}};
    bench.add("1-0");
    bench.reader->start_from({1, 0});
    ASSERT_TRUE(bench.is_reading());
    bench.server.restart();
    ASSERT_TRUE(bench.wait_for_gap());
    EXPECT_EQ(bench.gaps[0], (Gap{{1, 0}, GapReason::other_history}));
    bench.add("2-0");
    bench.ask({"CLIENT", "KILL", "TYPE", "normal"});
    bench.pass(100ms);
    EXPECT_THAT(bench.got, IsEmpty());
    EXPECT_EQ(bench.gaps.size(), 1U);

    bench.reader->start_from({1, 0}, bench.reader->history());
    EXPECT_TRUE(bench.wait_for(1));
    EXPECT_EQ(bench.gaps.size(), 1U);
}

TEST(StreamReader, ALostConnectionToTheSameStoreIsNoGap) {
    ReaderBench bench;
    tests::FaultProxy proxy{"127.0.0.1:0", bench.server.socket_path()};
    auto options = bench.options();
    options.address = {};
    options.address.host = "127.0.0.1";
    options.address.port = proxy.port();
    bench.make_reader(options);
    bench.add("1-0");
    bench.reader->start_from({1, 0});
    ASSERT_TRUE(bench.is_reading());
    proxy.tell("reset");
    ASSERT_TRUE(bench.wait([&] { return bench.states.size() > 1; }));
    bench.add("2-0");
    ASSERT_TRUE(bench.wait_for(1));
    EXPECT_THAT(bench.gaps, IsEmpty());
}

TEST(StreamReader, EntriesWhoseCheckWasLostAreReadAgainAndCheckedAgain) {
    ReaderBench bench;
    tests::FaultProxy proxy{"127.0.0.1:0", bench.server.socket_path()};
    auto options = bench.options();
    options.address = {};
    options.address.host = "127.0.0.1";
    options.address.port = proxy.port();
    bench.make_reader(options);
    bench.add("1-0");
    bench.add("2-0");
    ASSERT_EQ(proxy.tell("replace XRANGE all -ERR spoiled"), "ok");
    bench.reader->start_from({1, 0});  // the read is answered, the look at the entry is not
    ASSERT_TRUE(bench.wait([&] { return !bench.states.empty() && !bench.states.back().empty(); }));
    EXPECT_THAT(bench.got, IsEmpty());
    proxy.tell("normal");
    bench.ask({"XTRIM", "process:updates", "MINID", "2"});
    bench.loop.advance_clock(1s);
    ASSERT_TRUE(bench.wait_for_gap());
    EXPECT_EQ(bench.gaps[0], (Gap{{1, 0}, GapReason::trimmed}));
    EXPECT_THAT(bench.got, IsEmpty());
}

TEST(StreamReader, AStoreThatDoesNotTellItsHistoryIsDoubtedAfterALostConnection) {
    ReaderBench bench;
    bench.ask({"ACL", "SETUSER", "default", "-info"});
    bench.add("1-0");
    bench.reader->start_from({1, 0});
    ASSERT_TRUE(bench.is_reading());
    bench.pass(120ms);
    EXPECT_THAT(bench.gaps, IsEmpty());
    bench.ask({"CLIENT", "KILL", "TYPE", "normal"});
    ASSERT_TRUE(bench.wait_for_gap());
    EXPECT_EQ(bench.gaps[0], (Gap{{1, 0}, GapReason::other_history}));
}

TEST(StreamReader, APausedReaderLooksEveryFewSeconds) {
    ReaderBench bench;
    bench.add("1-0");
    bench.reader->start_from({1, 0});
    ASSERT_TRUE(bench.is_reading());
    bench.reader->pause();
    bench.pass(120ms);
    bench.ask({"DEL", "process:updates"});
    bench.pass(120ms);
    EXPECT_THAT(bench.gaps, IsEmpty());
    bench.loop.advance_clock(5s);
    ASSERT_TRUE(bench.wait_for_gap());
    EXPECT_EQ(bench.gaps[0], (Gap{{1, 0}, GapReason::missing}));
}

TEST(StreamReader, AKeyThatIsNoStreamIsReportedAndTriedAgain) {
    ReaderBench bench;
    bench.ask({"SET", "process:updates", "x"});
    bench.reader->start_from({});
    ASSERT_TRUE(bench.wait([&] { return !bench.states.empty(); }));
    EXPECT_THAT(bench.states.back(), HasSubstr("process:updates: WRONGTYPE"));
    bench.ask({"DEL", "process:updates"});
    bench.add("1-0");
    bench.loop.advance_clock(1s);
    EXPECT_TRUE(bench.wait_for(1));
    EXPECT_EQ(bench.states.back(), "");
}

TEST(StreamReader, MayBeDestroyedByWhatItSays) {
    ReaderBench bench;
    StreamReaderOptions stream;
    bench.reader.emplace(bench.loop, bench.options(), stream,
                         StreamReader::Handlers{[&](auto) { bench.reader.reset(); }, [](const Gap&) {}, {}});
    bench.reader->start_from({});
    bench.add("1-0");
    EXPECT_TRUE(bench.wait([&] { return !bench.reader; }));
}

TEST(StreamReader, AGapHandlerMayStartItAgain) {
    ReaderBench bench;
    bench.add("1-0");
    std::optional<StreamId> end;
    bench.reader.emplace(
        bench.loop, bench.options(), StreamReaderOptions{},
        StreamReader::Handlers{[&](auto entries) { bench.keep(entries); },
                               [&](const Gap&) { bench.reader->start_at_end([&](StreamId id) { end = id; }); },
                               {}});
    bench.reader->start_from({5, 0});
    ASSERT_TRUE(bench.wait([&] { return end.has_value(); }));
    EXPECT_EQ(end, (StreamId{1, 0}));
    bench.add("6-0");
    EXPECT_TRUE(bench.wait_for(1));
}

}  // namespace
}  // namespace busbar::store
