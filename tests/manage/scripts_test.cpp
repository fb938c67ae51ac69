#include "manage/actions/scripts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "manage/installation_bench.hpp"

namespace busbar::manage {
namespace {

using testing::HasSubstr;
using testing::Not;
namespace json = boost::json;
namespace fs = std::filesystem;

/// Scripts that are real programs, and requests as they come by HTTP.
class ScriptRuns : public testing::Test {
protected:
    ScriptRuns() {
        fs::create_directories(folder);
        fs::permissions(folder, fs::perms{0755});
        ConnectorRow row;
        row.id = "rtu";
        row.kind = client_kind;
        row.config = "{}";
        EXPECT_TRUE(create_connector(bench.installation, emil.actor, row));
        row.id = "stopped";
        row.stopped = true;
        EXPECT_TRUE(create_connector(bench.installation, emil.actor, row));
    }

    void write(const std::string& name, const std::string& commands, const std::string& more = "") {
        std::ofstream(folder / name) << "#!/bin/sh\nguid=${2#--RequestGuid=}\n" << commands << "\n";
        fs::permissions(folder / name, fs::perms{0755});
        std::ofstream(folder / (name + ".json")) << R"({"inputs":["ImportElementName","RequestGuid"])" << more << "}";
        fs::permissions(folder / (name + ".json"), fs::perms{0644});
    }
    /// One that prints this; "GUID" is that of its request.
    void write_answer(const std::string& name, std::string answer) {
        for (auto at = answer.find("GUID\""); at != std::string::npos; at = answer.find("GUID\"", at + 1))
            if (at > 0 && answer[at - 1] == '"') answer.replace(at, 4, "'\"$guid\"'");
        write(name, "printf '%s' '" + answer + "'");
    }
    /// One that notes what it is told, and ends when it may.
    void write_waiting(const std::string& name, const std::string& then = "") {
        write(name,
              "cat >\"$0.new\"; mv \"$0.new\" \"$0.told\"; while [ ! -e \"$0.go\" ]; do sleep 0.02; done\n" + then);
    }
    json::value told(const std::string& name) {
        const fs::path file = folder / (name + ".told");
        bench.loop.run_until([&] { return fs::exists(file); }, std::chrono::seconds{20});
        std::ifstream in(file);
        std::string text;
        std::getline(in, text);
        return json::parse(text);
    }
    void let_go(const std::string& name) { std::ofstream(folder / (name + ".go")) << ""; }

    HttpResponse ask(const LoggedIn& who, std::string method, std::string target, std::string body = {}) {
        return bench.ask(InstallationBench::request(std::move(method), std::move(target), &who, std::move(body)));
    }
    static std::string of(const std::string& script, const char* what) {
        return "/api/v1/scripts/" + script + "/" + what;
    }
    /// The token; a problem's code where there is none.
    std::string confirm(const LoggedIn& who, const std::string& script, const std::string& inputs = element) {
        const auto answer = ask(who, "POST", of(script, "confirmations"), "{" + inputs + "}");
        return answer.status == 200 ? std::string(json::parse(answer.body).at("confirm").as_string()) : code_of(answer);
    }
    HttpResponse run(const LoggedIn& who, const std::string& script, const std::string& token,
                     const std::string& inputs = element) {
        return ask(who, "POST", of(script, "runs"), "{" + inputs + R"(,"confirm":")" + token + "\"}");
    }
    /// The job of a script that is confirmed and run, when it is over.
    std::shared_ptr<Job> job_of(const std::string& script, const std::string& inputs = element) {
        const auto begun = run(emil, script, confirm(emil, script, inputs), inputs);
        EXPECT_EQ(begun.status, 202u) << begun.body;
        return begun.status == 202 ? ended() : nullptr;
    }
    std::shared_ptr<Job> ended() {
        const auto job = bench.installation.jobs.all().front();
        bench.loop.run_until([&] { return !job->is_open(); }, std::chrono::seconds{20});
        EXPECT_FALSE(job->is_open());
        return job;
    }
    std::string failure(const std::string& script, const std::string& inputs = element) {
        const auto job = job_of(script, inputs);
        return job && job->problem ? job->problem->code + ": " + job->problem->detail : "";
    }
    HttpResponse post(const std::string& token, const json::object& answer, const LoggedIn* who = nullptr) {
        auto request = InstallationBench::request("POST", "/api/v1/imports", who, json::serialize(answer));
        if (!token.empty()) request.headers.emplace_back("x-request-token", token);
        return bench.ask(std::move(request));
    }
    static std::string text(const json::value& value, const char* member) {
        return std::string(value.at(member).as_string());
    }

