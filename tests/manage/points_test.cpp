#include "manage/actions/points.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manage/actions/journal.hpp"
#include "manage/installation_bench.hpp"

namespace busbar::manage {
namespace {

using testing::HasSubstr;

class Points : public testing::Test {
protected:
    HttpResponse ask(std::string method, std::string target, std::string body = {}, std::string if_match = {}) {
        auto request = InstallationBench::request(std::move(method), std::move(target), &engineer, std::move(body));
        if (!if_match.empty()) request.headers.emplace_back("if-match", if_match);
        return bench.ask(std::move(request));
    }
    static std::string etag(const HttpResponse& response) {
        for (const auto& [key, value] : response.headers) {
            if (key == "etag") return value;
        }
        return "";
    }
    std::int64_t last_revision() { return revisions(bench.database, "points", "", 0, 1).at(0).id; }

    InstallationBench bench;
    LoggedIn engineer = bench.log_in_as("emil", Role::engineer);
};

TEST_F(Points, ArePutReplacedAndForgottenAndEachIsARevision) {
    const auto made =
        ask("PUT", "/api/v1/points/150/100",
            R"({"name":" Breaker ","kind":"DI","states":["off","on",""],"metadata":{"FAMILY":"x","N1":" "}})");
    ASSERT_EQ(made.status, 200u) << made.body;
    const auto row = find_point(bench.database, {150, 100});
    ASSERT_TRUE(row);
    EXPECT_EQ(row->name, "Breaker");
    EXPECT_EQ(row->states, R"(["off","on"])");
    EXPECT_EQ(row->metadata, R"({"FAMILY":"x"})");
    const auto changed = ask("PUT", "/api/v1/points/150/100", R"({"unit":"kV","low":-1.5})");
    ASSERT_EQ(changed.status, 200u);
    EXPECT_THAT(changed.body, HasSubstr(R"("name":"")"));
    EXPECT_EQ(ask("DELETE", "/api/v1/points/150/100").status, 204u);
    EXPECT_EQ(code_of(ask("DELETE", "/api/v1/points/150/100")), "no_such_point");
    const auto all = revisions(bench.database, "points", "150/100", 0, 10);
    ASSERT_EQ(all.size(), 3u);
    EXPECT_EQ(all[0].action, "removed");
    EXPECT_EQ(all[1].action, "changed");
    EXPECT_EQ(all[2].action, "created");
    EXPECT_EQ(audit_entries(bench.database, 0, 1).at(0).action, "points removed");
}

TEST_F(Points, WhatChangesNothingIsNoRevision) {
    ask("PUT", "/api/v1/points/1/2", R"({"name":"a"})");
    EXPECT_EQ(ask("PUT", "/api/v1/points/1/2", R"({"name":"a "})").status, 200u);
    EXPECT_EQ(revisions(bench.database, "points", "", 0, 10).size(), 1u);
}

TEST_F(Points, WhoeverHasSeenAnOlderVersionIsTold) {
    const std::string seen = etag(ask("PUT", "/api/v1/points/1/2", R"({"name":"a"})"));
    EXPECT_EQ(ask("PUT", "/api/v1/points/1/2", R"({"name":"b"})", seen).status, 200u);
    EXPECT_EQ(code_of(ask("PUT", "/api/v1/points/1/2", R"({"name":"c"})", seen)), "changed_meanwhile");
    EXPECT_EQ(code_of(ask("DELETE", "/api/v1/points/1/2", {}, seen)), "changed_meanwhile");
    EXPECT_EQ(code_of(ask("PUT", "/api/v1/points/1/3", R"({"name":"c"})", seen)), "changed_meanwhile");
    EXPECT_EQ(find_point(bench.database, {1, 2})->name, "b");
}

TEST_F(Points, WhatMakesNoSenseIsNamed) {
    const auto refused = ask("PUT", "/api/v1/points/1/2",
                             R"({"command_ioa":16777216,"name":"a\u0001","low":2,"high":1,"states":["a;b"],)"
                             R"("metadata":{"Units":"kV"," ":"x"}})");
    EXPECT_EQ(code_of(refused), "invalid_point");
    for (const char* where : {"command_ioa", "name", "low", "states", "metadata.Units", "\"metadata.\""})
        EXPECT_THAT(refused.body, HasSubstr(where));
    EXPECT_EQ(code_of(ask("PUT", "/api/v1/points/65536/2", "{}")), "invalid_address");
    EXPECT_EQ(code_of(ask("PUT", "/api/v1/points/1/16777216", "{}")), "invalid_address");
    EXPECT_EQ(code_of(ask("PUT", "/api/v1/points/1/-2", "{}")), "invalid_address");
    EXPECT_EQ(count_points(bench.database), 0);
}

TEST_F(Points, AChangeIsUndoneAndRestored) {
    ask("PUT", "/api/v1/points/1/2", R"({"name":"a"})");
    const auto first = last_revision();
    ask("PUT", "/api/v1/points/1/2", R"({"name":"b","low":1})");
    const auto second = last_revision();
    ask("DELETE", "/api/v1/points/1/2");
    const auto third = last_revision();
    const auto again = [&](std::int64_t id, const char* how) {
        return ask("POST", "/api/v1/revisions/" + std::to_string(id) + "/" + how).status;
    };
    EXPECT_EQ(again(third, "undo"), 200u);
    EXPECT_EQ(find_point(bench.database, {1, 2})->low, 1);
    EXPECT_EQ(again(second, "undo"), 200u);
    EXPECT_EQ(find_point(bench.database, {1, 2})->name, "a");
    EXPECT_EQ(again(second, "restore"), 200u);
    EXPECT_EQ(find_point(bench.database, {1, 2})->name, "b");
    EXPECT_EQ(again(first, "undo"), 200u);
    EXPECT_EQ(count_points(bench.database), 0);
    EXPECT_EQ(revisions(bench.database, "points", "", 0, 1).at(0).comment, "as before change " + std::to_string(first));
}

}  // namespace
}  // namespace busbar::manage
