#include "manage/rest/api.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "manage/installation_bench.hpp"
#include "manage/rest/web_files.hpp"

namespace busbar::manage {
namespace {

using Bench = InstallationBench;

/// "/api/v1/connectors/{id}" with something in every place.
std::string some_target(std::string_view path) {
    std::string target(path);
    for (auto open = target.find('{'); open != std::string::npos; open = target.find('{'))
        target.replace(open, target.find('}') + 1 - open, "x1");
    return target;
}

/// What a route answers to somebody of this role: only whether he got past the door.
std::string door(Bench& bench, const Route& route, const LoggedIn* login) {
    const auto response = bench.ask(
        Bench::request(std::string(route.method), some_target(route.path), login, route.body.empty() ? "" : "[]"));
    const std::string code = code_of(response);
    return code == "not_logged_in" || code == "forbidden" || code == "csrf_token_missing" || code == "foreign_origin"
               ? code
               : "in";
}

/// Every route against every role, and against nobody.
TEST(Rights, OfEveryRoute) {
    for (const Role role : {Role::viewer, Role::operator_, Role::engineer, Role::admin}) {
        Bench bench;
        for (const Route& route : bench.api.routes()) {
            const auto login = bench.log_in_as(std::string(to_string(role)) + std::string(route.operation), role);
            const bool may = !route.needs || role >= *route.needs;
            EXPECT_EQ(door(bench, route, &login), may ? "in" : "forbidden")
                << route.operation << " as " << to_string(role);
        }
    }
}

/// At a place: inside or outside of the area that has station 7 and connector "north".
HttpRequest request_at(const Route& route, bool inside, const LoggedIn& login) {
    std::string target(route.path);
    const auto fill = [&target](std::string_view name, std::string_view value) {
        if (const auto at = target.find(name); at != std::string::npos) target.replace(at, name.size(), value);
    };
    fill("{casdu}", inside ? "7" : "8");
    fill("{ioa}", "1");
    fill("{connector}", inside ? "north" : "south");
    fill("{id}", inside ? "north" : "south");
    target = some_target(target);
    const std::string station = inside ? "7" : "8";
    std::string body = route.body.empty() ? "" : "{}";
    if (route.place == Place::station_of_body) body = R"({"ioa":1,"type":45,"value":true,"casdu":)" + station + "}";
    if (route.place == Place::device_of_body)
        body = R"({"element":"south",)" + std::string(route.operation == "runScript" ? R"("confirm":"x",)" : "") +
               R"("device":")" + station + "\"}";
    return Bench::request(std::string(route.method), target, &login, body);
}

/// Every route against viewers who have a role in an area: it counts where the route says so, and only there. Those
/// that keep to the areas by themselves open the door outside, too: what they then do has tests of its own.
TEST(Rights, InAnAreaOfEveryRoute) {
    for (const Role role : {Role::operator_, Role::engineer}) {
        Bench bench;
        save_area(bench.database, {0, "North", {{5, 7}}, {"north"}});
        std::set<std::string_view> open;
        for (const Route& route : bench.api.routes()) {
            if (!route.needs) continue;
            for (const bool inside : {true, false}) {
                const auto login = bench.log_in_as(fmt::format("{} {}", route.operation, inside), Role::viewer);
                save_areas_of_user(bench.database, find_user(bench.database, login.actor.name)->id,
                                   {{"North", std::string(to_string(role))}});
                const bool may =
                    *route.needs == Role::viewer || ((inside || route.place == Place::any_area) &&
                                                     route.place != Place::everywhere && role >= *route.needs);
                const auto code = code_of(bench.ask(request_at(route, inside, login)));
                EXPECT_EQ(code == "forbidden", !may)
                    << route.operation << (inside ? " inside as " : " outside as ") << to_string(role);
                if (may && *route.needs != Role::viewer) open.insert(route.operation);
            }
        }
        const std::set<std::string_view> commands{"giveCommand", "askConnector", "askMeter", "askMeterLine",
                                                  "interrogateStation"};
        std::set<std::string_view> all = commands;
        all.insert({"putPoint", "removePoint", "putStation", "removeStation", "confirmScript", "runScript",
                    // by themselves
                    "importPoints", "listImportFiles", "listImportProfiles", "listScripts", "listJobs", "getJob",
                    "getJobErrors", "removeJob"});
        EXPECT_EQ(open, role == Role::operator_ ? commands : all);
    }
}

TEST(Rights, WithoutALoginOnlyWhatIsForAnyone) {
    Bench bench;
    std::set<std::string_view> open;
    for (const Route& route : bench.api.routes()) {
        EXPECT_EQ(door(bench, route, nullptr), route.needs ? "not_logged_in" : "in") << route.operation;
        if (!route.needs) open.insert(route.operation);
    }
    EXPECT_EQ(open, (std::set<std::string_view>{"setUp", "logIn", "health", "readiness", "offerOpenId",
                                                "beginOpenIdLogin", "finishOpenIdLogin"}));
}

TEST(Rights, AnExpiredLoginIsNone) {
    Bench bench;
    const auto login = bench.log_in_as("anna", Role::admin);
    bench.loop.advance_clock(session_life);
    for (const Route& route : bench.api.routes())
        EXPECT_EQ(door(bench, route, &login), route.needs ? "not_logged_in" : "in") << route.operation;
}

TEST(Rights, AChangeNeedsTheCsrfTokenAndNoForeignOrigin) {
    Bench bench;
    const auto login = bench.log_in_as("anna", Role::admin);
    for (const Route& route : bench.api.routes()) {
        auto request =
            Bench::request(std::string(route.method), some_target(route.path), &login, route.body.empty() ? "" : "[]");
        auto foreign = request;
        foreign.headers.emplace_back("origin", "https://evil.example");
        std::erase_if(request.headers, [](const auto& header) { return header.first == "x-csrf-token"; });
        const bool reads = route.method == "GET";
        EXPECT_EQ(code_of(bench.ask(foreign)) == "foreign_origin", !reads) << route.operation;
        EXPECT_EQ(code_of(bench.ask(request)) == "csrf_token_missing", !reads && route.needs.has_value())
            << route.operation;
        request.headers.emplace_back("x-csrf-token", "csrf of berta");
        EXPECT_EQ(code_of(bench.ask(request)) == "csrf_token_missing", !reads && route.needs.has_value())
            << route.operation << " with that of another session";
    }
}

TEST(Rights, OnlyTheWholeOriginIsOurs) {
    Bench bench;
    const auto login = bench.log_in_as("anna", Role::admin);
    const auto from = [&](const char* origin, bool opens_live) {
        auto request = Bench::request(opens_live ? "GET" : "PUT", opens_live ? "/api/v1/live" : "/api/v1/points/1/1",
                                      &login, opens_live ? "" : "{}");
        request.headers.emplace_back("origin", origin);
        if (opens_live) request.headers.emplace_back("upgrade", "websocket");
        return bench.ask(std::move(request));
    };
    for (const bool opens_live : {false, true}) {
        for (const char* foreign : {"https://busbar:8104.evil.example", "https://evil.example/busbar:8104", "null",
                                    "https://busbar", "https://busbar:81045", "https://xbusbar:8104", "busbar:8104"})
            EXPECT_EQ(code_of(from(foreign, opens_live)), "foreign_origin") << foreign << opens_live;
        for (const char* own : {"http://busbar:8104", "https://busbar:8104"})
            EXPECT_EQ(from(own, opens_live).status, opens_live ? 101u : 200u) << own;
    }
}

TEST(Rights, TheCookieIsForThisSiteAndNoScript) {
    Bench bench;
    const std::string secret = *offer_set_up(bench.installation);
    for (const bool secure : {false, true}) {
        auto request = Bench::request(
            "POST", secure ? "/api/v1/session" : "/api/v1/setup", nullptr,
            R"({"user":"anna","password":"correct horse battery")" + (secure ? "}" : R"(,"token":")" + secret + "\"}"));
        request.secure = secure;
        const auto answer = bench.ask(request);
        ASSERT_EQ(answer.status, 201u) << answer.body;
        const std::map<std::string, std::string> headers(answer.headers.begin(), answer.headers.end());
        const std::string cookie = headers.at("set-cookie");
        EXPECT_EQ(cookie.substr(cookie.find(';')),
                  std::string("; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200") + (secure ? "; Secure" : ""));
    }
}

