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
    save("srv", R"({"redundancy_groups":[{"name":"a"}],"service":{"enabled":false}})");
    EXPECT_TRUE(becomes(key, R"({"entries":5000,"bytes":null,"age":60,"required":[]})"));
}

TEST_F(PublicationTest, AMappingThatIsNotConfiguredIsTakenAway) {
    server.ask({"SET", "connectors:srv:mapping", "{}"});
    save("srv", "{}");
    EXPECT_TRUE(becomes("connectors:srv:mapping", "(nil)"));
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
