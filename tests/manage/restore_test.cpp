#include "manage/database/restore.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "manage/actions/sealed.hpp"
#include "manage/database/connector_rows.hpp"
#include "manage/database/migrations.hpp"
#include "manage/database/point_rows.hpp"
#include "manage/database/user_rows.hpp"
#include "support/redis_fixture.hpp"

namespace busbar::manage {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const AuditEntry note{0, UtcTime{}, "anna", "127.0.0.1", "backup restored", "", {}, {}};

struct Bench {
    tests::TemporaryFolder folder;
    Database database{folder.path() / "busbar.db"};

    void save(const std::string& id, const std::string& config) {
        const auto revision = add_revision(database, {0, UtcTime{}, "anna", "config", id, "changed", {}, config, ""});
        save_connector(database, {id, "iec104-client", id, config, revision, {}, 0, false});
        add_audit(database, {0, UtcTime{}, "anna", "127.0.0.1", "configuration changed", id, {}, {}});
    }
    void add_point(std::uint32_t ioa) {
        PointRow row;
        row.address = {1, ioa};
        save_point(database, row);
    }
    std::int64_t count(const std::string& table) {
        return database.handle().execAndGet("SELECT count(*) FROM " + table).getInt64();
    }
};

TEST(Restore, PutsBackWhatWasAndTheJournalsGoOn) {
    Bench bench;
    bench.save("kept", "{}");
    bench.save("changed", R"({"debug":false})");
    bench.save("removed", "{}");
    bench.add_point(7);
    const auto snapshot = snapshot_of(bench.database);
    bench.save("changed", R"({"debug":true})");
    const auto later = find_connector(bench.database, "changed")->config_revision;
    remove_connector(bench.database, "removed");
    bench.save("added", "{}");
    bench.add_point(8);
    const auto audited = bench.count("audit");

    const auto plan = plan_restore(bench.database, snapshot);
    ASSERT_TRUE(plan) << plan.error().what;
    EXPECT_TRUE(plan->same_installation);
    EXPECT_THAT(plan->connectors_added, ElementsAre("removed"));
    EXPECT_THAT(plan->connectors_changed, ElementsAre("changed"));
    EXPECT_THAT(plan->connectors_removed, ElementsAre("added"));
    EXPECT_EQ(plan->points_before, 2);
    EXPECT_EQ(plan->points_after, 1);
    EXPECT_TRUE(find_connector(bench.database, "added")) << "a plan changes nothing";

    ASSERT_TRUE(restore_snapshot(bench.database, snapshot, note));
    EXPECT_FALSE(find_connector(bench.database, "added"));
    EXPECT_TRUE(find_connector(bench.database, "removed"));
    EXPECT_THAT(removed_connectors(bench.database), ElementsAre("added")) << "its keys are still to go";
    const auto changed = find_connector(bench.database, "changed");
    EXPECT_EQ(changed->config, R"({"debug":false})");
    EXPECT_GT(changed->config_revision, later) << "no number stands for two contents";
    EXPECT_EQ(find_revision(bench.database, changed->config_revision)->after, R"({"debug":false})");
    EXPECT_EQ(count_points(bench.database), 1);
    EXPECT_EQ(bench.count("audit"), audited + 1);
    EXPECT_EQ(first_forged_entry(bench.database), 0);
}

TEST(Restore, IntoAnotherInstallationBringsTheJournals) {
    Bench bench, other;
    bench.save("rtu-1", R"({"debug":true})");
    save_user(bench.database, {0, "anna", "admin", "hash", true, 0, {}}, UtcTime{});
    const auto revision = find_connector(bench.database, "rtu-1")->config_revision;
    add_audit(other.database, {0, UtcTime{}, "otto", "127.0.0.1", "set up", "", {}, {}});
    save_user(other.database, {0, "otto", "admin", "hash", true, 0, {}}, UtcTime{});

    const auto plan = restore_snapshot(other.database, snapshot_of(bench.database), note);
    ASSERT_TRUE(plan) << plan.error().what;
    EXPECT_FALSE(plan->same_installation);
    EXPECT_THAT(plan->users_before, ElementsAre("otto"));
    EXPECT_THAT(plan->users_after, ElementsAre("anna"));
    EXPECT_EQ(find_connector(other.database, "rtu-1")->config_revision, revision);
    EXPECT_EQ(audit_entries(other.database, {}, 10).size(), 2u);
    EXPECT_EQ(first_forged_entry(other.database), 0);
}

TEST(Restore, EndsAllLogins) {
    Bench bench;
    const auto id = save_user(bench.database, {0, "anna", "admin", "hash", true, 0, {}}, UtcTime{});
    add_audit(bench.database, note);
    add_session(bench.database, SecretHash{}, {id, "anna", "admin", "csrf", UtcTime{}}, UtcTime{});
    ASSERT_TRUE(restore_snapshot(bench.database, snapshot_of(bench.database), note));
    EXPECT_EQ(bench.count("session"), 0);
}

std::string octets_with(const std::string& statement) {
    Bench bench;
    bench.database.handle().exec(statement);
    return snapshot_of(bench.database);
}

TEST(Restore, RefusesWhatIsNoDatabaseOfOurs) {
    Bench bench;
    bench.save("rtu-1", "{}");
    const auto reason = [&bench](std::string octets) {
        const auto done = restore_snapshot(bench.database, std::move(octets), note);
        return done ? std::string("taken") : done.error().what;
    };
    EXPECT_THAT(reason("this is no database at all, but a text"), HasSubstr("no database"));
    EXPECT_THAT(reason(""), HasSubstr("no database"));
    EXPECT_THAT(reason(octets_with("CREATE TRIGGER t AFTER INSERT ON audit BEGIN DELETE FROM audit; END")),
                HasSubstr("not those of Busbar"));
    EXPECT_THAT(reason(octets_with("CREATE TABLE more (a)")), HasSubstr("not those of Busbar"));
    EXPECT_THAT(reason(octets_with("PRAGMA user_version = 999")), HasSubstr("later version"));
    auto damaged = octets_with("PRAGMA user_version = 1");
    std::fill(damaged.begin() + 200, damaged.begin() + 4000, 'x');
    EXPECT_NE(reason(damaged), "taken");
    EXPECT_TRUE(find_connector(bench.database, "rtu-1")) << "nothing has changed";
    EXPECT_EQ(bench.count("audit"), 1);
}

/// A file of the first schema, with a row in every table.
std::string first_schema() {
    return std::string(migrations()[0]) + R"sql(
        INSERT INTO setting VALUES ('name', '"north"');
        INSERT INTO user (id, name, role, password, created) VALUES (1, 'anna', 'admin', 'hash', 1);
        INSERT INTO session VALUES (zeroblob(32), 1, 'csrf', 1, 2);
        INSERT INTO revision (id, at, author, kind, object, action, after)
            VALUES (3, 1, 'anna', 'config', 'rtu-1', 'created', '{}'), (4, 1, 'anna', 'mapping', 'scada-1', 'created', '{}');
        INSERT INTO connector VALUES ('rtu-1', 'iec104-client', 'North', '{}', 3, NULL, NULL, 1),
                                     ('scada-1', 'iec104-server', '', '{}', 3, '{}', 4, 0);
        INSERT INTO removed_connector VALUES ('old');
        INSERT INTO point (casdu, ioa, name, states) VALUES (1, 7, 'Breaker', '["off","on"]');
        PRAGMA user_version = 1;
    )sql";
}

