#include "manage/live/publication.hpp"

#include <gtest/gtest.h>

#include "manage/database/journal.hpp"
#include "manage/live/kept_updates.hpp"
#include "support/redis_fixture.hpp"

namespace busbar::manage {
namespace {

class PublicationTest : public testing::Test {
protected:
    PublicationTest() {
        store::ClientOptions options;
        options.address.path = server.socket_path();
        store.emplace(loop, options);
        publication.emplace(*store, database);
        store->start();
    }
    void save(const std::string& id, const std::string& config) {
        const auto revision =
            add_revision(database, {0, UtcTime{}, "anna", "config", id, "changed", std::nullopt, config, ""});
        save_connector(database, {id, "iec104-server", "", config, revision, std::nullopt, 0, false});
        publication->check();
    }
    void save_mapping(const std::string& id, const std::string& mapping) {
        const auto revision =
            add_revision(database, {0, UtcTime{}, "anna", "mapping", id, "changed", std::nullopt, mapping, ""});
        save_connector(database, {id, "iec104-server", "", "{}", revision, mapping, revision, false});
        publication->check();
    }
    /// How often the store has been asked for it.
    int calls(const std::string& command) {
        const auto statistics = server.ask({"INFO", "commandstats"});
        const auto at = statistics.find("cmdstat_" + command + ":calls=");
        return at == std::string::npos ? 0 : std::stoi(statistics.substr(statistics.find('=', at) + 1));
    }
    /// Lets one regular look come and go.
    void look() {
        const int before = calls("ping");
        loop.advance_clock(Publication::look_every);
        ASSERT_TRUE(loop.run_until([&] { return calls("ping") > before; }, std::chrono::seconds{10}));
    }
    bool becomes(const std::string& key, const std::string& text) {
        return loop.run_until([&] { return server.ask({"GET", key}) == text; }, std::chrono::seconds{10});
    }