    static constexpr const char* element = R"("element":"rtu")";
    static constexpr const char* signal = R"({"CommonAddress":7,"InformationObjectAddress":1,"SignalDescription":"s"})";
    InstallationBench bench;
    fs::path folder = bench.folder.path() / "scripts";
    LoggedIn emil = bench.log_in_as("emil", Role::engineer), eva = bench.log_in_as("eva", Role::engineer);
};

TEST_F(ScriptRuns, NeedAConfirmationOfTheSameUserScriptInputsAndFile) {
    write_answer("a", R"({"RequestGuid":"GUID","SuccessStatus":true})");
    write_answer("b", "");
    const std::string device = std::string(element) + R"(,"device":"7")";
    const std::string token = confirm(emil, "a", device);
    EXPECT_EQ(code_of(run(eva, "a", token, device)), "not_confirmed") << "another user";
    EXPECT_EQ(code_of(run(emil, "b", token, device)), "not_confirmed") << "another script";
    EXPECT_EQ(code_of(run(emil, "a", token)), "not_confirmed") << "another device";
    EXPECT_EQ(code_of(run(emil, "a", token, device + R"(,"user":"u")")), "not_confirmed") << "another login";
    const std::string other_token = (token[0] == 'x' ? "y" : "x") + token.substr(1);
    EXPECT_EQ(code_of(run(emil, "a", other_token, device)), "not_confirmed") << "another token";
    EXPECT_EQ(run(emil, "a", token, device).status, 202u);
    EXPECT_EQ(code_of(run(emil, "a", token, device)), "not_confirmed") << "it is good once";
    ended();
    const std::string old = confirm(emil, "a");
    fs::last_write_time(folder / "a", fs::last_write_time(folder / "a") + std::chrono::seconds{1});
    EXPECT_EQ(code_of(run(emil, "a", old)), "not_confirmed") << "another file";
    const std::string late = confirm(emil, "a"), in_time = confirm(emil, "a");
    bench.loop.advance_clock(Scripts::confirmation_life - std::chrono::seconds{1});
    EXPECT_EQ(run(emil, "a", in_time).status, 202u);
    ended();
    bench.loop.advance_clock(std::chrono::seconds{1});
    EXPECT_EQ(code_of(run(emil, "a", late)), "not_confirmed") << "it is good for five minutes";
}

TEST_F(ScriptRuns, OnlySoManyConfirmationsWait) {
    write_answer("a", "");
    for (std::size_t i = 0; i < Scripts::max_confirmations; ++i) EXPECT_GT(confirm(emil, "a").size(), 30u);
    EXPECT_EQ(confirm(emil, "a"), "too_many_confirmations");
    bench.loop.advance_clock(Scripts::confirmation_life);
    EXPECT_GT(confirm(emil, "a").size(), 30u);
}

TEST_F(ScriptRuns, AnElementThatIsMissingOrStoppedFailsAtOnce) {
    write_waiting("a", R"(printf '{"RequestGuid":"%s","MetaDataRows":[]}' "$guid")");
    EXPECT_EQ(confirm(emil, "a", R"("element":"nobody")"), "no_such_connector");
    EXPECT_EQ(confirm(emil, "a", R"("element":"stopped")"), "connector_stopped");
    const std::string token = confirm(emil, "a");
    ASSERT_EQ(ask(emil, "POST", "/api/v1/connectors/rtu/stop").status, 200u);
    EXPECT_EQ(code_of(run(emil, "a", token)), "connector_stopped");
    EXPECT_TRUE(bench.installation.jobs.all().empty()) << "no script was run";
    ASSERT_EQ(ask(emil, "POST", "/api/v1/connectors/rtu/start").status, 200u);
    ASSERT_EQ(run(emil, "a", token).status, 202u) << "what was refused has not used the confirmation up";
    const auto inputs = told("a");
    ASSERT_EQ(ask(emil, "POST", "/api/v1/connectors/rtu/stop").status, 200u);
    let_go("a");
    EXPECT_EQ(ended()->problem->code, "connector_stopped") << "nor is an answer taken for it";
}

TEST_F(ScriptRuns, AnswerByARequestAResponseOrBothBareOrInAnEnvelope) {
    const std::string rows = std::string(R"("MetaDataRows":[)") + signal + "]";
    for (const std::string& answer :
         {R"({"RequestGuid":"GUID",)" + rows + "}",
          R"({)" + rows + R"(,"SuccessStatus":true,"StatusMessage":"","RequestGuid":"GUID"})",
          R"({"Data":{"RequestGuid":"GUID",)" + rows + "}}"}) {
        write_answer("a", answer);
        const auto job = job_of("a");
        ASSERT_FALSE(job->problem) << answer << job->problem->detail;
        EXPECT_EQ(job->plan->rows, 1u);
        EXPECT_EQ(find_point(bench.database, {7, 1})->name, "s");
        bench.database.handle().exec("DELETE FROM point");
    }
    for (const char* answer : {R"({"SuccessStatus":true,"StatusMessage":"nothing new","RequestGuid":"GUID"})",
                               R"({"Data":{"SuccessStatus":true,"StatusMessage":null,"RequestGuid":"GUID"}})",
                               R"({"RequestGuid":"GUID","MetaDataRows":[]})"}) {
        write_answer("a", answer);
        const auto job = job_of("a");
        ASSERT_FALSE(job->problem) << answer << job->problem->detail;
        EXPECT_EQ(job->state, Job::State::completed);
        EXPECT_EQ(job->plan->rows + job->plan->removed, 0u);
        EXPECT_EQ(job->revision, 0);
    }
}

TEST_F(ScriptRuns, AResponseThatSaysNoFailsTheImport) {
    for (const char* answer :
         {R"({"SuccessStatus":false,"StatusMessage":"no access","RequestGuid":"GUID"})",
          R"({"Data":{"SuccessStatus":false,"StatusMessage":"no access","RequestGuid":"GUID"}})"}) {
        write_answer("a", answer);
        EXPECT_EQ(failure("a"), "import_failed: Import failed: no access");
    }
    write_answer("a",
                 std::string(R"({"SuccessStatus":false,"StatusMessage":"x","RequestGuid":"GUID","MetaDataRows":[)") +
                     signal + "]}");
    EXPECT_EQ(failure("a"), "import_failed: Import failed: x");
    EXPECT_EQ(count_points(bench.database), 0) << "its rows are none";
}

TEST_F(ScriptRuns, WhatIsNoAnswerFailsTheImport) {
    for (const auto& [answer, code] : std::vector<std::pair<const char*, const char*>>{
             {R"({"RequestGuid":"no GUID","SuccessStatus":true})", "other_request"},
             {R"({"RequestGuid":null,"SuccessStatus":true})", "other_request"},
             {R"({"SuccessStatus":true})", "other_request"},
             {R"({"Data":{"SuccessStatus":true}})", "other_request"},
             {R"({"RequestGuid":"11111111-2222-4333-8444-555555555555","SuccessStatus":true})", "other_request"},
             {R"({"RequestGuid":"GUID"})", "invalid_body"},
             {R"({"RequestGuid":"GUID","SuccessStatus":null,"MetaDataRows":null})", "invalid_body"},
             {R"({"RequestGuid":"GUID","SuccessStatus":true,"Guid":null})", "invalid_body"},
             {R"({"Data":{"RequestGuid":"GUID","SuccessStatus":true},"Type":null})", "invalid_body"},
             {R"({"Data":{"Data":{"RequestGuid":"GUID","SuccessStatus":true}}})", "invalid_body"},
             {R"({"Data":[{"RequestGuid":"GUID","SuccessStatus":true}]})", "invalid_body"},
             {R"({"data":{"RequestGuid":"GUID","SuccessStatus":true}})", "invalid_body"},
             {R"([{"RequestGuid":"GUID","SuccessStatus":true}])", "invalid_body"},
             {R"({"RequestGuid":"GUID","SuccessStatus":1})", "invalid_body"},
             {"", "not_json"}}) {
        write_answer("a", answer);
        EXPECT_THAT(failure("a"), testing::StartsWith(code)) << answer;
    }
}

TEST_F(ScriptRuns, EndAtTheirLimits) {
    write("late", "sleep 60", R"(,"time_limit_s":1)");
    EXPECT_EQ(failure("late"), "script_time_limit: the script ran for more than 1 s");
    write("flood", "while :; do printf '%100000s' x; done");
    EXPECT_THAT(failure("flood"), HasSubstr("script_output_limit: the script wrote more than 33554432 octets"));
    write("code", "exit 3");
    EXPECT_EQ(failure("code"), "script_failed: the script ended with exit code 3");
}

TEST_F(ScriptRuns, HaveLimits) {
    write("a", "{ ulimit -n; ulimit -d; ulimit -f; ulimit -c; umask; } >\"$0.limits\"; exit 1");
    EXPECT_THAT(failure("a"), HasSubstr("exit code 1"));
    std::ifstream in(folder / "a.limits");
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), "256\n1048576\n524288\n0\n0077\n");
}

