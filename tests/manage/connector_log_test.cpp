#include "manage/actions/connector_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "manage/installation_bench.hpp"
#include "manage/supervise/elsewhere.hpp"

namespace busbar::manage {
namespace {

using testing::ElementsAre;

constexpr std::string_view config = R"({"network":{"host":"127.0.0.1","port":2404}})";

class ConnectorLogTest : public testing::Test {
protected:
    ConnectorLogTest() {
        ConnectorRow row;
        row.id = "rtu-1";
        row.kind = client_kind;
        row.config = config;
        row.stopped = true;  // nothing else writes to its log
        EXPECT_TRUE(create_connector(bench.installation, {"anna", Role::engineer, ""}, row));
    }

    static std::string line(std::string_view level, std::string_view sentence) {
        return "2026-11-21T09:00:00.123Z " + std::string(level) + " [rtu-1] " + std::string(sentence);
    }
    void write(const std::string& name, const std::string& text) {
        std::ofstream(bench.folder.path() / name, std::ios::binary) << text;
    }
    LogLines read(const LogQuery& query = {}) { return read_log(bench.installation, "rtu-1", query).value(); }

    InstallationBench bench;
};

TEST_F(ConnectorLogTest, HasTheLastLinesTheOldestFirst) {
    EXPECT_TRUE(read().lines.empty()) << "it never ran";
    write("rtu-1.log", "one\ntwo\nthree\nnot yet whole");
    EXPECT_THAT(read({.lines = 2}).lines, ElementsAre("three", "not yet whole"));
    EXPECT_TRUE(read({.lines = 2}).cut);
    EXPECT_THAT(read().lines, ElementsAre("one", "two", "three", "not yet whole"));
    EXPECT_FALSE(read().cut);
}

TEST_F(ConnectorLogTest, ReachesIntoTheFileBeforeIt) {
    write("rtu-1.log.1", "older\nold\n");
    write("rtu-1.log", "new\n");
    EXPECT_THAT(read().lines, ElementsAre("older", "old", "new"));
    EXPECT_EQ(download_log(bench.installation, "rtu-1"), "older\nold\nnew\n");
}

TEST_F(ConnectorLogTest, OfALongLogOnlyTheEndIsLookedAtFromAWholeLineOn) {
    const std::string each(1023, 'x');
    std::string text = "the first line\n";
    for (std::size_t size = 0; size < searched_log + 4096; size += 1024) text += each + "\n";
    write("rtu-1.log", text);
    const auto found = read({.text = "first"});
    EXPECT_TRUE(found.lines.empty());
    EXPECT_TRUE(found.cut);
    EXPECT_THAT(read({.lines = LogQuery::most_lines}).lines, testing::Each(each));
    write("rtu-1.log", std::string(downloaded_log + 10, 'x') + "\nlast\n");
    EXPECT_EQ(download_log(bench.installation, "rtu-1"), "last\n");
}

TEST_F(ConnectorLogTest, ChoosesByLevelAndText) {
    const auto info = line("info", "line_up: The line is up"), warning = line("warning", "line_lost: The line is lost"),
               error = line("error", "bad: Nothing goes");
    const std::string crash = "terminate called after throwing";
    write("rtu-1.log", info + "\n" + warning + "\n" + error + "\n" + crash + "\n");
    EXPECT_THAT(read({.level = "warning"}).lines, ElementsAre(warning, error, crash));
    EXPECT_THAT(read({.level = "critical"}).lines, ElementsAre(crash)) << "what has no level is grave";
    EXPECT_THAT(read({.level = "info", .text = "THE line"}).lines, ElementsAre(info, warning));
}

TEST_F(ConnectorLogTest, AnswersRequestsAndNeverInBrokenText) {
    write("rtu-1.log", "caf\xe9\nb\xc3\xa9\n");
    const auto viewer = bench.log_in_as("vera", Role::viewer);
    const auto get = [&](const std::string& rest) {
        return bench.ask(InstallationBench::request("GET", "/api/v1/connectors/" + rest, &viewer));
    };
    EXPECT_EQ(get("rtu-1/log?lines=5").body, "{\"lines\":[\"caf?\",\"b\xc3\xa9\"],\"cut\":false}");
    EXPECT_EQ(get("rtu-1/log/file").body, "caf\xe9\nb\xc3\xa9\n");
    EXPECT_EQ(code_of(get("rtu-1/log?lines=2001")), "invalid_parameter");
    EXPECT_EQ(code_of(get("rtu-1/log?level=loud")), "invalid_parameter");
    EXPECT_EQ(code_of(get("rtu-2/log")), "no_such_connector");
    EXPECT_EQ(bench.ask(InstallationBench::request("GET", "/api/v1/connectors/rtu-1/log")).status, 401u);
}

TEST_F(ConnectorLogTest, SaysThatALogIsElsewhere) {
    Elsewhere elsewhere;
    Installation installation{bench.loop,   bench.database, bench.worker, bench.store, bench.publication,
                              bench.states, bench.calls,    elsewhere,    bench.live};
    EXPECT_EQ(read_log(installation, "rtu-1", {}).error().code, "log_elsewhere");
    EXPECT_EQ(download_log(installation, "rtu-1").error().code, "log_elsewhere");
}

}  // namespace
}  // namespace busbar::manage
