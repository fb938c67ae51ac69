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
