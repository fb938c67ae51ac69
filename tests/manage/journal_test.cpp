#include "manage/actions/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manage/actions/difference.hpp"
#include "manage/installation_bench.hpp"

namespace busbar::manage {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// "where: before -> after", "-" for what is not there.
std::vector<std::string> told(std::string_view before, std::string_view after, std::size_t most = 100) {
    std::vector<std::string> told;
    const auto text = [](const auto& value) { return value ? json::serialize(*value) : "-"; };
    for (const auto& each : differences(json::parse(before), json::parse(after), most))
        told.push_back(each.where + ": " + text(each.before) + " -> " + text(each.after));
    return told;
}

TEST(Difference, NamesEachPlaceOfADocument) {
    EXPECT_THAT(told(R"({"a":1,"b":{"c":true,"d":[1,2]}})", R"({"a":2,"b":{"c":true,"d":[1,3,4]},"e":null})"),
                ElementsAre("a: 1 -> 2", "b.d[1]: 2 -> 3", "b.d[2]: - -> 4", "e: - -> null"));
    EXPECT_THAT(told(R"({"a":1,"b":2})", R"({"b":2})"), ElementsAre("a: 1 -> -"));
    EXPECT_THAT(told(R"({"a":{"b":1}})", R"({"a":[1]})"), ElementsAre(R"(a: {"b":1} -> [1])"));
    EXPECT_THAT(told("{}", "{}"), ElementsAre());
}

TEST(Difference, KnowsElementsByAddressOrNameWhereverTheyStand) {
    EXPECT_THAT(told(R"({"stations":[{"casdu":1},{"casdu":2,"name":"x"}]})",
                     R"({"stations":[{"casdu":2,"name":"y"},{"casdu":3}]})"),
                ElementsAre(R"(stations[2].name: "x" -> "y")", R"(stations[3]: - -> {"casdu":3})",
                            R"(stations[1]: {"casdu":1} -> -)"));
    EXPECT_THAT(told(R"([{"casdu":1,"ioa":5,"type":1},{"casdu":1,"ioa":5,"type":45,"command":true}])",
                     R"([{"casdu":1,"ioa":5,"type":45,"command":true},{"casdu":1,"ioa":5,"type":30}])"),
                ElementsAre("1/5.type: 1 -> 30"));
}

TEST(Difference, GoesByThePlaceWhereAddressesStandTwice) {
    EXPECT_THAT(told(R"([{"name":"a","v":1},{"name":"a","v":2}])", R"([{"name":"a","v":1},{"name":"a","v":3}])"),
                ElementsAre("[1].v: 2 -> 3"));
}

TEST(Difference, EndsWhereThereAreTooMany) { EXPECT_EQ(told("[1,2,3,4]", "[5,6,7,8]", 3).size(), 3u); }

class JournalTest : public testing::Test {
protected:
    HttpResponse ask(const LoggedIn& who, const std::string& method, const std::string& target,
                     const std::string& body = {}) {
        return bench.ask(InstallationBench::request(method, target, &who, body));
    }
    json::value get(const LoggedIn& who, const std::string& target) {
        return json::parse(ask(who, "GET", target).body);
    }