    tests::TemporaryFolder folder;
    tests::RedisServer server;
    net::EventLoop loop;
    Database database{folder.path() / "busbar.db"};
    std::optional<store::Store> store;
    std::optional<Publication> publication;
};

TEST_F(PublicationTest, TheStoreHasWhatTheDatabaseSaysWhateverHappensToIt) {
    const std::string key = "connectors:srv:config";
    save("srv", R"({"debug":false})");
    EXPECT_TRUE(becomes(key, R"({"revision":1,"debug":false})"));
    save("srv", R"({"debug":true})");
    EXPECT_TRUE(becomes(key, R"({"revision":2,"debug":true})"));
    server.ask({"FLUSHALL"});
    loop.advance_clock(Publication::look_every);
    EXPECT_TRUE(becomes(key, R"({"revision":2,"debug":true})")) << "a flushed store";
    server.ask({"SET", key, "{}"});
    loop.advance_clock(Publication::look_every);
    EXPECT_TRUE(becomes(key, R"({"revision":2,"debug":true})")) << "a foreign hand";
    server.kill();
    save("srv", R"({"debug":3})");
    server.start();
    EXPECT_TRUE(becomes(key, R"({"revision":3,"debug":3})")) << "changed while the store was away";
}

TEST_F(PublicationTest, UpdatesAreKeptForWhoMustHaveThem) {
    const std::string key = "process:updates:retention";
    EXPECT_TRUE(becomes(key, R"({"entries":1000000,"bytes":null,"age":null,"required":[]})"));
    save_kept_updates(database, {5000, std::nullopt, 60});
    save("srv", R"({"redundancy_groups":[{"name":"a"},{"name":"b","required":false},{"name":"c","required":true}]})");
    EXPECT_TRUE(becomes(key, R"({"entries":5000,"bytes":null,"age":60,"required":["srv/a","srv/c"]})"));
    save("srv", R"({"redundancy_groups":[{"name":"b","required":false}],"service":{"required":true}})");
    EXPECT_TRUE(becomes(key, R"({"entries":5000,"bytes":null,"age":60,"required":["srv/b"]})"));
    save("srv", R"({"redundancy_groups":[{"name":"a"}],"service":{"enabled":false}})");
    EXPECT_TRUE(becomes(key, R"({"entries":5000,"bytes":null,"age":60,"required":[]})"));
}

TEST_F(PublicationTest, AMappingThatIsNotConfiguredIsTakenAway) {
    server.ask({"SET", "connectors:srv:mapping", "{}"});
    save("srv", "{}");
    EXPECT_TRUE(becomes("connectors:srv:mapping", "(nil)"));
}

TEST_F(PublicationTest, ALongMappingIsSetRightWhereverItWasAltered) {
    const std::string key = "connectors:srv:mapping";
    const std::string filling(Publication::piece_size * (Publication::pieces_a_look + 8), 'x');
    save_mapping("srv", R"({"points":[],"note":")" + filling + R"("})");
    const std::string right = R"({"revision":1,"points":[],"note":")" + filling + R"("})";
    const auto long_enough = std::chrono::minutes{1};
    ASSERT_TRUE(becomes(key, right));
    const auto print = [&] {
        return server.ask({"EVAL", "return redis.sha1hex(redis.call('GET', KEYS[1]))", "1", key});
    };
    const auto is_right = [&, wanted = print()] { return print() == wanted; };
    server.ask({"FLUSHALL"});
    look();
    EXPECT_TRUE(loop.run_until(is_right, long_enough)) << "a flushed store";
    server.ask({"DEL", key});
    server.ask({"HSET", key, "a", "b"});
    look();
    EXPECT_TRUE(loop.run_until(is_right, long_enough)) << "no text at all";
    server.ask({"SETRANGE", key, "12", "7"});
    look();
    EXPECT_TRUE(loop.run_until(is_right, long_enough)) << "another revision";
    server.ask({"APPEND", key, " "});
    look();
    EXPECT_TRUE(loop.run_until(is_right, long_enough)) << "another length";
    for (const std::size_t at : {std::size_t{100}, filling.size() / 2, filling.size() - 1}) {
        server.ask({"SETRANGE", key, std::to_string(at), "y"});
        for (int looked = 0; looked < 2 && !is_right(); ++looked) look();
        EXPECT_TRUE(loop.run_until(is_right, long_enough)) << "an octet at " << at;
    }
}

TEST_F(PublicationTest, WhatIsAsItShouldBeIsNeitherReadWholeNorSetAgain) {
    const std::string key = "connectors:big:mapping";
    save("srv", "{}");
    save_mapping("big", R"({"note":")" + std::string(Publication::long_from, 'x') + R"("})");
    ASSERT_TRUE(loop.run_until([&] { return server.ask({"EXISTS", key}) == "1"; }, std::chrono::seconds{10}));
    look();
    const int set = calls("set"), got = calls("mget");
    for (int looked = 0; looked < 3; ++looked) look();
    EXPECT_EQ(calls("set"), set);
    EXPECT_EQ(calls("mget"), got + 3);
    save("srv", R"({"debug":true})");
    ASSERT_TRUE(becomes("connectors:srv:config", R"({"revision":3,"debug":true})"));
    EXPECT_EQ(calls("set"), set + 1) << "and nothing else";
}

TEST_F(PublicationTest, RevisionsMayBeginAnew) {
    save("srv", R"({"debug":false})");
    ASSERT_TRUE(becomes("connectors:srv:config", R"({"revision":1,"debug":false})"));
    save_connector(database, {"srv", "iec104-server", "", R"({"debug":true})", 1, std::nullopt, 0, false});
    publication->check_all();
    EXPECT_TRUE(becomes("connectors:srv:config", R"({"revision":1,"debug":true})"));
}

TEST(WithRevision, IsTheFirstMemberAndTheOnlyOneOfItsName) {
    EXPECT_EQ(with_revision("{}", 7), R"({"revision":7})");
    EXPECT_EQ(with_revision(" { } ", 7), R"({"revision":7} )");
    EXPECT_EQ(with_revision(R"({"a":{"b":1}})", 7), R"({"revision":7,"a":{"b":1}})");
    EXPECT_EQ(with_revision(R"({"a":1,"revision":3})", 7), R"({"revision":7,"a":1})");
    EXPECT_EQ(with_revision(R"({"a":{"revision":3}})", 7), R"({"revision":7,"a":{"revision":3}})");
    EXPECT_EQ(with_revision(R"({"a":"revision"})", 7), R"({"revision":7,"a":"revision"})");
}

TEST_F(PublicationTest, WhatWasRemovedLeavesTheStoreEvenAfterARestart) {
    save("srv", "{}");
    ASSERT_TRUE(becomes("connectors:srv:config", R"({"revision":1})"));
    server.ask({"HSET", "connectors:srv:status", "state", "Running"});
    server.ask({"SET", "connectors:other:config", "{}"});
    publication.reset();
    remove_connector(database, "srv");  // and killed before the store was told
    publication.emplace(*store, database);
    publication->check();
    EXPECT_TRUE(becomes("connectors:srv:config", "(nil)"));
    EXPECT_EQ(server.ask({"EXISTS", "connectors:srv:status"}), "0");
    EXPECT_EQ(server.ask({"GET", "connectors:other:config"}), "{}") << "another backend's connector";
    EXPECT_TRUE(loop.run_until([&] { return removed_connectors(database).empty(); }, std::chrono::seconds{10}));
}

}  // namespace
}  // namespace busbar::manage
