#include "store/updates_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "store_bench.hpp"
#include "support/fault_proxy.hpp"

namespace busbar::store {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view json = R"({"type":1,"value":true})";

/// What a commit said, kept.
struct Result {
    std::size_t points;
    bool stored;
    std::string reason;
    std::vector<std::pair<std::size_t, std::string>> refused;
};

UpdatesOptions length(std::uint64_t max_length) {
    UpdatesOptions options;
    options.max_length = max_length;
    return options;
}

struct WriterBench : StoreBench {
    explicit WriterBench(UpdatesOptions options = {}, std::vector<std::string> arguments = {})
        : StoreBench(std::move(arguments)), writer(store, with_source(std::move(options))) {
        writer.start();
        EXPECT_TRUE(wait([this] { return writer.trims() || ask({"EXISTS", keys::retention()}) == "1"; }));
    }
    static UpdatesOptions with_source(UpdatesOptions options) {
        options.source = "rtu-1";
        return options;
    }
    Result commit() {
        std::optional<Result> result;
        writer.commit([&](const Commit& commit) {
            result = Result{commit.points, commit.stored, std::string{commit.reason}, {}};
            for (const auto& refused : commit.refused) result->refused.emplace_back(refused.index, refused.text);
        });
        EXPECT_FALSE(result);  // never before commit() has returned
        EXPECT_TRUE(wait([&] { return result.has_value(); }, 20s));
        return result.value_or(Result{});
    }

