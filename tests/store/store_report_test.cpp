#include "store/store_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "store/error_reply.hpp"
#include "store/publisher.hpp"
#include "store_bench.hpp"

namespace busbar::store {
namespace {

using namespace std::chrono_literals;
using ::testing::AnyOf;
using ::testing::StartsWith;

TEST(ErrorReply, WhatNamesAFaultOfOneKeyIsPermanent) {
    for (const auto* text : {"WRONGTYPE Operation against a key", "-WRONGTYPE x", "NOPERM this user has no permissions",
                             "ERR string exceeds maximum allowed size"})
        EXPECT_EQ(kind_of_error(text), ErrorKind::permanent) << text;
    for (const auto* text :
         {"OOM command not allowed", "READONLY You can't write", "MISCONF disk", "LOADING x", "BUSY x", "CLUSTERDOWN x",
          "MASTERDOWN x", "NOREPLICAS x", "TRYAGAIN x", "NOAUTH x", "NEWCODE x", "", "WRONGTYPES"})
        EXPECT_EQ(kind_of_error(text), ErrorKind::transient) << text;
}

Durability durability(DurabilitySettings settings) { return judge(settings).durability; }

TEST(Durability, IsJudgedByWhatTheStoreTells) {
    EXPECT_EQ(durability({"no", "everysec", false, 0}), Durability::memory);
    EXPECT_EQ(durability({"yes", "everysec", true, 0}), Durability::memory);
    EXPECT_EQ(durability({"yes", "no", true, 0}), Durability::memory);
    EXPECT_EQ(durability({"yes", "always", true, 0}), Durability::disk);
    EXPECT_EQ(durability({"yes", "always", true, 2}), Durability::disk);
    EXPECT_EQ(durability({"no", "everysec", false, 1}), Durability::replicated);
    EXPECT_EQ(durability({"", "", std::nullopt, 0}), Durability::unknown);
    EXPECT_EQ(durability({"", "", true, 0}), Durability::unknown);
    EXPECT_EQ(durability({"", "", false, 0}), Durability::memory);
}

std::optional<Durability> found_in(StoreBench& bench) {
    std::optional<Durability> found;
    find_durability(bench.store, [&](const DurabilityReport& report) { found = report.durability; });
    EXPECT_TRUE(bench.wait([&] { return found.has_value(); }));
    return found;
}

TEST(Durability, IsFoundInAStore) {
    StoreBench always{{"--appendonly", "yes", "--appendfsync", "always"}};
    EXPECT_EQ(found_in(always), Durability::disk);
    StoreBench memory;
    EXPECT_EQ(found_in(memory), Durability::memory);
    memory.ask({"ACL", "SETUSER", "default", "-config", "-info"});
    EXPECT_EQ(found_in(memory), Durability::unknown);
}

TEST(StoreReport, SaysWhatThereIs) {
    StoreBench bench;
    bench.ask({"XADD", "process:updates", "5-0", "a", "b"});
    bench.ask(
        {"HSET", "connectors:c1:status", "state", "Running", "detail", "", "version", "0.1.0", "heartbeat", "17"});
    bench.ask({"HSET", "connectors:a:b:status", "state", "Error"});
    std::optional<StoreReport> report;
    read_report(bench.store, [&](const StoreReport& found) { report = found; });
    ASSERT_TRUE(bench.wait([&] { return report.has_value(); }));

    EXPECT_EQ(report->error, "");
    EXPECT_THAT(report->server, AnyOf(StartsWith("redis "), StartsWith("valkey ")));
    EXPECT_EQ(report->role, "master");
    EXPECT_EQ(report->history.size(), 40U);
    EXPECT_EQ(report->keys, 3);
    EXPECT_GT(report->used_memory, 0);
    EXPECT_EQ(report->durability.durability, Durability::memory);
    ASSERT_EQ(report->streams.size(), 4U);
    EXPECT_EQ(report->streams[0].key, "process:updates");
    EXPECT_EQ(report->streams[0].facts.length, 1U);
    EXPECT_EQ(report->streams[0].facts.last_id, (StreamId{5, 0}));
    EXPECT_FALSE(report->streams[1].facts.present);
    ASSERT_EQ(report->connectors.size(), 2U);
    EXPECT_EQ(report->connectors[0].id, "a:b");
    EXPECT_EQ(report->connectors[1].id, "c1");
    EXPECT_EQ(report->connectors[1].heartbeat_ms, 17);
}

TEST(StoreReport, SaysThatThereIsNoStore) {
    StoreBench bench;
    bench.server.kill();
    std::optional<std::string> error;
    read_report(bench.store, [&](const StoreReport& found) { error = found.error; });
    ASSERT_TRUE(bench.wait([&] { return error.has_value(); }));
    EXPECT_NE(*error, "");
    bench.checks_keys = false;
}

TEST(Publisher, SaysWhetherSomebodyListens) {
    StoreBench bench;
    Publisher publisher{bench.store, "c1"};
    publisher.start();
    bench.pass(20ms);
    EXPECT_FALSE(publisher.wanted(Publisher::trace));

    Client listener{bench.loop, bench.options()};
    std::vector<std::string> heard;
    const std::vector<std::string> channels{"connectors:c1:trace"};
    listener.start(
        [&] {
            listener.subscribe(channels, {}, [&](const Push& push) {
                if (push.kind == Push::Kind::message) heard.emplace_back(push.payload);
            });
        },
        [](const std::string&) {});
    ASSERT_TRUE(bench.wait([&] {
        bench.loop.advance_clock(Publisher::look_every);
        bench.pass(5ms);
        return publisher.wanted(Publisher::trace);
    }));
    EXPECT_FALSE(publisher.wanted(Publisher::log));
    publisher.publish(Publisher::trace, "68 04");
    ASSERT_TRUE(bench.wait([&] { return !heard.empty(); }));
    EXPECT_EQ(heard[0], "68 04");

    listener.stop();
    EXPECT_TRUE(bench.wait([&] {
        bench.loop.advance_clock(Publisher::look_every);
        bench.pass(5ms);
        return !publisher.wanted(Publisher::trace);
    }));
    publisher.publish(Publisher::trace, "in any case");
    EXPECT_TRUE(bench.wait([&] {
        return bench.ask({"INFO", "commandstats"}).find("cmdstat_publish:calls=2,") != std::string::npos;
    })) << "whether it goes out is for the caller to say";
}

}  // namespace
}  // namespace busbar::store
