#include "manage/actions/points.hpp"

#include <fmt/format.h>
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
    EXPECT_EQ(audit_entries(bench.database, {}, 1).at(0).action, "points removed");
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

TEST_F(Points, ANameIsPutInItsPlaceAndTheOthersAreNotReadAgain) {
    for (const int ioa : {2, 4}) ask("PUT", "/api/v1/points/1/" + std::to_string(ioa), R"({"name":"a"})");
    auto& names = bench.live.names;
    ASSERT_EQ(names.all().size(), 2u);
    bench.database.handle().exec("UPDATE point SET name = 'behind our back' WHERE ioa = 4");
    const auto addresses = [&names] {
        std::string text;
        for (const auto& name : names.all()) text += fmt::format("{}/{} ", name.address.casdu, name.address.ioa);
        return text;
    };
    ask("PUT", "/api/v1/points/1/3", R"({"name":"between"})");
    ask("PUT", "/api/v1/points/2/1", R"({"name":"last"})");
    ask("PUT", "/api/v1/points/1/2", R"({"name":"b"})");
    EXPECT_EQ(addresses(), "1/2 1/3 1/4 2/1 ");
    EXPECT_THAT(names.find({1, 2})->members, HasSubstr(R"("name":"b")"));
    EXPECT_THAT(names.find({1, 3})->members, HasSubstr(R"("name":"between")"));
    EXPECT_THAT(names.find({1, 4})->members, HasSubstr(R"("name":"a")"));
    ask("DELETE", "/api/v1/points/1/3");
    EXPECT_EQ(addresses(), "1/2 1/4 2/1 ");
    bench.database.handle().exec("INSERT INTO point (casdu, ioa, enabled, name) VALUES (1, 2, 0, 'the other')");
    ask("DELETE", "/api/v1/points/1/2");
    EXPECT_THAT(names.find({1, 2})->members, HasSubstr("the other")) << "one that is not enabled is left";
}

TEST_F(Points, OneIsShownWithAllThatIsKnownOfIt) {
    const auto put = ask("PUT", "/api/v1/points/1/2",
                         R"({"name":"Set point","kind":"AO","unit":"MW","command_ioa":900,"factor":0.5,"low":-1.5,)"
                         R"("high":20,"metadata":{"BAY":"7"}})");
    const auto shown = ask("GET", "/api/v1/points/1/2");
    EXPECT_EQ(shown.body, R"({"casdu":1,"ioa":2,"configured":true,"name":"Set point","unit":"MW","kind":"AO",)"
                          R"("command_ioa":900,"factor":5E-1,"low":-1.5E0,"high":2E1,"metadata":{"BAY":"7"}})");
    EXPECT_EQ(etag(shown), etag(put)) << "for If-Match";
    const auto listed = ask("GET", "/api/v1/points?casdu=1");
    EXPECT_THAT(listed.body, HasSubstr(R"("command_ioa":900)"));
    EXPECT_THAT(listed.body, testing::Not(HasSubstr("BAY"))) << "lists would be long";
    EXPECT_EQ(code_of(ask("GET", "/api/v1/points/1/3")), "no_such_point");
}

}  // namespace
}  // namespace busbar::manage
