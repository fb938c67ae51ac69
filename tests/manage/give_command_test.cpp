#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "manage/installation_bench.hpp"

namespace busbar::manage {
namespace {

namespace json = boost::json;

/// A management whose store has not been reached yet.
class StartingManagementTest : public testing::Test {
protected:
    void start() {
        bench.store.start();
        bench.loop.run_until([&] { return bench.live.commands.trouble().empty() && bench.live.points.is_current(); },
                             std::chrono::seconds{10});
    }
    store::ClientOptions options() const {
        store::ClientOptions options;
        options.address.path = server.socket_path();
        return options;
    }
    HttpResponse give(const std::string& body, const std::string& key = "") {
        auto request = InstallationBench::request("POST", "/api/v1/commands", &login, body);
        if (!key.empty()) request.headers.emplace_back("idempotency-key", key);
        return bench.ask(std::move(request));
    }
    json::object command(const std::string& id) {
        return json::parse(bench.ask(InstallationBench::request("GET", "/api/v1/commands/" + id, &login)).body)
            .as_object();
    }
    static std::string id_of(const HttpResponse& response) {
        return std::string(json::parse(response.body).at("id").as_string());
    }
    void answer(const std::string& id, const std::string& data) {
        server.ask({"XADD", "process:command-results", "*", "casdu", "1", "ioa", "2", "source", "rtu", "id", id, "data",
                    data});
    }
    bool becomes(const std::string& id, const std::string& state) {
        return bench.loop.run_until(
            [&] { return find_command(bench.database, id)->stages.find(state) != std::string::npos; },
            std::chrono::seconds{10});
    }
    bool is_done(const std::string& id) {
        return bench.loop.run_until([&] { return find_command(bench.database, id)->done; }, std::chrono::seconds{10});
    }
    /// Nothing can be written of commands.
    void disk_is_full(bool full) {
        for (const std::string what : {"INSERT", "UPDATE"}) {
            bench.database.handle().exec(
                full ? "CREATE TEMP TRIGGER full_" + what + " BEFORE " + what +
                           " ON main.command BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
                     : "DROP TRIGGER full_" + what);
        }
    }
    bool entries_become(const std::string& count) {
        return bench.loop.run_until(
            [&] {
                return server.ask({"XLEN", "process:commands"}) == count;
            },
            std::chrono::seconds{10});
    }

