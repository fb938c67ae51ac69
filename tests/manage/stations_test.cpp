#include "manage/actions/stations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manage/installation_bench.hpp"
#include "point/point.hpp"

namespace busbar::manage {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Bench : InstallationBench {
    LoggedIn login = log_in_as("anna", Role::admin);

    HttpResponse say(const std::string& method, const std::string& target, const std::string& body = {}) {
        return ask(request(method, target, &login, body));
    }
    void add_client(const std::string& id, const std::string& stations) {
        const auto made = say(
            "POST", "/api/v1/connectors",
            R"({"id":")" + id + R"(","kind":"iec104-client","stopped":true,"config":{"stations":)" + stations + "}}");
        ASSERT_EQ(made.status, 201u) << made.body;
    }
};

TEST(Stations, AreThoseOfTheConfigurationsAndThoseWithAName) {
    Bench bench;
    bench.add_client("rtu-1", R"([{"casdu":101,"name":"North"},{"casdu":102}])");
    ASSERT_EQ(bench.say("PUT", "/api/v1/stations/102", R"({"name":"South","device":true})").status, 200u);
    ASSERT_EQ(bench.say("PUT", "/api/v1/stations/7", R"({"name":"Old","description":"out of service"})").status, 200u);
    const auto all = stations(bench.installation);
    ASSERT_EQ(all.size(), 3u);
    EXPECT_EQ(all[0].known, (StationRow{7, "Old", "out of service", false}));
    EXPECT_EQ(all[0].connector, "");
    EXPECT_EQ(all[1].known.name, "North");
    EXPECT_EQ(all[1].connector, "rtu-1");
    EXPECT_EQ(all[2].known, (StationRow{102, "South", "", true}));
    EXPECT_EQ(all[2].connector, "rtu-1");
    EXPECT_THAT(bench.say("GET", "/api/v1/stations?devices=true").body, testing::Not(HasSubstr("North")));

    EXPECT_EQ(bench.say("DELETE", "/api/v1/stations/7").status, 204u);
    EXPECT_EQ(code_of(bench.say("DELETE", "/api/v1/stations/7")), "no_such_station");
    EXPECT_EQ(code_of(bench.say("GET", "/api/v1/stations/7")), "no_such_station");
    EXPECT_THAT(bench.say("GET", "/api/v1/audit?limit=1").body, HasSubstr("station removed"));
}

TEST(Stations, AreFedByWhoWorksRatherThanByWhoIsStopped) {
    Bench bench;
    bench.add_client("a", R"([{"casdu":101}])");
    bench.add_client("b", R"([{"casdu":101}])");
    bench.add_client("c", R"([{"casdu":101}])");
    EXPECT_EQ(find_station(bench.installation, 101)->connector, "a");
    ASSERT_EQ(bench.say("POST", "/api/v1/connectors/b/start").status, 200u);
    EXPECT_EQ(find_station(bench.installation, 101)->connector, "b");
}

TEST(Stations, OneThatIsNoNumberIsRefused) {
    Bench bench;
    for (const char* casdu : {"65536", "x", "12abc", "-1", "1.5"})
        EXPECT_EQ(code_of(bench.say("GET", std::string("/api/v1/stations/") + casdu)), "invalid_casdu") << casdu;
}

TEST(Stations, OneThatNobodyFeedsIsNotInterrogated) {
    Bench bench;
    bench.say("PUT", "/api/v1/stations/7", R"({"name":"Old"})");
    EXPECT_EQ(code_of(bench.say("POST", "/api/v1/stations/7/interrogate")), "no_connector");
    EXPECT_EQ(code_of(bench.say("POST", "/api/v1/stations/8/interrogate")), "no_such_station");
}

TEST(Stations, CountTheirPointsAndNameTheirSources) {
    tests::RedisServer server;
    store::ClientOptions options;
    options.address.path = server.socket_path();
    const auto point = [](int type, const char* quality, const char* source) {
        return R"({"type":)" + std::to_string(type) + R"(,"value":1,"quality":[)" + quality + R"(],"source":")" +
               source + "\"}";
    };
    server.ask({"SET", "process:image:casdu:5:ioa:1", point(36, "", "rtu-1")});
    server.ask({"SET", "process:image:casdu:5:ioa:2", point(36, "\"IV\"", "rtu-2")});
    server.ask({"SET", "process:image:casdu:6:ioa:2", point(36, "\"NT\"", "rtu-2")});
    InstallationBench bench(options);
    bench.store.start();
    ASSERT_TRUE(bench.loop.run_until([&] { return bench.live.points.is_current(); }, std::chrono::seconds{10}));
    const auto all = stations(bench.installation);
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].known.casdu, 5);
    EXPECT_EQ(all[0].points, 2u);
    EXPECT_EQ(all[0].bad, 1u);
    EXPECT_EQ(all[1].points, 1u);
}

TEST(Settings, AreChangedByWhatIsNamed) {
    Bench bench;
    EXPECT_THAT(bench.say("GET", "/api/v1/settings").body, HasSubstr(R"("entries":1000000)"));
    EXPECT_EQ(bench.say("PATCH", "/api/v1/settings", R"({"name":"North","kept_updates":{"age":60}})").status, 200u);
    const auto body = bench.say("GET", "/api/v1/settings").body;
    EXPECT_THAT(body, HasSubstr(R"("name":"North")"));
    EXPECT_THAT(body, HasSubstr(R"("kept_updates":{"entries":1000000,"bytes":null,"age":60})"));
    EXPECT_EQ(code_of(bench.say("PATCH", "/api/v1/settings", R"({"name":"x","kept_updates":{"entries":null}})")),
              "no_limit");
    EXPECT_THAT(bench.say("GET", "/api/v1/settings").body, HasSubstr(R"("name":"North")")) << "all of it or nothing";
    EXPECT_EQ(code_of(bench.say("PATCH", "/api/v1/settings", R"({"kept_updates":{"entries":0}})")), "invalid_body");
}

}  // namespace
}  // namespace busbar::manage
