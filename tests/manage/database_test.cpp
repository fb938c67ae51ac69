#include "manage/database/database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "manage/database/connector_rows.hpp"
#include "manage/database/journal.hpp"
#include "manage/database/migrations.hpp"
#include "support/redis_fixture.hpp"

namespace busbar::manage {
namespace {

std::int64_t add_config_revision(Database& database) {
    return add_revision(database, {0, UtcTime{}, "anna", "config", "rtu1", "created", std::nullopt, "{}", ""});
}

TEST(Database, IsReadableByItsOwnerOnlyAndOfTheLatestSchema) {
    const tests::TemporaryFolder folder;
    Database database(folder.path() / "busbar.db");
    EXPECT_EQ(database.handle().execAndGet("PRAGMA user_version").getInt(), static_cast<int>(migrations().size()));
    EXPECT_EQ(database.handle().execAndGet("PRAGMA journal_mode").getString(), "wal");
    struct stat about {};
    ASSERT_EQ(stat((folder.path() / "busbar.db").c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0600u);
}

TEST(Database, OfALaterVersionIsLeftAlone) {
    const tests::TemporaryFolder folder;
    const auto file = folder.path() / "busbar.db";
    { Database(file).handle().exec("PRAGMA user_version = 999"); }
    try {
        const Database database(file);
        FAIL() << "was opened";
    } catch (const std::exception& error) {
        EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("busbar.db"), testing::HasSubstr("later version")));
    }
}

TEST(Database, ThatIsNoneIsNamed) {
    const tests::TemporaryFolder folder;
    const auto file = folder.path() / "busbar.db";
    {
        std::ofstream(file)
            << "this is no database, but a text that is long enough to be looked at as one, page by page";
    }
    EXPECT_THROW(Database{file}, std::runtime_error);
}

struct Row {
    const char* what;
    const char* statement;
};
class DatabaseRefuses : public testing::TestWithParam<Row> {};

/// The schema itself keeps what the rest of the program promises.
TEST_P(DatabaseRefuses, Row) {
    const tests::TemporaryFolder folder;
    Database database(folder.path() / "busbar.db");
    add_config_revision(database);
    database.handle().exec("INSERT INTO point (casdu, ioa) VALUES (1, 1)");
    EXPECT_THROW(database.handle().exec(GetParam().statement), SQLite::Exception) << GetParam().what;
}
INSTANTIATE_TEST_SUITE_P(
    Schema, DatabaseRefuses,
    testing::Values(
        Row{"two enabled points of one address", "INSERT INTO point (casdu, ioa) VALUES (1, 1)"},
        Row{"CASDU 65536", "INSERT INTO point (casdu, ioa) VALUES (65536, 1)"},
        Row{"IOA 2^24", "INSERT INTO point (casdu, ioa) VALUES (1, 16777216)"},
        Row{"a kind of point that is none", "INSERT INTO point (casdu, ioa, kind) VALUES (1, 2, 'XX')"},
        Row{"metadata that is no object", "INSERT INTO point (casdu, ioa, metadata) VALUES (1, 2, '[]')"},
        Row{"text for a number", "INSERT INTO point (casdu, ioa) VALUES ('one', 2)"},
        Row{"an id with a slash",
            "INSERT INTO connector (id, kind, config, config_revision) VALUES ('a/b', 'iec104-client', '{}', 1)"},
        Row{"a kind of connector that is none",
            "INSERT INTO connector (id, kind, config, config_revision) VALUES ('a', 'iec61850', '{}', 1)"},
        Row{"a configuration that is no JSON",
            "INSERT INTO connector (id, kind, config, config_revision) VALUES ('a', 'iec104-client', '{', 1)"},
        Row{"a revision that is not there",
            "INSERT INTO connector (id, kind, config, config_revision) VALUES ('a', 'iec104-client', '{}', 99)"},
        Row{"a mapping of a client",
            "INSERT INTO connector (id, kind, config, config_revision, mapping, mapping_revision) "
            "VALUES ('a', 'iec104-client', '{}', 1, '{}', 1)"},
        Row{"a session of nobody",
            "INSERT INTO session (token, user, csrf, created, expires) VALUES (zeroblob(32), 7, '', 0, 0)"},
        Row{"a role that is none", "INSERT INTO user (name, role, created) VALUES ('x', 'root', 0)"}));

TEST(Database, APointThatIsNotEnabledMayShareItsAddress) {
    const tests::TemporaryFolder folder;
    Database database(folder.path() / "busbar.db");
    database.handle().exec("INSERT INTO point (casdu, ioa) VALUES (1, 1)");
    EXPECT_NO_THROW(database.handle().exec("INSERT INTO point (casdu, ioa, enabled) VALUES (1, 1, 0)"));
}

TEST(Database, ARemovedConnectorIsKnownUntilItsKeysAreGone) {
    const tests::TemporaryFolder folder;
    Database database(folder.path() / "busbar.db");
    const ConnectorRow row{"rtu1", "iec104-client", "", "{}", add_config_revision(database), std::nullopt, 0, false};
    save_connector(database, row);
    remove_connector(database, "rtu1");
    EXPECT_THAT(removed_connectors(database), testing::ElementsAre("rtu1"));
    save_connector(database, row);
    EXPECT_THAT(removed_connectors(database), testing::IsEmpty()) << "it is there again";
}

std::string plan_of(Database& database, const std::string& query) {
    SQLite::Statement steps(database.handle(), "EXPLAIN QUERY PLAN " + query);
    std::string plan;
    while (steps.executeStep()) plan += steps.getColumn(3).getString() + "; ";
    return plan;
}

TEST(Database, AConnectorIsFoundWithoutReadingPastItsTexts) {
    const tests::TemporaryFolder folder;
    Database database(folder.path() / "busbar.db");
    const auto revision = add_config_revision(database);
    save_connector(database, {"b", "iec104-server", "B", "{}", revision, R"({"points":[]})", revision, true});
    save_connector(database, {"a", "iec104-client", "", "{}", revision, std::nullopt, 0, false});
    const ConnectorHead head{"b", "iec104-server", "B", revision, revision, true};
    EXPECT_EQ(connector_heads(database).at(1), head);
    EXPECT_EQ(find_connector_head(database, "b"), head);
    EXPECT_EQ(find_connector_head(database, "a")->mapping_revision, 0);
    EXPECT_EQ(find_connector_head(database, "c"), std::nullopt);
    EXPECT_EQ(config_of_connector(database, "a"), "{}");
    EXPECT_EQ(mapping_of_connector(database, "a"), std::nullopt);
    EXPECT_EQ(mapping_of_connector(database, "b"), R"({"points":[]})");
    EXPECT_THAT(plan_of(database,
                        "SELECT id, kind, name, config_revision, mapping_revision, stopped FROM connector "
                        "INDEXED BY connector_head ORDER BY id"),
                testing::HasSubstr("COVERING INDEX"));
}

TEST(Database, RevisionsAreListedWithoutTheirLongTexts) {
    const tests::TemporaryFolder folder;
    Database database(folder.path() / "busbar.db");
    EXPECT_EQ(last_revision(database, "points"), 0);
    std::int64_t last = 0;
    for (const char* kind : {"config", "mapping", "points", "points", "config"}) {
        const auto id = add_revision(database, {0, UtcTime{}, "anna", kind, "x", "changed", "[1]", "[2]", "why"});
        if (std::string_view(kind) == "points") last = id;
    }
    EXPECT_EQ(last_revision(database, "points"), last);
    EXPECT_EQ(revisions(database, "config", "", 0, 10).at(0).after, "[2]");
    for (const char* kind : {"mapping", "points"}) {
        const auto listed = revisions(database, kind, "x", 0, 10).at(0);
        EXPECT_EQ(listed.before, std::nullopt);
        EXPECT_EQ(listed.after, std::nullopt);
        EXPECT_EQ(listed.comment, "why");
        EXPECT_EQ(find_revision(database, listed.id)->after, "[2]");
    }
    EXPECT_EQ(revisions(database, "points", "x", last, 10).size(), 1u) << "those before it";
    EXPECT_TRUE(revisions(database, "points", "y", 0, 10).empty());
}

TEST(Database, APointIsFoundByItsAddressAlsoIfItIsNotEnabled) {
    const tests::TemporaryFolder folder;
    Database database(folder.path() / "busbar.db");
    EXPECT_THAT(plan_of(database, "SELECT name FROM point WHERE casdu = 1 AND ioa = 2 ORDER BY enabled DESC, id"),
                testing::AllOf(testing::StartsWith("SEARCH"), testing::Not(testing::HasSubstr("B-TREE"))));
}

TEST(Database, AConnectorKeepsItsMappingWhenTheRestIsSaved) {
    const tests::TemporaryFolder folder;
    Database database(folder.path() / "busbar.db");
    const auto first = add_config_revision(database), second = add_config_revision(database);
    save_connector(database, {"b", "iec104-server", "B", "{}", first, R"({"points":[]})", first, false});
    save_connector_but_mapping(database, {"b", "iec104-server", "C", R"({"a":1})", second, std::nullopt, 0, true});
    const auto row = find_connector(database, "b");
    EXPECT_EQ(row->head(), (ConnectorHead{"b", "iec104-server", "C", second, first, true}));
    EXPECT_EQ(row->config, R"({"a":1})");
    EXPECT_EQ(row->mapping, R"({"points":[]})");
}

TEST(Audit, IsAChain) {
    const tests::TemporaryFolder folder;
    Database database(folder.path() / "busbar.db");
    for (const char* action : {"one", "two", "three"})
        add_audit(database, {0, UtcTime{}, "anna", "127.0.0.1", action, "rtu1", std::nullopt, "{}"});
    EXPECT_EQ(first_forged_entry(database), 0);
    database.handle().exec("UPDATE audit SET who = 'berta' WHERE id = 2");
    EXPECT_EQ(first_forged_entry(database), 2);
    database.handle().exec("UPDATE audit SET who = 'anna' WHERE id = 2");
    EXPECT_EQ(first_forged_entry(database), 0);
    database.handle().exec("DELETE FROM audit WHERE id = 2");
    EXPECT_EQ(first_forged_entry(database), 3) << "an entry was taken out";
}

}  // namespace
}  // namespace busbar::manage