std::vector<std::string> rows_of(SQLite::Database& database, const std::string& query) {
    std::vector<std::string> rows;
    SQLite::Statement statement(database, query);
    while (statement.executeStep()) rows.push_back(statement.getColumn(0).getString());
    return rows;
}

constexpr auto whole_schema = "SELECT type || name || ifnull(sql, '') FROM sqlite_master ORDER BY 1";

TEST(Migration, FromTheFirstSchemaKeepsEverything) {
    const tests::TemporaryFolder folder;
    const auto file = folder.path() / "busbar.db";
    SQLite::Database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(first_schema());
    Database database(file);
    add_audit(database, note);
    const auto connectors = all_connectors(database);
    ASSERT_EQ(connectors.size(), 2u);
    EXPECT_EQ(connectors[0].name, "North");
    EXPECT_TRUE(connectors[0].stopped);
    EXPECT_EQ(connectors[1].mapping, "{}");
    EXPECT_EQ(connectors[1].mapping_revision, 4);
    EXPECT_THAT(removed_connectors(database), ElementsAre("old"));
    EXPECT_EQ(find_point(database, {1, 7})->states, R"(["off","on"])");
    EXPECT_TRUE(find_user(database, "anna"));
    EXPECT_EQ(first_forged_entry(database), 0);
    EXPECT_THAT(rows_of(database.handle(), "PRAGMA foreign_key_check"), IsEmpty());
    Bench fresh;
    EXPECT_EQ(rows_of(database.handle(), whole_schema), rows_of(fresh.database.handle(), whole_schema));
}

TEST(Restore, OfAnOlderVersionIsBroughtUpToDate) {
    SQLite::Database old(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    old.exec(first_schema());
    const tests::TemporaryFolder folder;
    old.exec("VACUUM INTO '" + (folder.path() / "old.db").string() + "'");
    std::ifstream file(folder.path() / "old.db");
    const std::string octets{std::istreambuf_iterator<char>(file), {}};
    Bench bench;
    const auto done = restore_snapshot(bench.database, octets, note);
    ASSERT_TRUE(done) << done.error().what;
    EXPECT_EQ(all_connectors(bench.database).size(), 2u);
    EXPECT_EQ(bench.count("session"), 0);
}

TEST(Sealed, OpensWithItsPassphraseOnly) {
    const std::string file = seal("what is in it", "correct horse");
    EXPECT_EQ(file.find("what is in it"), std::string::npos);
    EXPECT_EQ(unseal(file, "correct horse").value(), "what is in it");
    EXPECT_THAT(unseal(file, "correct horsf").error().what, HasSubstr("passphrase is wrong"));
    for (const std::size_t at : {20u, 40u, 60u}) {
        auto altered = file;
        altered[at] ^= 1;
        EXPECT_FALSE(unseal(altered, "correct horse")) << at;
    }
    EXPECT_THAT(unseal(file.substr(0, 60), "correct horse").error().what, HasSubstr("no backup"));
    EXPECT_THAT(unseal("", "correct horse").error().what, HasSubstr("no backup"));
}

}  // namespace
}  // namespace busbar::manage