TEST_F(ScriptRuns, EndTogetherWithWhatTheyHaveStarted) {
    write("a", "sleep 300 & echo $! >\"$0.child\"; exit 1");
    EXPECT_THAT(failure("a"), HasSubstr("exit code 1"));
    int child = 0;
    std::ifstream(folder / "a.child") >> child;
    ASSERT_GT(child, 1);
    const auto state = [child] {
        std::string number, name, letter;
        std::ifstream("/proc/" + std::to_string(child) + "/stat") >> number >> name >> letter;
        return letter;
    };
    bench.loop.run_until([&] { return state().empty() || state() == "Z"; }, std::chrono::seconds{5});
    EXPECT_THAT(state(), testing::AnyOf("", "Z"));
}

TEST_F(ScriptRuns, AreOnlyThoseThatNobodyElseCanWriteTo) {
    write_answer("a", "");
    const auto refused = [this] { return confirm(emil, "a") == "no_such_script"; };
    for (const fs::path& path : {folder / "a", folder / "a.json", folder}) {
        const auto good = fs::status(path).permissions();
        for (const auto others : {fs::perms::group_write, fs::perms::others_write}) {
            fs::permissions(path, good | others);
            EXPECT_TRUE(refused()) << path << static_cast<unsigned>(others);
        }
        fs::permissions(path, good);
        if (::geteuid() == 0) {
            ASSERT_EQ(::chown(path.c_str(), 4711, 0), 0);
            EXPECT_TRUE(refused()) << path << " is somebody else's";
            ASSERT_EQ(::chown(path.c_str(), 0, 0), 0);
        }
        EXPECT_FALSE(refused()) << path;
    }
}