TEST(Explorer, IsServedAndAsksNobodyElse) {
    Bench bench;
    EXPECT_EQ(bench.ask(Bench::request("GET", "/")).status, 303u);
    std::set<std::string> types;
    for (const WebFile& file : web_files()) {
        const auto answer = bench.ask(Bench::request("GET", std::string(file.path)));
        EXPECT_EQ(answer.status, 200u) << file.path;
        EXPECT_EQ(answer.body, file.octets);
        std::map<std::string, std::string> headers(answer.headers.begin(), answer.headers.end());
        EXPECT_TRUE(headers["content-security-policy"].starts_with("default-src 'none'; script-src 'self';"));
        types.insert(headers["content-type"]);
    }
    EXPECT_EQ(types.size(), 3u);
    const auto page = bench.ask(Bench::request("GET", "/explorer/")).body;
    EXPECT_EQ(page.find("//"), page.npos) << "of its own service only";
    EXPECT_EQ(bench.ask(Bench::request("POST", "/explorer/")).status, 404u);
    EXPECT_EQ(bench.ask(Bench::request("GET", "/explorer/../../etc/passwd")).status, 404u);
}

TEST(Api, EveryOperationAndPathIsThereOnce) {
    Bench bench;
    std::set<std::string_view> operations;
    std::set<std::pair<std::string_view, std::string_view>> addresses;
    for (const Route& route : bench.api.routes()) {
        EXPECT_TRUE(operations.insert(route.operation).second) << route.operation;
        EXPECT_TRUE(addresses.insert({route.method, route.path}).second) << route.path;
        EXPECT_TRUE(route.run) << route.operation;
        EXPECT_TRUE(route.good == 204 || route.good == 101 || route.good / 100 == 3 || !route.answer.empty() ||
                    !route.answer_types.empty())
            << route.operation;
    }
}

