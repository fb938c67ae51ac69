#include "manage/actions/connectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manage/database/journal.hpp"
#include "manage/installation_bench.hpp"

namespace busbar::manage {
namespace {

using testing::HasSubstr;

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
    EXPECT_GE(audit_entries(bench.database, 0, 10).size(), 3u);
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

}  // namespace
}  // namespace busbar::manage