TEST_F(ScriptRuns, SayNoPasswordAndGetTheOneThatWasMeant) {
    write("a",
          "cat <&3 >\"$0.given\"; echo secret-1 secret-2 >&2; printf "
          "'{\"RequestGuid\":\"%s\",\"SuccessStatus\":false,\"StatusMessage\":\"not secret-1, secret-2\"}' \"$guid\"");
    ASSERT_EQ(ask(emil, "PUT", "/api/v1/connectors/rtu/import-credentials", R"({"user":"kept","password":"secret-1"})")
                  .status,
              204u);
    const auto given = [this] {
        std::ifstream in(folder / "a.given");
        std::string text;
        std::getline(in, text);
        return text;
    };
    auto job = job_of("a");
    EXPECT_EQ(given(), R"({"user":"kept","password":"secret-1"})");
    EXPECT_EQ(job->problem->detail, "Import failed: not ***, secret-2");
    EXPECT_EQ(job->script->log, std::vector<std::string>{"*** secret-2"});
    job = job_of("a", std::string(element) + R"(,"user":"typed")");
    EXPECT_EQ(given(), R"({"user":"typed","password":""})") << "a kept password is not for another user";
    const std::string inputs = std::string(element) + R"(,"user":"typed")";
    ASSERT_EQ(run(emil, "a", confirm(emil, "a", inputs), inputs + R"(,"password":"secret-2")").status, 202u);
    EXPECT_EQ(ended()->problem->detail, "Import failed: not secret-1, ***");
    EXPECT_EQ(given(), R"({"user":"typed","password":"secret-2"})");
}

