#include "manage/actions/copy_connector.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manage/installation_bench.hpp"

namespace busbar::manage {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Actor engineer{"anna", Role::engineer, "127.0.0.1"};

struct Bench : InstallationBench {
    Bench() {
        ConnectorRow row;
        row.id = "rtu-1";
        row.kind = client_kind;
        row.config = R"({"network":{"host":"10.0.0.1"},"stations":[{"casdu":1}]})";
        row.stopped = true;
        EXPECT_TRUE(create_connector(installation, engineer, row));
    }
    Outcome<std::vector<ConnectorRow>> copy(const CopyTable& table, bool dry_run = false) {
        return copy("rtu-1", table, dry_run);
    }
    Outcome<std::vector<ConnectorRow>> copy(const std::string& id, const CopyTable& table, bool dry_run = false) {
        std::optional<Outcome<std::vector<ConnectorRow>>> copies;
        copy_connector(installation, engineer, id, table, dry_run,
                       [&copies](Outcome<std::vector<ConnectorRow>> made) { copies = std::move(made); });
        loop.run_until([&copies] { return copies.has_value(); }, std::chrono::seconds{20});
        return copies.value();
    }
};

CopyTable two() {
    return {{"/network/host", "/stations/0/casdu", "/network/port"},
            {{"rtu-2", "South", {"10.0.0.2", 2, nullptr}}, {"rtu-3", "", {"10.0.0.3", 3, 2405}}},
            true};
}

std::vector<std::string> places(const Outcome<std::vector<ConnectorRow>>& refused) {
    std::vector<std::string> all;
    if (!refused)
        for (const auto& fault : refused.error().faults) all.push_back(fault.where);
    return all;
}

TEST(CopyConnector, MakesOneForEachRow) {
    Bench bench;
    const auto made = bench.copy(two());
    ASSERT_TRUE(made) << made.error().detail;
    const auto second = find_connector(bench.database, "rtu-2"), third = find_connector(bench.database, "rtu-3");
    ASSERT_TRUE(second && third);
    EXPECT_EQ(second->config, R"({"network":{"host":"10.0.0.2"},"stations":[{"casdu":2}]})");
    EXPECT_EQ(third->config, R"({"network":{"host":"10.0.0.3","port":2405},"stations":[{"casdu":3}]})");
    EXPECT_EQ(second->name, "South");
    EXPECT_TRUE(second->stopped);
    EXPECT_NE(second->config_revision, third->config_revision);
}

TEST(CopyConnector, MakesWhatTheOriginalLeavesToItsDefault) {
    Bench bench;
    const auto made = bench.copy({{"/stations/1/casdu", "/reconnect"}, {{"rtu-2", "", {2, 5}}}, true});
    ASSERT_TRUE(made) << made.error().faults[0].what;
    EXPECT_EQ(made->front().config,
              R"({"network":{"host":"10.0.0.1"},"stations":[{"casdu":1},{"casdu":2}],"reconnect":5})");
    EXPECT_FALSE(bench.copy({{"/stations/3/casdu"}, {{"rtu-3", "", {2}}}, true})) << "there is no second";
}

TEST(CopyConnector, ADryRunMakesNothing) {
    Bench bench;
    EXPECT_EQ(bench.copy(two(), true)->size(), 2u);
    EXPECT_FALSE(find_connector(bench.database, "rtu-2"));
}

TEST(CopyConnector, IsAllOrNothingAndNamesEveryFault) {
    Bench bench;
    CopyTable table = two();
    table.rows.push_back({"rtu-2", "", {"10.0.0.4", 4, nullptr}});  // twice in the table
    table.rows.push_back({"rtu-1", "", {"10.0.0.5", 5, nullptr}});  // there already
    table.rows.push_back({"rtu-6", "", {"10.0.0.6", 6, 70000}});    // no port
    table.rows.push_back({"rtu-7", "", {"10.0.0.7"}});              // too few values
    const auto refused = bench.copy(table);
    EXPECT_THAT(places(refused), ElementsAre("rows[2]", "rows[3]", "rows[4]: network.port", "rows[5]"));
    EXPECT_FALSE(find_connector(bench.database, "rtu-2"));
    table = two();
    table.columns[0] = "/stations/host";  // a name in an array
    EXPECT_THAT(places(bench.copy(table)), ElementsAre("rows[0]", "rows[1]"))
        << bench.copy(table).error().faults[0].what;
    table.columns[0] = "/no_such_member";
    EXPECT_THAT(places(bench.copy(table)), ElementsAre("columns[0]"));
}

TEST(CopyConnector, TakesALongMappingAlong) {
    Bench bench;
    ConnectorRow server{"srv", std::string(server_kind), "", "{}", 0, {}, 0, true};
    std::string points;
    for (int ioa = 1; ioa < 4000; ++ioa) points += R"({"casdu":300,"ioa":)" + std::to_string(ioa) + "},";
    server.mapping = R"({"points":[)" + points.substr(0, points.size() - 1) + "]}";
    ASSERT_TRUE(is_long(server.mapping));
    ASSERT_TRUE(create_connector(bench.installation, engineer, server));
    const auto made = bench.copy("srv", {{"/network/port"}, {{"srv-2", "", {2405}}, {"srv-3", "", {2406}}}, true});
    ASSERT_TRUE(made) << made.error().detail;
    EXPECT_EQ(mapping_of_connector(bench.database, "srv-3"), server.mapping);
    const auto refused = bench.copy("srv", {{"/protocol/ca_size"}, {{"srv-4", "", {1}}}, true});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().faults.at(0).where, HasSubstr("points[0].casdu"));
}

}  // namespace
}  // namespace busbar::manage
