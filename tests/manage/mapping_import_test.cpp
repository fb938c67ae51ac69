#include "manage/actions/mapping_import.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manage/installation_bench.hpp"

namespace busbar::manage {
namespace {

using testing::HasSubstr;
namespace json = boost::json;

class MappingImports : public testing::Test {
protected:
    MappingImports() {
        const auto made =
            ask("POST", "/api/v1/connectors",
                R"({"id":"srv","kind":"iec104-server","stopped":true,"config":{"network":{"port":2404}},)"
                R"("mapping":{"expose":"mapped","points":[)"
                R"({"casdu":1,"ioa":10,"from":{"casdu":7,"ioa":70},"scale":0.1,"groups":[1,3],"name":"U"},)"
                R"({"casdu":1,"ioa":11},{"casdu":1,"ioa":11,"type":45,"command":true,"select":"direct"}]}})");
        EXPECT_EQ(made.status, 201u) << made.body;
    }
    HttpResponse ask(std::string method, std::string target, std::string body = {}) {
        auto request = InstallationBench::request(std::move(method), std::move(target), &engineer);
        if (!body.empty())
            request.headers.emplace_back("content-type", body.front() == '{' ? "application/json" : "text/csv");
        request.body = std::move(body);
        return bench.ask(std::move(request));
    }
    json::object import(std::string body, const std::string& query = "") {
        const auto begun = ask("POST", "/api/v1/connectors/srv/mapping/import" + query, std::move(body));
        EXPECT_EQ(begun.status, 202u) << begun.body;
        if (begun.status != 202) return {};
        const auto job = bench.installation.jobs.all().front();
        bench.loop.run_until([&] { return !job->is_open(); }, std::chrono::seconds{20});
        return *bench.installation.jobs.find(job->id);
    }
    static std::string counts(const json::object& job) {
        std::string text;
        if (!job.contains("import")) return json::serialize(job);
        for (const auto& [name, count] : job.at("import").at("counts").as_object())
            if (const auto number = count.to_number<int>(); number != 0)
                text += std::string(name) + " " + std::to_string(number) + " ";
        return text;
    }
    std::string exported(const std::string& query = "") {
        return ask("GET", "/api/v1/connectors/srv/mapping/export" + query).body;
    }
    json::object mapping() { return json::parse(*find_connector(bench.database, "srv")->mapping).as_object(); }