    const std::string wish = R"({"casdu":1,"ioa":2,"type":45,"value":true})";
    tests::RedisServer server;
    InstallationBench bench{options()};
    LoggedIn login = bench.log_in_as("otto", Role::operator_);
};

class GiveCommandTest : public StartingManagementTest {
protected:
    GiveCommandTest() { start(); }
};

/// The process before has noted a command, and was killed.
class CommandBeforeRestartTest : public StartingManagementTest {
protected:
    void note(const std::string& wanted, const std::string& stages = "[]") {
        save_command(bench.database, {id, bench.loop.utc_now(), "otto", std::nullopt, wanted, stages, false});
    }
    const std::string id = "manage:1763800000000:4711:0123456789abcdef";
};

TEST_F(GiveCommandTest, TellsWhatBecomesOfIt) {
    const auto given = give(wish);
    ASSERT_EQ(given.status, 202u) << given.body;
    const auto id = id_of(given);
    ASSERT_TRUE(entries_become("1"));
    answer(id, R"({"stage":"confirmed","cause":7,"by":"rtu"})");
    ASSERT_TRUE(becomes(id, "confirmed"));
    EXPECT_FALSE(command(id).at("done").as_bool()) << "its termination may follow";
    answer(id, R"({"stage":"terminated","cause":10})");
    ASSERT_TRUE(becomes(id, "terminated"));
    const auto found = command(id);
    EXPECT_EQ(found.at("state"), "terminated");
    EXPECT_TRUE(found.at("done").as_bool());
    EXPECT_EQ(found.at("stages").as_array().size(), 3u);
    EXPECT_EQ(found.at("stages").at(1).at("cause"), 7);
}

TEST_F(GiveCommandTest, AConfirmedOneIsDoneWhenNoTerminationCanBeExpectedAnyMore) {
    const auto id = id_of(give(wish));
    ASSERT_TRUE(entries_become("1"));
    answer(id, R"({"stage":"confirmed","cause":7})");
    ASSERT_TRUE(becomes(id, "confirmed"));
    bench.loop.advance_clock(std::chrono::minutes{9});
    bench.loop.run_until([] { return false; }, std::chrono::milliseconds{50});
    EXPECT_FALSE(command(id).at("done").as_bool());
    bench.loop.advance_clock(std::chrono::minutes{1});
    ASSERT_TRUE(is_done(id));
    EXPECT_EQ(command(id).at("state"), "confirmed");
}

TEST_F(GiveCommandTest, ARepeatWithTheSameKeyGivesNothingAgain) {
    const auto first = give(wish, "key-1"), second = give(wish, "key-1");
    EXPECT_EQ(second.status, 202u);
    EXPECT_EQ(id_of(first), id_of(second));
    EXPECT_EQ(code_of(give(R"({"casdu":1,"ioa":2,"type":45,"value":false})", "key-1")), "idempotency_key_reused");
    EXPECT_NE(id_of(give(wish, "key-2")), id_of(first));
    EXPECT_TRUE(entries_become("2"));
}

TEST_F(GiveCommandTest, NobodyTookIt) {
    const auto id = id_of(give(wish));
    ASSERT_TRUE(entries_become("1"));
    bench.loop.run_until([] { return false; }, std::chrono::milliseconds{50});
    bench.loop.advance_clock(std::chrono::seconds{6});
    ASSERT_TRUE(becomes(id, "refused"));
    EXPECT_EQ(server.ask({"GET", "process:commands:claim:" + id}), "manage") << "so nobody can take it any more";
    EXPECT_TRUE(command(id).at("done").as_bool());
}

TEST_F(GiveCommandTest, TakenButNotAnsweredIsUnknownAndALateAnswerIsShownAsLate) {
    const auto id = id_of(give(wish));
    ASSERT_TRUE(entries_become("1"));
    server.ask({"SET", "process:commands:claim:" + id, "rtu"});
    bench.loop.run_until([] { return false; }, std::chrono::milliseconds{50});
    bench.loop.advance_clock(std::chrono::seconds{6});
    ASSERT_TRUE(becomes(id, "unknown"));
    answer(id, R"({"stage":"confirmed","cause":7})");
    ASSERT_TRUE(becomes(id, "confirmed"));
    EXPECT_TRUE(command(id).at("stages").as_array().back().at("late").as_bool());
}

TEST_F(GiveCommandTest, ASelectionIsExecutedWhenItIsConfirmed) {
    const auto id = id_of(give(R"({"casdu":1,"ioa":2,"type":46,"value":2,"mode":"select_and_execute"})"));
    ASSERT_TRUE(entries_become("1"));
    answer(id, R"({"stage":"selected","cause":7})");
    ASSERT_TRUE(entries_become("2"));
    answer(id + ":execute", R"({"stage":"confirmed","cause":7})");
    EXPECT_TRUE(becomes(id, "confirmed"));
}

TEST_F(GiveCommandTest, IsRefusedWhileNobodyCouldHearTheResult) {
    EXPECT_EQ(code_of(give(R"({"casdu":1,"ioa":2,"type":45,"value":7})")), "invalid_command");
    EXPECT_EQ(code_of(give(R"({"casdu":1,"ioa":2,"type":52,"value":true})")), "invalid_command");
    server.kill();
    ASSERT_TRUE(bench.loop.run_until([&] { return !bench.live.commands.trouble().empty(); }, std::chrono::seconds{10}));
    EXPECT_EQ(code_of(give(wish)), "store_away");
    EXPECT_EQ(count_commands(bench.database), 0);
}

TEST_F(GiveCommandTest, AreListedNewestFirstByPointAuthorAndWhetherTheyAreDone) {
    const auto other = bench.log_in_as("anna", Role::operator_);
    const auto list = [&](const std::string& query) {
        const auto answer = bench.ask(InstallationBench::request("GET", "/api/v1/commands?" + query, &other));
        const auto found = json::parse(answer.body);
        std::string ids;
        for (const auto& each : found.at("commands").as_array()) ids += std::string(each.at("id").as_string()) + ' ';
        return ids;
    };
    const auto first = id_of(give(wish)) + ' ';
    bench.loop.advance_clock(std::chrono::seconds{1});
    const auto second = id_of(give(R"({"casdu":1,"ioa":3,"type":45,"value":true})")) + ' ';
    ASSERT_TRUE(entries_become("2"));
    EXPECT_EQ(list("limit=9"), second + first);
    EXPECT_EQ(list("casdu=1"), second + first);
    EXPECT_EQ(list("casdu=1&ioa=2"), first);
    EXPECT_EQ(list("casdu=2"), "");
    EXPECT_EQ(list("author=otto&limit=1"), second);
    EXPECT_EQ(list("author=anna"), "");
    EXPECT_EQ(list("after=" + second.substr(0, second.size() - 1)), first);
    EXPECT_EQ(list("done=true"), "");
    EXPECT_EQ(list("done=false"), second + first);
    EXPECT_EQ(code_of(bench.ask(InstallationBench::request("GET", "/api/v1/commands?ioa=2", &other))),
              "invalid_parameter");
    EXPECT_EQ(code_of(bench.ask(InstallationBench::request("GET", "/api/v1/commands?after=x", &other))),
              "invalid_cursor");
    SQLite::Statement plan(bench.database.handle(),
                           "EXPLAIN QUERY PLAN SELECT id FROM command WHERE json_extract(wanted, '$.casdu') = 1 AND "
                           "json_extract(wanted, '$.ioa') = 2 ORDER BY given DESC, id DESC LIMIT 5");
    ASSERT_TRUE(plan.executeStep());
    EXPECT_NE(plan.getColumn(3).getString().find("command_point"), std::string::npos);
}

TEST_F(GiveCommandTest, WhatTheDatabaseCannotTakeIsShownAndNotedLater) {
    const auto id = id_of(give(wish));
    ASSERT_TRUE(entries_become("1"));
    disk_is_full(true);
    answer(id, R"({"stage":"confirmed","cause":7})");
    answer(id, R"({"stage":"terminated","cause":10})");
    ASSERT_TRUE(
        bench.loop.run_until([&] { return command(id).at("state") == "terminated"; }, std::chrono::seconds{10}));
    EXPECT_EQ(find_command(bench.database, id)->stages, "[]");
    EXPECT_EQ(give(wish).status, 500u) << "a command that cannot be noted is not given";
    EXPECT_TRUE(entries_become("1"));
    bench.loop.advance_clock(CommandDesk::retry_after);
    bench.loop.run_until([] { return false; }, std::chrono::milliseconds{20});
    EXPECT_EQ(find_command(bench.database, id)->stages, "[]");
    disk_is_full(false);
    bench.loop.advance_clock(CommandDesk::retry_after);
    EXPECT_TRUE(is_done(id));
}

TEST_F(GiveCommandTest, ASelectionIsExecutedAlsoIfItsConfirmationCannotBeNoted) {
    const auto id = id_of(give(R"({"casdu":1,"ioa":2,"type":46,"value":2,"mode":"select_and_execute"})"));
    ASSERT_TRUE(entries_become("1"));
    disk_is_full(true);
    answer(id, R"({"stage":"selected","cause":7})");
    ASSERT_TRUE(entries_become("2"));
    disk_is_full(false);
    answer(id + ":execute", R"({"stage":"confirmed","cause":7})");
    ASSERT_TRUE(becomes(id, "confirmed"));
    EXPECT_TRUE(becomes(id, "selected"));
}

TEST_F(CommandBeforeRestartTest, WhatCannotBeNotedOfItIsNotedLater) {
    note(wish);
    disk_is_full(true);
    answer(id, R"({"stage":"confirmed","cause":7})");
    answer(id, R"({"stage":"terminated","cause":10})");
    start();
    ASSERT_TRUE(
        bench.loop.run_until([&] { return command(id).at("state") == "terminated"; }, std::chrono::seconds{10}));
    disk_is_full(false);
    bench.loop.advance_clock(CommandDesk::retry_after);
    EXPECT_TRUE(is_done(id));
}

TEST_F(CommandBeforeRestartTest, WhatCameWhileManagementWasAwayIsShown) {
    note(wish);
    answer(id, R"({"stage":"confirmed","cause":7})");
    answer(id, R"({"stage":"terminated","cause":10})");
    start();
    ASSERT_TRUE(is_done(id));
    EXPECT_EQ(command(id).at("state"), "terminated");
    EXPECT_EQ(command(id).at("stages").as_array().size(), 3u);
}

TEST_F(CommandBeforeRestartTest, WhatComesAfterwardsIsShownAndIsNotLate) {
    note(wish);
    start();
    answer(id, R"({"stage":"confirmed","cause":7})");
    ASSERT_TRUE(becomes(id, "confirmed"));
    EXPECT_FALSE(command(id).at("done").as_bool()) << "its termination may follow";
    EXPECT_FALSE(command(id).at("stages").at(1).as_object().contains("late"));
    answer(id, R"({"stage":"terminated","cause":10})");
    EXPECT_TRUE(is_done(id));
}

TEST_F(CommandBeforeRestartTest, ItIsUnknownWhenItsTimeIsOverAndNotBefore) {
    note(R"({"casdu":1,"ioa":2,"type":45,"value":true,"max_age_ms":60000})");
    start();
    bench.loop.advance_clock(std::chrono::seconds{115});
    bench.loop.run_until([] { return false; }, std::chrono::milliseconds{50});
    EXPECT_FALSE(command(id).at("done").as_bool());
    EXPECT_EQ(command(id).at("state"), "given");
    bench.loop.advance_clock(std::chrono::seconds{10});
    ASSERT_TRUE(is_done(id));
    EXPECT_EQ(command(id).at("state"), "unknown");
}

TEST_F(CommandBeforeRestartTest, AConfirmedOneStaysConfirmedWithoutATermination) {
    note(wish, R"([{"stage":"confirmed","time":"2026-11-21T09:00:00.000Z"}])");
    start();
    bench.loop.advance_clock(std::chrono::minutes{9});
    bench.loop.run_until([] { return false; }, std::chrono::milliseconds{50});
    EXPECT_FALSE(command(id).at("done").as_bool());
    bench.loop.advance_clock(std::chrono::minutes{2});
    ASSERT_TRUE(is_done(id));
    EXPECT_EQ(command(id).at("state"), "confirmed");
}

TEST_F(CommandBeforeRestartTest, WhatHasNothingToFollowIsDoneAtOnce) {
    note(R"({"casdu":1,"ioa":2,"type":46,"value":2,"mode":"select"})");
    start();
    answer(id, R"({"stage":"selected","cause":7})");
    EXPECT_TRUE(is_done(id));
}

}  // namespace
}  // namespace busbar::manage