TEST_F(ScriptRuns, OnlySoManyRunEvenIfTheyAreAnswered) {
    write_answer("more", R"({"RequestGuid":"GUID","SuccessStatus":true})");
    for (std::size_t i = 0; i < Scripts::max_running; ++i) {
        const std::string name = "a" + std::to_string(i);
        write_waiting(name);
        ASSERT_EQ(run(emil, name, confirm(emil, name)).status, 202u);
        const json::object answer{{"RequestGuid", text(told(name), "RequestGuid")}, {"SuccessStatus", true}};
        ASSERT_EQ(post("", answer, &emil).status, 202u);
        EXPECT_EQ(ended()->state, Job::State::completed);
    }
    EXPECT_EQ(code_of(run(emil, "more", confirm(emil, "more"))), "too_many_jobs");
}

TEST_F(ScriptRuns, TheDeviceIsTheOnlyStationWhoseRowsAreTaken) {
    write_answer("a", std::string(R"({"RequestGuid":"GUID","MetaDataRows":[)") + signal + "]}");
    EXPECT_EQ(failure("a", std::string(element) + R"(,"device":"8")"), "faulty_rows: 1 of 1 rows are faulty");
    EXPECT_EQ(failure("a", std::string(element) + R"(,"device":"7")"), "");
    for (const char* device : {"x", "", "-1", "65536", "7 ", "all"})
        EXPECT_EQ(confirm(emil, "a", std::string(element) + R"(,"device":")" + device + "\""), "invalid_device");
}

TEST_F(ScriptRuns, ATokenIsForTheRequestItWasGivenWith) {
    write_waiting("a");
    write_waiting("b");
    ASSERT_EQ(run(emil, "a", confirm(emil, "a")).status, 202u);
    ASSERT_EQ(run(emil, "b", confirm(emil, "b")).status, 202u);
    const auto first = told("a"), second = told("b");
    const std::string token = text(first, "RequestToken");
    const auto answer = [](const std::string& guid) {
        return json::object{{"RequestGuid", guid}, {"SuccessStatus", true}};
    };
    EXPECT_EQ(code_of(post(token, answer(text(second, "RequestGuid")))), "other_request");
    EXPECT_EQ(code_of(post(token, answer("nonsense"))), "other_request");
    EXPECT_EQ(code_of(post(token, {{"Data", answer("nonsense")}})), "other_request");
    EXPECT_EQ(code_of(post(token + "x", answer(text(first, "RequestGuid")))), "not_logged_in");
    EXPECT_EQ(post(token, {{"Data", answer("{" + text(first, "RequestGuid") + "}")}}).status, 202u);
    EXPECT_EQ(code_of(post(token, answer(text(first, "RequestGuid")))), "already_answered");
    EXPECT_EQ(post("", answer(text(second, "RequestGuid")), &eva).status, 202u) << "an engineer may, too";
    for (const char* script : {"a", "b"}) let_go(script);
    bench.loop.run_until([&] { return !bench.installation.scripts.request(text(first, "RequestGuid")); },
                         std::chrono::seconds{20});
    EXPECT_EQ(code_of(post(token, answer(text(first, "RequestGuid")))), "not_logged_in") << "the script has ended";
}