    InstallationBench bench;
    LoggedIn engineer = bench.log_in_as("emil", Role::engineer);
};

TEST_F(MappingImports, WhatIsExportedChangesNothing) {
    EXPECT_THAT(exported(), HasSubstr("1,10,7,70,,U,0.1,,,,,1;3,,,,,,\r\n"));
    const auto before = mapping();
    for (const char* query : {"", "?separator=semicolon", "?format=xlsx"}) {
        for (const char* mode : {"?mode=merge", "?mode=replace", "?mode=update-only"})
            EXPECT_EQ(counts(import(exported(query), mode)), "rows 3 unchanged 3 ") << query << mode;
    }
    EXPECT_EQ(mapping(), before);
}

TEST_F(MappingImports, MergesAndReplaces) {
    const auto merged = import("casdu;ioa;scale\n1;10;0,5\n1;20;2\n", "?dry_run=true");
    EXPECT_EQ(counts(merged), "rows 2 new 1 changed 1 ");
    EXPECT_EQ(mapping().at("points").as_array().size(), 3u);
    const auto job = import("casdu;ioa;scale\n1;10;0,5\n1;20;2\n");
    EXPECT_EQ(job.at("state"), "Completed") << json::serialize(job);
    EXPECT_EQ(job.at("revision").to_number<std::int64_t>(), find_connector(bench.database, "srv")->mapping_revision);
    const auto points = mapping().at("points").as_array();
    EXPECT_EQ(json::serialize(points.front()),
              R"({"casdu":1,"ioa":10,"from":{"casdu":7,"ioa":70},"scale":5E-1,"groups":[1,3],"name":"U"})");
    EXPECT_EQ(points.size(), 4u);
    const auto replaced = import("casdu,ioa,type,command\n1,11,45,true\n2,1,,\n", "?mode=replace");
    EXPECT_EQ(counts(replaced), "rows 2 new 1 changed 1 removed 3 ");
    EXPECT_EQ(mapping().at("expose"), "mapped") << "what is no point stays";
    EXPECT_EQ(mapping().at("points").as_array().size(), 2u);
    EXPECT_EQ(ask("POST", "/api/v1/revisions/" + std::to_string(job.at("revision").as_int64()) + "/undo").status, 200u);
    EXPECT_EQ(mapping().at("points").as_array().size(), 3u) << "as it was before the first";
}

TEST_F(MappingImports, EveryFaultIsNamedByRowAndColumn) {
    const auto job = import(
        "casdu,ioa,from_casdu,from_ioa,type,scale,groups,select,invert\n"
        "0,1,,,,,,,\n1,16777216,,,,,,,\n1,2,7,,,,,,\n1,3,,,22,,,,\n1,4,,,,0,,,\n1,5,,,,,17,,\n1,6,,,,,x,,\n1,7,,,,,,"
        "never,\n"
        "1,8,,,,,,,maybe\n1,9,,,,,,,\n1,9,,,,,,,\nx,9,,,,,,,\n");
    EXPECT_EQ(job.at("state"), "Failed");
    std::string where;
    for (const auto& each : job.at("import").at("errors").as_array())
        where +=
            std::to_string(each.at("row").to_number<int>()) + " " + std::string(each.at("column").as_string()) + "; ";
    EXPECT_EQ(
        where,
        "2 casdu; 3 ioa; 4 from_ioa; 5 type; 6 scale; 7 groups; 8 groups; 9 select; 10 invert; 12 ioa; 13 casdu; ")
        << json::serialize(job.at("import").at("errors"));
    EXPECT_EQ(counts(import("casdu,ioa,scale\n1,40,0\n1,41,2\n", "?faulty_rows=skip")), "rows 2 new 1 error 1 ");
    EXPECT_EQ(mapping().at("points").as_array().size(), 4u);
}

TEST_F(MappingImports, AnAddressOfSeveralEntriesNeedsItsType) {
    const auto job = import("casdu,ioa,name\n1,11,x\n");
    EXPECT_THAT(json::serialize(job), HasSubstr("the file needs the columns `type` and `command`"));
    EXPECT_EQ(counts(import("casdu,ioa,type,command,name\n1,11,45,true,x\n")), "rows 1 changed 1 ");
    EXPECT_EQ(json::serialize(mapping().at("points").at(2)),
              R"({"casdu":1,"ioa":11,"type":45,"command":true,"select":"direct","name":"x"})");
}

TEST_F(MappingImports, SizesOfTheLineCount) {
    EXPECT_EQ(ask("PATCH", "/api/v1/connectors/srv", R"({"mapping":null})").status, 200u);
    EXPECT_EQ(
        ask("PATCH", "/api/v1/connectors/srv", R"({"config":{"protocol":{"ca_size":1,"cot_size":1,"ioa_size":2}}})")
            .status,
        200u);
    const auto job = import("casdu,ioa\n300,1\n1,70000\n1,2\n");
    EXPECT_EQ(counts(job), "rows 3 new 1 error 2 ") << json::serialize(job);
}

TEST_F(MappingImports, OnlyServersAndKnownColumns) {
    EXPECT_THAT(json::serialize(import("casdu,ioa,colour\n1,2,red\n")), HasSubstr("is no column of a mapping"));
    EXPECT_EQ(counts(import("casdu,ioa,colour\n1,2,red\n", "?columns=%7B%22colour%22:%22%22%7D")), "rows 1 new 1 ");
    EXPECT_THAT(json::serialize(import("casdu,name\n1,2\n")), HasSubstr("no column has this heading"));
    ask("POST", "/api/v1/connectors", R"({"id":"rtu","kind":"iec104-client","stopped":true})");
    EXPECT_EQ(code_of(ask("POST", "/api/v1/connectors/rtu/mapping/import", "casdu,ioa\n")), "no_mapping");
}

TEST_F(MappingImports, AChangeMeanwhileRefusesTheImport) {
    ask("POST", "/api/v1/connectors/srv/mapping/import", "casdu,ioa\n5,5\n");
    const auto job = bench.installation.jobs.all().front();
    EXPECT_EQ(ask("PATCH", "/api/v1/connectors/srv", R"({"mapping":{"points":[{"casdu":9,"ioa":9}]}})").status, 200u);
    bench.loop.run_until([&] { return !job->is_open(); }, std::chrono::seconds{20});
    ASSERT_TRUE(job->problem);
    EXPECT_EQ(job->problem->code, "changed_meanwhile");
    EXPECT_EQ(mapping().at("points").as_array().size(), 1u);
}

}  // namespace
}  // namespace busbar::manage
