#include "manage/actions/connectors.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manage/database/journal.hpp"
#include "manage/installation_bench.hpp"

namespace busbar::manage {
namespace {

using testing::HasSubstr;
namespace json = boost::json;

class Connectors : public testing::Test {
protected:
    HttpResponse ask(std::string method, std::string target, std::string body = {}, std::string if_match = {}) {
        auto request = InstallationBench::request(std::move(method), std::move(target), &engineer, std::move(body));
        if (!if_match.empty()) request.headers.emplace_back("if-match", if_match);
        return bench.ask(std::move(request));
    }
    static std::string header(const HttpResponse& response, std::string_view name) {
        for (const auto& [key, value] : response.headers) {
            if (key == name) return value;
        }
        return "";
    }

    InstallationBench bench;
    LoggedIn engineer = bench.log_in_as("emil", Role::engineer);
    const std::string rtu = R"({"id":"rtu1","kind":"iec104-client","config":{"network":{"host":"10.1.0.7"}}})";
};

TEST_F(Connectors, AreMadeChangedAndRemovedAndEachIsARevision) {
    EXPECT_EQ(ask("POST", "/api/v1/connectors", rtu).status, 201u);
    EXPECT_EQ(ask("PATCH", "/api/v1/connectors/rtu1", R"({"config":{"debug":true},"comment":"look closer"})").status,
              200u);
    EXPECT_EQ(ask("DELETE", "/api/v1/connectors/rtu1").status, 204u);
    EXPECT_EQ(code_of(ask("GET", "/api/v1/connectors/rtu1")), "no_such_connector");
    const auto all = revisions(bench.database, "config", "rtu1", 0, 10);
    ASSERT_EQ(all.size(), 3u);
    EXPECT_EQ(all[0].action, "removed");
    EXPECT_EQ(all[1].comment, "look closer");
    EXPECT_EQ(all[1].before, R"({"network":{"host":"10.1.0.7"}})");
    EXPECT_EQ(all[1].after, R"({"debug":true})");
    EXPECT_EQ(all[2].author, "emil");
    EXPECT_EQ(first_forged_entry(bench.database), 0);
    EXPECT_GE(audit_entries(bench.database, {}, 10).size(), 3u);
}

TEST_F(Connectors, AFaultyConfigurationChangesNothing) {
    ASSERT_EQ(ask("POST", "/api/v1/connectors", rtu).status, 201u);
    const auto refused = ask("PATCH", "/api/v1/connectors/rtu1", R"({"config":{"protocol":{"t1":5,"t2":9}}})");
    EXPECT_EQ(code_of(refused), "invalid_config");
    EXPECT_THAT(refused.body, HasSubstr("protocol.t2"));
    EXPECT_THAT(ask("GET", "/api/v1/connectors/rtu1").body, HasSubstr("10.1.0.7"));
    EXPECT_EQ(revisions(bench.database, "config", "rtu1", 0, 10).size(), 1u);
}

TEST_F(Connectors, WhoeverHasSeenAnOlderVersionIsTold) {
    const auto made = ask("POST", "/api/v1/connectors", rtu);
    const std::string seen = header(made, "etag");
    ASSERT_FALSE(seen.empty());
    EXPECT_EQ(ask("PATCH", "/api/v1/connectors/rtu1", R"({"config":{"debug":true}})", seen).status, 200u);
    const auto late = ask("PATCH", "/api/v1/connectors/rtu1", R"({"config":{}})", seen);
    EXPECT_EQ(late.status, 412u);
    EXPECT_EQ(code_of(late), "changed_meanwhile");
    EXPECT_EQ(ask("PATCH", "/api/v1/connectors/rtu1", R"({"name":"North"})", "*").status, 200u);
}

TEST_F(Connectors, TheSameIdTwiceAndAMappingOfAClientAreRefused) {
    ASSERT_EQ(ask("POST", "/api/v1/connectors", rtu).status, 201u);
    EXPECT_EQ(code_of(ask("POST", "/api/v1/connectors", rtu)), "connector_exists");
    EXPECT_EQ(code_of(ask("PATCH", "/api/v1/connectors/rtu1", R"({"mapping":{"points":[]}})")), "no_mapping");
}

TEST_F(Connectors, AMappingMustFitTheLine) {
    const std::string server = R"({"id":"srv","kind":"iec104-server","config":{"protocol":{"ca_size":1}},)"
                               R"("mapping":{"points":[{"casdu":300,"ioa":1}]}})";
    const auto refused = ask("POST", "/api/v1/connectors", server);
    EXPECT_EQ(code_of(refused), "invalid_mapping");
    EXPECT_THAT(refused.body, HasSubstr("300"));
}

TEST_F(Connectors, WhatAPersonStoppedStaysStopped) {
    ASSERT_EQ(ask("POST", "/api/v1/connectors", rtu).status, 201u);
    EXPECT_EQ(ask("POST", "/api/v1/connectors/rtu1/stop").status, 200u);
    EXPECT_TRUE(find_connector(bench.database, "rtu1")->stopped);
    EXPECT_EQ(code_of(ask("POST", "/api/v1/connectors/rtu1/restart")), "connector_stopped");
    EXPECT_EQ(ask("POST", "/api/v1/connectors/rtu1/start").status, 200u);
    EXPECT_FALSE(find_connector(bench.database, "rtu1")->stopped);
}

TEST_F(Connectors, NobodyAnswersWhileTheStoreIsAway) {
    ASSERT_EQ(ask("POST", "/api/v1/connectors", rtu).status, 201u);
    const auto refused = ask("POST", "/api/v1/connectors/rtu1/requests/interrogate", "{}");
    EXPECT_EQ(refused.status, 503u);
    EXPECT_EQ(code_of(refused), "no_answer");
}

/// So long that the worker takes it.
std::string long_mapping(int points, int casdu = 300) {
    std::string text;
    for (int ioa = 1; ioa <= points; ++ioa)
        text += (text.empty() ? "" : ",") + fmt::format(R"({{"casdu":{},"ioa":{}}})", casdu, ioa);
    return R"({"points":[)" + text + "]}";
}

TEST_F(Connectors, ALongMappingIsCheckedAndSavedLikeAnyOther) {
    const auto mapping = long_mapping(4000);
    const auto made = ask("POST", "/api/v1/connectors",
                          R"({"id":"srv","kind":"iec104-server","stopped":true,"mapping":)" + mapping + "}");
    ASSERT_EQ(made.status, 201u) << made.body.substr(0, 300);
    EXPECT_EQ(header(made, "location"), "/api/v1/connectors/srv");
    EXPECT_EQ(
        code_of(ask("POST", "/api/v1/connectors", R"({"id":"srv","kind":"iec104-server","mapping":)" + mapping + "}")),
        "connector_exists");
    EXPECT_EQ(json::parse(ask("GET", "/api/v1/connectors/srv").body).at("mapping"), json::parse(mapping));
    const auto changed = ask("PATCH", "/api/v1/connectors/srv", R"({"mapping":)" + long_mapping(4001) + "}");
    ASSERT_EQ(changed.status, 200u);
    EXPECT_EQ(json::parse(changed.body).at("mapping").at("points").as_array().size(), 4001u);
    EXPECT_EQ(mapping_of_connector(bench.database, "srv"), long_mapping(4001));
    EXPECT_EQ(code_of(ask("PATCH", "/api/v1/connectors/srv", R"({"mapping":)" + long_mapping(4002) + "}",
                          header(made, "etag"))),
              "changed_meanwhile");
    const auto refused = ask("PATCH", "/api/v1/connectors/srv", R"({"mapping":)" + long_mapping(4000, 65535) + "}");
    EXPECT_EQ(code_of(refused), "invalid_mapping");
    EXPECT_EQ(code_of(ask("PATCH", "/api/v1/connectors/nobody", R"({"mapping":)" + mapping + "}")),
              "no_such_connector");
    EXPECT_EQ(mapping_of_connector(bench.database, "srv"), long_mapping(4001));
}

TEST_F(Connectors, AConfigurationMustFitTheLongMappingBesideIt) {
    ASSERT_EQ(ask("POST", "/api/v1/connectors",
                  R"({"id":"srv","kind":"iec104-server","stopped":true,"mapping":)" + long_mapping(4000) + "}")
                  .status,
              201u);
    EXPECT_EQ(code_of(ask("PATCH", "/api/v1/connectors/srv", R"({"config":{"protocol":{"ca_size":1}}})")),
              "invalid_mapping");
    const auto changed = ask("PATCH", "/api/v1/connectors/srv", R"({"name":"North","config":{"cause":"verbatim"}})");
    EXPECT_EQ(changed.status, 200u) << changed.body.substr(0, 300);
    EXPECT_EQ(find_connector(bench.database, "srv")->config, R"({"cause":"verbatim"})");
    EXPECT_EQ(mapping_of_connector(bench.database, "srv"), long_mapping(4000));
}

TEST_F(Connectors, AreListedWithoutTheirMappings) {
    ask("POST", "/api/v1/connectors",
        R"({"id":"srv","kind":"iec104-server","stopped":true,"mapping":{"points":[{"casdu":1,"ioa":1}]}})");
    ask("POST", "/api/v1/connectors", rtu);
    const auto listed = json::parse(ask("GET", "/api/v1/connectors").body).at("connectors").as_array();
    ASSERT_EQ(listed.size(), 2u);
    EXPECT_EQ(listed[0].at("config").at("network").at("host"), "10.1.0.7");
    EXPECT_FALSE(listed[0].as_object().contains("mapping_revision"));
    EXPECT_EQ(listed[1].at("mapping_revision").to_number<std::int64_t>(),
              find_connector(bench.database, "srv")->mapping_revision);
    EXPECT_FALSE(listed[1].as_object().contains("mapping"));
}

TEST_F(Connectors, AChangeWhileAnotherIsCheckedRefusesTheOther) {
    ASSERT_EQ(ask("POST", "/api/v1/connectors", rtu).status, 201u);
    const Author author{{"anna", Role::engineer, ""}, bench.loop.utc_now()};
    ConnectorChange slow;
    slow.config = R"({"debug":true})";
    const auto refused = save_change(bench.database, author, "rtu1", slow, [&] {
        EXPECT_EQ(ask("PATCH", "/api/v1/connectors/rtu1", R"({"name":"North"})").status, 200u);
    });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "changed_meanwhile");
    EXPECT_THAT(find_connector(bench.database, "rtu1")->config, HasSubstr("10.1.0.7"));
}

TEST_F(Connectors, WhatStaysIsNotCheckedAgain) {
    ASSERT_EQ(ask("POST", "/api/v1/connectors", rtu).status, 201u);
    auto row = *find_connector(bench.database, "rtu1");
    row.config = R"({"protocol":{"t1":5,"t2":9}})";  // good in a version before this one
    save_connector(bench.database, row);
    EXPECT_EQ(ask("POST", "/api/v1/connectors/rtu1/stop").status, 200u);
    EXPECT_EQ(code_of(ask("PATCH", "/api/v1/connectors/rtu1", R"({"config":{"protocol":{"t1":6,"t2":9}}})")),
              "invalid_config");
}

}  // namespace
}  // namespace busbar::manage