TEST(Api, WhatIsNotThereIsAProblem) {
    Bench bench;
    const auto login = bench.log_in_as("anna", Role::admin);
    EXPECT_EQ(code_of(bench.ask(Bench::request("GET", "/api/v1/nothing", &login))), "no_such_path");
    EXPECT_EQ(code_of(bench.ask(Bench::request("GET", "/api/v1/connectors/../session", &login))), "no_such_path");
    for (const char* target :
         {"no target", "/api/v1/points?%bd=1", "/api/v1/points?text=%bd", "/api/v1/connectors/%bd"})
        EXPECT_EQ(code_of(bench.ask(Bench::request("GET", target, &login))), "invalid_target") << target;
    const auto wrong = bench.ask(Bench::request("PUT", "/api/v1/connectors", &login));
    EXPECT_EQ(wrong.status, 405u);
    EXPECT_EQ(code_of(wrong), "method_not_allowed");
    EXPECT_EQ(code_of(bench.ask(Bench::request("GET", "/api/v1/connectors?page=2", &login))), "invalid_parameter");
    EXPECT_EQ(code_of(bench.ask(Bench::request("POST", "/api/v1/connectors", &login, "{"))), "not_json");
    EXPECT_EQ(code_of(bench.ask(Bench::request("POST", "/api/v1/connectors", &login, R"({"id":"a b","kind":"x"})"))),
              "invalid_body");
    auto form = Bench::request("POST", "/api/v1/connectors", &login);
    form.body = "id=a";
    form.headers.emplace_back("content-type", "application/x-www-form-urlencoded");
    EXPECT_EQ(code_of(bench.ask(form)), "not_json") << "a form of another site could send this";
}

TEST(Api, ADeeplyNestedBodyIsRefused) {
    Bench bench;
    const auto login = bench.log_in_as("anna", Role::admin);
    const std::string body = std::string(100'000, '[') + std::string(100'000, ']');
    EXPECT_EQ(code_of(bench.ask(Bench::request("POST", "/api/v1/connectors", &login, body))), "not_json");
}

TEST(Api, ALongTextIsRefusedBeforeAPatternSeesIt) {
    Bench bench;
    const auto login = bench.log_in_as("anna", Role::admin);
    const std::string body = R"({"kind":"iec104-client","id":")" + std::string(900'000, 'a') + "\"}";
    EXPECT_EQ(code_of(bench.ask(Bench::request("POST", "/api/v1/connectors", &login, body))), "invalid_body");
}

TEST(Api, HealthIsForAnyoneAndReadinessNeedsTheStore) {
    Bench bench;
    EXPECT_EQ(bench.ask(Bench::request("GET", "/healthz")).status, 200u);
    const auto ready = bench.ask(Bench::request("GET", "/readyz"));
    EXPECT_EQ(ready.status, 503u);
    EXPECT_EQ(code_of(ready), "store_away");
}

}  // namespace
}  // namespace busbar::manage