    UpdatesWriter writer;
};

TEST(UpdatesWriter, WritesEntryAndImageKey) {
    WriterBench bench;
    bench.writer.append({150, 100}, json);
    const auto result = bench.commit();

    EXPECT_TRUE(result.stored);
    EXPECT_EQ(result.points, 1U);
    EXPECT_EQ(bench.ask({"GET", "process:image:casdu:150:ioa:100"}), json);
    EXPECT_THAT(bench.ask({"XRANGE", "process:updates", "-", "+"}),
                HasSubstr(R"(casdu 150 ioa 100 source rtu-1 data {"type":1,"value":true})"));
}

TEST(UpdatesWriter, TheEntryIsThereBeforeTheImageKey) {
    WriterBench bench;
    // The store's own record of its commands, in their order.
    bench.ask({"CONFIG", "SET", "slowlog-log-slower-than", "0"});
    bench.writer.append({1, 2}, json);
    ASSERT_TRUE(bench.commit().stored);
    const auto log = bench.ask({"SLOWLOG", "GET", "10"});  // the newest first
    EXPECT_LT(log.find("SET process:image:casdu:1:ioa:2"), log.find("XADD process:updates"));
}

TEST(UpdatesWriter, ImageOrStreamAlone) {
    WriterBench bench;
    bench.writer.append_entry({1, 2}, json);
    bench.writer.append_image({1, 3}, json);
    EXPECT_TRUE(bench.commit().stored);
    EXPECT_EQ(bench.ask({"EXISTS", "process:image:casdu:1:ioa:2"}), "0");
    EXPECT_EQ(bench.ask({"GET", "process:image:casdu:1:ioa:3"}), json);
    EXPECT_EQ(bench.ask({"XLEN", "process:updates"}), "1");
}

TEST(UpdatesWriter, KeepsAboutMaxLengthEntries) {
    WriterBench bench{length(200)};
    for (std::uint32_t ioa = 1; ioa <= 2000; ++ioa) bench.writer.append({1, ioa}, json);
    EXPECT_EQ(bench.commit().points, 2000U);
    const auto length = std::stoi(bench.ask({"XLEN", "process:updates"}));
    EXPECT_GE(length, 200);
    EXPECT_LE(length, 400);
}

TEST(UpdatesWriter, NobodyTrimsWhileThereIsRetention) {
    WriterBench bench{length(100)};
    bench.ask({"SET", keys::retention(), "{}"});
    bench.loop.advance_clock(1s);
    ASSERT_TRUE(bench.wait([&] { return !bench.writer.trims(); }));
    for (std::uint32_t ioa = 1; ioa <= 2000; ++ioa) bench.writer.append({1, ioa}, json);
    ASSERT_TRUE(bench.commit().stored);
    EXPECT_EQ(bench.ask({"XLEN", "process:updates"}), "2000");

    bench.ask({"DEL", keys::retention()});
    bench.loop.advance_clock(1s);
    EXPECT_TRUE(bench.wait([&] { return bench.writer.trims(); }));
}

TEST(UpdatesWriter, CommitsAreAnsweredInTheirOrder) {
    WriterBench bench;
    std::vector<int> order;
    bench.writer.commit([&](const Commit& commit) { order.push_back(static_cast<int>(commit.points)); });
    for (std::uint32_t ioa = 1; ioa <= 40; ++ioa) bench.writer.append({1, ioa}, json);
    bench.writer.commit([&](const Commit& commit) { order.push_back(static_cast<int>(commit.points)); });
    bench.writer.commit([&](const Commit& commit) { order.push_back(static_cast<int>(commit.points)); });
    bench.writer.append({1, 1}, json);
    bench.writer.commit([&](const Commit& commit) { order.push_back(static_cast<int>(commit.points)); });
    EXPECT_EQ(bench.writer.in_flight(), 41U);
    ASSERT_TRUE(bench.wait([&] { return order.size() == 4; }));
    EXPECT_THAT(order, ElementsAre(0, 40, 0, 1));
    EXPECT_EQ(bench.writer.in_flight(), 0U);
}

TEST(UpdatesWriter, SaysWhenThereIsNoRoom) {
    UpdatesOptions options;
    options.max_in_flight = 20;
    WriterBench bench{options};
    for (std::uint32_t ioa = 1; ioa <= 19; ++ioa) bench.writer.append({1, ioa}, json);
    EXPECT_TRUE(bench.writer.has_room(1));
    EXPECT_FALSE(bench.writer.has_room(2));
    ASSERT_TRUE(bench.commit().stored);
    EXPECT_TRUE(bench.writer.has_room(20));
}

TEST(UpdatesWriter, WhatOthersWriteBetweenTwoPointsDoesNoHarm) {
    WriterBench bench;
    bench.writer.append({1, 1}, json);
    std::string pong;
    bench.store.client().command({"ECHO", "hello"}, [&](const Reply& reply) { pong = reply.text(); });
    bench.writer.append({1, 2}, json);
    EXPECT_TRUE(bench.commit().stored);
    EXPECT_EQ(pong, "hello");
}

TEST(UpdatesWriter, AFullStoreStoresNothing) {
    WriterBench bench;
    bench.ask({"CONFIG", "SET", "maxmemory", "1"});
    for (std::uint32_t ioa = 1; ioa <= 20; ++ioa) bench.writer.append({1, ioa}, json);
    const auto result = bench.commit();
    EXPECT_FALSE(result.stored);
    EXPECT_THAT(result.reason, HasSubstr("OOM"));
    EXPECT_THAT(result.refused, IsEmpty());
    EXPECT_TRUE(bench.writer.has_room(256));
}

TEST(UpdatesWriter, AReplicaStoresNothing) {
    WriterBench bench;
    bench.ask({"REPLICAOF", "127.0.0.1", "1"});
    bench.writer.append({1, 1}, json);
    const auto result = bench.commit();
    EXPECT_FALSE(result.stored);
    EXPECT_THAT(result.reason, HasSubstr("READONLY"));
}

TEST(UpdatesWriter, AStreamOfAWrongTypeConcernsAllAndIsNamed) {
    WriterBench bench;
    bench.ask({"SET", "process:updates", "x"});
    bench.writer.append({1, 1}, json);
    const auto result = bench.commit();
    EXPECT_FALSE(result.stored);
    EXPECT_THAT(result.reason, HasSubstr("process:updates: WRONGTYPE"));
}

TEST(UpdatesWriter, AnImageKeyThatIsForbiddenConcernsOnePoint) {
    WriterBench bench;
    bench.ask({"ACL", "SETUSER", "default", "resetkeys", "~process:updates*", "~process:image:casdu:1:*"});
    for (std::uint32_t ioa = 1; ioa <= 40; ++ioa) {
        if (ioa % 10 == 0) {
            bench.writer.append({2, ioa}, json);
        } else if (ioa % 3 == 0) {
            bench.writer.append_entry({1, ioa}, json);  // one command, not two: the indices are those of points
        } else {
            bench.writer.append({1, ioa}, json);
        }
    }
    const auto result = bench.commit();
    EXPECT_TRUE(result.stored);
    ASSERT_EQ(result.refused.size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(result.refused[i].first, i * 10 + 9);
        EXPECT_THAT(result.refused[i].second, HasSubstr("NOPERM"));
    }
    EXPECT_EQ(bench.ask({"XLEN", "process:updates"}), "40");
    bench.ask({"ACL", "SETUSER", "default", "allkeys"});
}

TEST(UpdatesWriter, ALostConnectionStoresNothing) {
    WriterBench bench;
    bench.writer.append({1, 1}, json);
    bench.server.kill();
    EXPECT_FALSE(bench.commit().stored);
    bench.writer.append({1, 1}, json);
    const auto result = bench.commit();
    EXPECT_FALSE(result.stored);
    EXPECT_FALSE(result.reason.empty());

    bench.server.start();
    ASSERT_TRUE(bench.wait([&] { return bench.store.is_connected(); }));
    bench.writer.append({1, 1}, json);
    EXPECT_TRUE(bench.commit().stored);
}

TEST(UpdatesWriter, ACommitMadeWhenOneIsLostIsAnsweredToo) {
    WriterBench bench;
    std::vector<bool> stored;
    bench.writer.append({1, 1}, json);
    bench.writer.commit([&](const Commit& first) {
        stored.push_back(first.stored);
        bench.writer.append({1, 1}, json);
        bench.writer.commit([&](const Commit& second) { stored.push_back(second.stored); });
    });
    bench.server.kill();
    EXPECT_TRUE(bench.wait([&] { return stored.size() == 2; }));
    bench.checks_keys = false;  // there is no store left to ask
    EXPECT_THAT(stored, ElementsAre(false, false));
}

/// One point written through a proxy that was told a fault.
std::string reason_behind(WriterBench& bench, std::string_view fault) {
    tests::FaultProxy proxy{"127.0.0.1:0", bench.server.socket_path()};
    ClientOptions options;
    options.address.host = "127.0.0.1";
    options.address.port = proxy.port();
    Store store{bench.loop, options};
    store.start();
    EXPECT_TRUE(bench.wait([&] { return store.is_connected(); }));
    UpdatesWriter writer{store, WriterBench::with_source({})};
    EXPECT_EQ(proxy.tell(fault), "ok");

    std::optional<std::string> reason;
    writer.append({1, 1}, json);
    writer.commit([&](const Commit& commit) {
        EXPECT_EQ(commit.stored, commit.reason.empty());
        EXPECT_THAT(commit.refused, IsEmpty());
        reason = commit.reason;
    });
    EXPECT_TRUE(bench.wait([&] { return reason.has_value(); }));
    return reason.value_or("no answer");
}

TEST(UpdatesWriter, ATransientErrorOfTheImageKeyStoresNothing) {
    WriterBench bench;
    EXPECT_EQ(reason_behind(bench, "replace SET 1 -MISCONF disk"), "MISCONF disk");
    EXPECT_EQ(reason_behind(bench, "normal"), "");
}

TEST(UpdatesWriter, AnEntryWhoseAnswerWasLostIsNotStored) {
    WriterBench bench;
    EXPECT_NE(reason_behind(bench, "reset-before-reply XADD 1"), "");
    EXPECT_EQ(bench.ask({"XLEN", "process:updates"}), "1");  // the RTU will say it again: at least once
}

}  // namespace
}  // namespace busbar::store