/// Nora is an engineer of stations 5 to 7 only.
class ScriptAreas : public ScriptRuns {
protected:
    ScriptAreas() {
        save_area(bench.database, {0, "North", {{5, 7}}, {}});
        save_areas_of_user(bench.database, find_user(bench.database, "nora")->id, {{"North", "engineer"}});
    }
    static std::string device(const std::string& casdu) {
        return std::string(element) + R"(,"device":")" + casdu + "\"";
    }

    LoggedIn nora = bench.log_in_as("nora", Role::viewer);
};

TEST_F(ScriptAreas, AScriptIsRunForAStationOfOnesOwn) {
    write_answer("a", std::string(R"({"RequestGuid":"GUID","MetaDataRows":[)") + signal + "]}");
    EXPECT_THAT(ask(nora, "GET", "/api/v1/scripts").body, HasSubstr(R"("name":"a")"));
    for (const std::string& inputs : {std::string(element), device("ALL"), device("8"), device("x"), device("")})
        EXPECT_EQ(confirm(nora, "a", inputs), "forbidden") << inputs;
    const std::string token = confirm(nora, "a", device("7"));
    EXPECT_EQ(code_of(run(nora, "a", token, device("8"))), "forbidden");
    EXPECT_EQ(code_of(run(nora, "a", token)), "forbidden");
    ASSERT_EQ(run(nora, "a", token, device("7")).status, 202u);
    EXPECT_FALSE(ended()->problem);
    EXPECT_EQ(find_point(bench.database, {7, 1})->name, "s");
    for (const char* method : {"GET", "DELETE"})
        EXPECT_EQ(code_of(ask(nora, method, "/api/v1/connectors/rtu/import-credentials")), "forbidden");
}

TEST_F(ScriptAreas, NobodyAnswersARequestOfSomebodyElse) {
    write_waiting("all");
    write_waiting("own");
    ASSERT_EQ(run(emil, "all", confirm(emil, "all")).status, 202u);
    ASSERT_EQ(run(nora, "own", confirm(nora, "own", device("7")), device("7")).status, 202u);
    const auto rows = [](const std::string& guid, int casdu) {
        const json::object point{{"CommonAddress", casdu}, {"InformationObjectAddress", 1}};
        return json::object{{"RequestGuid", guid}, {"MetaDataRows", json::array{point}}};
    };
    EXPECT_EQ(code_of(post("", rows(text(told("all"), "RequestGuid"), 8), &nora)), "other_request");
    const auto inputs = told("own");
    ASSERT_EQ(post(text(inputs, "RequestToken"), rows(text(inputs, "RequestGuid"), 8)).status, 202u);
    EXPECT_EQ(ended()->problem->code, "faulty_rows") << "what the script sends keeps to the device";
    EXPECT_EQ(count_points(bench.database), 0);
    for (const char* script : {"all", "own"}) let_go(script);
}

TEST_F(ScriptAreas, OnesOwnRequestCanBeAnsweredByOnesOwnLogin) {
    write_waiting("own");
    ASSERT_EQ(run(nora, "own", confirm(nora, "own", device("7")), device("7")).status, 202u);
    const auto answer = json::object{{"RequestGuid", text(told("own"), "RequestGuid")}, {"SuccessStatus", true}};
    EXPECT_EQ(post("", answer, &nora).status, 202u);
    EXPECT_FALSE(ended()->problem);
    let_go("own");
}

}  // namespace
}  // namespace busbar::manage