    InstallationBench bench;
    LoggedIn engineer = bench.log_in_as("emil", Role::engineer), admin = bench.log_in_as("anna", Role::admin);
};

TEST_F(JournalTest, AChangeSaysWhereItDiffers) {
    ask(engineer, "POST", "/api/v1/connectors", R"({"id":"rtu1","kind":"iec104-client","config":{"debug":false}})");
    ask(engineer, "PATCH", "/api/v1/connectors/rtu1", R"({"config":{"debug":true}})");
    const auto list = get(engineer, "/api/v1/revisions?kind=config");
    EXPECT_FALSE(list.at("revisions").at(0).as_object().contains("differences"));
    const auto id = std::to_string(list.at("revisions").at(0).at("id").as_int64());
    EXPECT_EQ(json::serialize(get(engineer, "/api/v1/revisions/" + id).at("differences")),
              R"([{"where":"debug","before":false,"after":true}])");
    const auto made = std::to_string(list.at("revisions").at(1).at("id").as_int64());
    EXPECT_FALSE(get(engineer, "/api/v1/revisions/" + made).as_object().contains("differences")) << "all of it is new";
}

TEST_F(JournalTest, PasswordsInDifferencesAreForEngineers) {
    const auto config = [](const std::string& password) {
        return R"({"channels":[{"name":"c","connection":{"type":"tcp","host":"h"},"devices":[{"name":"d","password":")" +
               password + R"("}]}]})";
    };
    ask(engineer, "POST", "/api/v1/connectors", R"({"id":"m","kind":"iec102-client","config":)" + config("4711") + "}");
    ask(engineer, "PATCH", "/api/v1/connectors/m", R"({"config":)" + config("4712") + "}");
    const auto viewer = bench.log_in_as("otto", Role::viewer);
    EXPECT_THAT(ask(engineer, "GET", "/api/v1/revisions/2").body, HasSubstr("channels[c].devices[d].password"));
    const auto seen = ask(viewer, "GET", "/api/v1/revisions/2");
    EXPECT_EQ(seen.status, 200u);
    EXPECT_THAT(seen.body, Not(HasSubstr("471")));
}

TEST_F(JournalTest, ALargeChangeIsReadByTheWorker) {
    const std::string rows = '[' + std::string(2 << 20, ' ') + R"({"casdu":1,"ioa":2,"name":"x"}])";
    const auto id =
        add_revision(bench.database, {0, bench.loop.utc_now(), "emil", "points", "f.csv", "changed", "[]", rows, ""});
    EXPECT_THAT(ask(engineer, "GET", "/api/v1/revisions/" + std::to_string(id)).body, HasSubstr(R"("where":"1/2")"));
}

TEST_F(JournalTest, TheAuditIsFilteredAndExportedWithItsHashes) {
    ask(engineer, "POST", "/api/v1/connectors", R"({"id":"rtu1","kind":"iec104-client"})");
    bench.loop.advance_clock(std::chrono::hours{1});
    ask(engineer, "DELETE", "/api/v1/connectors/rtu1");
    const auto actions = [&](const std::string& filter) {
        std::string found;
        const auto answer = get(admin, "/api/v1/audit?" + filter);
        for (const auto& each : answer.at("entries").as_array())
            found += std::string(each.at("action").as_string()) + ";";
        return found;
    };
    EXPECT_EQ(actions("object=rtu1"), "connector removed;connector created;");
    EXPECT_EQ(actions("who=emil&action=connector%20created"), "connector created;");
    EXPECT_EQ(actions("who=nobody"), "");
    const auto half = get(admin, "/api/v1/audit?object=rtu1").at("entries").at(1).at("at").as_string();
    EXPECT_EQ(actions("object=rtu1&to=" + std::string(half)), "connector created;");
    EXPECT_EQ(code_of(ask(admin, "GET", "/api/v1/audit?from=yesterday")), "invalid_time");

    const auto file = ask(admin, "GET", "/api/v1/audit/export?object=rtu1&separator=semicolon");
    EXPECT_EQ(file.status, 200u);
    EXPECT_THAT(file.body, HasSubstr("id;at;who;address;action;object;before;after;hash\r\n"));
    EXPECT_LT(file.body.find("connector created"), file.body.find("connector removed")) << "oldest first";
    std::string last;
    for_each_audit_entry(bench.database, {}, [&last](const AuditEntry&, const std::string& hash) { last = hash; });
    EXPECT_EQ(last.size(), 64u);
    EXPECT_THAT(file.body, HasSubstr(last));
    EXPECT_EQ(ask(engineer, "GET", "/api/v1/audit/export").status, 403u);
}

}  // namespace
}  // namespace busbar::manage
