#include "manage/actions/imports.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "manage/actions/import_files.hpp"
#include "manage/actions/metadata_answer.hpp"
#include "manage/installation_bench.hpp"

namespace busbar::manage {
namespace {

using testing::HasSubstr;
using testing::Not;
namespace json = boost::json;

class Imports : public testing::Test {
protected:
    HttpResponse ask(std::string method, std::string target, std::string body = {}) {
        auto request = InstallationBench::request(std::move(method), std::move(target), &engineer);
        if (!body.empty())
            request.headers.emplace_back("content-type", body.front() == '{' ? "application/json" : "text/csv");
        request.body = std::move(body);
        return bench.ask(std::move(request));
    }
    /// The job of an import, when it is over.
    json::object import(std::string body, const std::string& query = "") {
        const auto begun = ask("POST", "/api/v1/imports" + query, std::move(body));
        EXPECT_EQ(begun.status, 202u) << begun.body;
        if (begun.status != 202) return {};
        const auto job = bench.installation.jobs.all().front();
        bench.loop.run_until([&] { return job->state >= Job::State::completed; }, std::chrono::seconds{20});
        return json::parse(ask("GET", "/api/v1/jobs/" + std::to_string(job->id)).body).as_object();
    }
    static std::int64_t count(const json::object& job, std::string_view what) {
        return job.at("import").at("counts").at(what).as_int64();
    }
    static std::string problem(const json::object& job) {
        return job.contains("problem") ? json::serialize(job.at("problem")) : "";
    }
    std::string exported(const std::string& query = "") { return ask("GET", "/api/v1/exports/points" + query).body; }

    InstallationBench bench;
    LoggedIn engineer = bench.log_in_as("emil", Role::engineer);
};

TEST_F(Imports, AVendorsFile) {
    const auto job = import(
        "IOA;IOA_WRITE;FAMILY;CUSTOM_LABEL;FACTOR;DISCREETS;UNITS;TYPE;IDEN_INGRID\r\n"
        "100;200;SWITCH;Breaker 1;;Off ;On;;DI;007\r\n"
        "101;;;Voltage;0,1;;kV;ai;\r\n;;;;;;;;\r\n",
        "?casdu=150");
    EXPECT_EQ(job.at("state"), "Failed") << "a list without quotes shifts the row";
    EXPECT_THAT(problem(job), HasSubstr("faulty_rows"));
    const auto good = import(
        "IOA;IOA_WRITE;FAMILY;CUSTOM_LABEL;FACTOR;DISCREETS;UNITS;TYPE;IDEN_INGRID\r\n"
        "100;200;SWITCH;Breaker 1;;\"Off ;On\";;DI;007\r\n"
        "101;;;Voltage;0,1;;kV;ai;\r\n;;;;;;;;\r\n",
        "?casdu=150");
    EXPECT_EQ(good.at("state"), "Completed") << json::serialize(good);
    EXPECT_EQ(count(good, "new"), 2);
    const auto breaker = find_point(bench.database, {150, 100});
    ASSERT_TRUE(breaker);
    EXPECT_EQ(breaker->command_ioa, 200u);
    EXPECT_EQ(breaker->states, R"(["Off","On"])");
    EXPECT_EQ(breaker->metadata, R"({"FAMILY":"SWITCH","IDEN_INGRID":"007"})");
    const auto voltage = find_point(bench.database, {150, 101});
    ASSERT_TRUE(voltage);
    EXPECT_EQ(voltage->factor, 0.1);
    EXPECT_EQ(voltage->kind, "AI");
    EXPECT_EQ(voltage->metadata, "{}");
}

TEST_F(Imports, FaultyRowsAreNamedAndRefuseTheWholeOrAreLeftOut) {
    const std::string file =
        "casdu,ioa,kind,low,high\n1,1,DI,,\n1,1,DI,,\n1,x,,,\n1,1.5,,,\n1,16777216,,,\n1,2,XX,,\n70000,3,,,\n1,4,,5,"
        "1\n,5,,,\n1,6,,,\n";
    const auto refused = import(file);
    EXPECT_EQ(refused.at("state"), "Failed");
    EXPECT_EQ(count(refused, "error"), 8);
    EXPECT_EQ(count_points(bench.database), 0);
    const std::string errors = json::serialize(refused.at("import").at("errors"));
    for (const char* fault : {R"("row":3,"column":"ioa","what":"row 2 has the same point 1/1")",
                              R"("row":4,"column":"ioa","what":"\"x\" is not a number")",
                              R"("row":5,"column":"ioa","what":"\"1.5\" is not a whole)",
                              R"("row":6,"column":"ioa","what":"\"16777216\" is not in)",
                              R"("row":7,"column":"kind","what":"\"XX\" is not AI)", R"("row":8,"column":"casdu")",
                              R"("row":9,"column":"low")", R"("row":10,"column":"casdu","what":"is empty")"})
        EXPECT_THAT(errors, HasSubstr(fault));
    const auto skipped = import(file, "?faulty_rows=skip");
    EXPECT_EQ(skipped.at("state"), "Completed");
    EXPECT_EQ(count(skipped, "new"), 2);
    EXPECT_EQ(count_points(bench.database), 2);
}

TEST_F(Imports, WhatIsExportedChangesNothing) {
    bench.ask(InstallationBench::request(
        "PUT", "/api/v1/points/1/2", &engineer,
        R"({"name":"=1+1","description":"two\nlines, \"quoted\"","factor":0.30000000000000004,"low":-1.5,)"
        R"("enabled":false,"kind":"AO","states":["","on"],"metadata":{"A b":"'=x","-":"7"}})"));
    bench.ask(InstallationBench::request("PUT", "/api/v1/points/65535/16777215", &engineer, R"({"command_ioa":0})"));
    for (const char* query : {"", "?separator=semicolon", "?separator=tab", "?format=xlsx"}) {
        for (const char* mode : {"?mode=merge", "?mode=replace", "?mode=update-only"}) {
            const auto job = import(exported(query), mode);
            ASSERT_EQ(job.at("state"), "Completed") << query << json::serialize(job);
            EXPECT_EQ(count(job, "unchanged"), 2) << query << mode << json::serialize(job);
            EXPECT_EQ(count(job, "changed") + count(job, "new") + count(job, "removed"), 0);
            EXPECT_FALSE(job.contains("revision"));
        }
    }
    EXPECT_THAT(exported("?casdu=1"), Not(HasSubstr("65535")));
}

TEST_F(Imports, ModesAndUndo) {
    import("casdu,ioa,name,unit\n1,1,a,V\n1,2,b,V\n2,1,c,V\n");
    const auto merged = import("casdu,ioa,name\n1,1,x\n1,3,n\n");
    EXPECT_EQ(count(merged, "changed"), 1);
    EXPECT_EQ(count(merged, "new"), 1);
    EXPECT_EQ(find_point(bench.database, {1, 1})->unit, "V") << "no column: it stays";
    const auto updated = import("casdu,ioa,name\n1,1,y\n1,9,n\n", "?mode=update-only");
    EXPECT_EQ(count(updated, "unknown"), 1);
    EXPECT_FALSE(find_point(bench.database, {1, 9}));
    const auto dry = import("ioa,name\n1,z\n", "?mode=replace&casdu=1&dry_run=true");
    EXPECT_EQ(count(dry, "removed"), 2);
    EXPECT_EQ(count_points(bench.database), 4);
    const auto replaced = import("ioa,name\n1,z\nx,\n", "?mode=replace&casdu=1&faulty_rows=skip");
    EXPECT_EQ(count(replaced, "removed"), 2);
    EXPECT_EQ(find_point(bench.database, {1, 1})->unit, "");
    EXPECT_TRUE(find_point(bench.database, {2, 1})) << "of another station";
    EXPECT_EQ(ask("POST", "/api/v1/revisions/" + std::to_string(replaced.at("revision").as_int64()) + "/undo").status,
              200u);
    EXPECT_EQ(count_points(bench.database), 4);
    EXPECT_EQ(find_point(bench.database, {1, 1})->name, "y");
    EXPECT_EQ(find_point(bench.database, {1, 3})->name, "n");
}

TEST_F(Imports, ReplacingLeavesWhatAFaultyRowIsAboutAndNeedsARow) {
    import("casdu,ioa,name\n1,1,a\n1,2,b\n1,3,c\n");
    const auto replaced = import("casdu,ioa,name,kind\n1,1,x,XX\n1,3,y,DI\n", "?mode=replace&faulty_rows=skip");
    EXPECT_EQ(replaced.at("state"), "Completed");
    EXPECT_EQ(count(replaced, "removed"), 1);
    EXPECT_EQ(count(replaced, "error"), 1);
    EXPECT_EQ(find_point(bench.database, {1, 1})->name, "a");
    EXPECT_FALSE(find_point(bench.database, {1, 2}));
    for (const char* body : {"casdu,ioa\n", R"({"MetaDataRows":[]})", R"({"SuccessStatus":true})"})
        EXPECT_THAT(problem(import(body, "?mode=replace")), HasSubstr("nothing would be left")) << body;
    EXPECT_EQ(count_points(bench.database), 2);
}

TEST_F(Imports, ColumnsCanBeChosen) {
    const std::string file = "Station,Adresse,Name,Rest\n1,2,a,b\n";
    EXPECT_THAT(problem(import(file)), HasSubstr("invalid_columns"));
    const auto job = import(file, "?columns=%7B%22Station%22:%22casdu%22,%22Adresse%22:%22ioa%22,%22Rest%22:%22%22%7D");
    EXPECT_EQ(job.at("state"), "Completed") << json::serialize(job);
    EXPECT_EQ(find_point(bench.database, {1, 2})->name, "a");
    EXPECT_EQ(find_point(bench.database, {1, 2})->metadata, "{}");
    EXPECT_THAT(problem(import("casdu,ioa,IOA,x,x\n1,1,1,,\n")), HasSubstr("is there twice"));
    EXPECT_EQ(code_of(ask("POST", "/api/v1/imports?columns=%5B%5D", "a")), "invalid_parameter");
    EXPECT_EQ(code_of(ask("POST", "/api/v1/imports")), "no_file");
}

TEST_F(Imports, FilesOfTheFolders) {
    namespace fs = std::filesystem;
    const auto shared = bench.folder.path() / "imports/shared";
    fs::create_directories(shared);
    std::ofstream(shared / "points.csv") << "casdu,ioa,name\n1,2,a\n";
    std::ofstream(bench.folder.path() / "outside.csv") << "casdu,ioa\n6,6\n";
    fs::create_symlink(bench.folder.path() / "outside.csv", shared / "link.csv");
    fs::create_directory_symlink(bench.folder.path(), bench.folder.path() / "imports/all");
    const std::string listed = ask("GET", "/api/v1/import-files").body;
    EXPECT_EQ(listed, R"({"files":[{"folder":"shared","name":"points.csv","octets":21}]})");
    EXPECT_EQ(import("", "?file=points.csv").at("state"), "Completed");
    EXPECT_EQ(find_point(bench.database, {1, 2})->name, "a");
    for (const char* query :
         {"?file=link.csv", "?file=outside.csv&folder=all", "?file=../outside.csv", "?file=outside.csv&folder=..",
          "?file=shared.csv&folder=%2Fetc", "?file=busbar.db&folder=."})
        EXPECT_THAT(problem(import("", query)), HasSubstr("no such file")) << query;
}

TEST_F(Imports, RowsOfMetadata) {
    const auto job = import(
        R"({"RequestGuid":"nonsense","SuccessStatus":true,"StatusMessage":null,"MetaDataRows":[)"
        R"({"CommonAddress":150.0,"InformationObjectAddress":100.0,"InformationObjectAddressWrite":200.0,"Status":0,)"
        R"("Type":2,"SignalDescription":"Breaker","Discreets":"Off ;On","Site":"North","DeviceName":"Bay 7","IdSimet":12.0,)"
        R"("Units":"","Factor":0.5,"Key":"k","Uca":null},)"
        R"({"CommonAddress":150,"InformationObjectAddress":101,"Type":"AnalogOutput","Status":"Enable"}]})");
    EXPECT_EQ(job.at("state"), "Completed") << json::serialize(job);
    EXPECT_EQ(count(job, "new"), 2);
    const auto breaker = find_point(bench.database, {150, 100});
    ASSERT_TRUE(breaker);
    EXPECT_EQ(breaker->command_ioa, 200u);
    EXPECT_FALSE(breaker->enabled);
    EXPECT_EQ(breaker->kind, "DI");
    EXPECT_EQ(breaker->name, "Breaker");
    EXPECT_EQ(breaker->description, "Breaker");
    EXPECT_EQ(breaker->states, R"(["Off","On"])");
    EXPECT_EQ(breaker->site + breaker->device, "NorthBay 7");
    EXPECT_EQ(breaker->factor, 0.5);
    EXPECT_EQ(breaker->metadata, R"({"IdSimet":"12","Key":"k"})");
    EXPECT_EQ(find_point(bench.database, {150, 101})->kind, "AO");
}

TEST_F(Imports, NumbersOfMetadataThatAreNoAddressesAreNamed) {
    const auto job = import(
        R"({"MetaDataRows":[{"CommonAddress":1.5,"InformationObjectAddress":1},)"
        R"({"CommonAddress":65536,"InformationObjectAddress":2},{"CommonAddress":1,"InformationObjectAddress":-1},)"
        R"({"CommonAddress":1,"InformationObjectAddress":16777216,"Type":0},)"
        R"({"CommonAddress":1,"InformationObjectAddress":5,"InformationObjectAddressWrite":0.5},)"
        R"({"CommonAddress":1,"InformationObjectAddress":6,"Type":4},{"CommonAddress":1,"InformationObjectAddress":7,"Status":2},)"
        R"({"CommonAddress":1,"InformationObjectAddress":8},{"CommonAddress":1e300,"InformationObjectAddress":8}]})");
    EXPECT_EQ(job.at("state"), "Failed");
    const std::string errors = json::serialize(job.at("import").at("errors"));
    for (const char* fault :
         {R"("row":1,"column":"CommonAddress","what":"\"1.5\" is not a whole)", R"("row":2,"column":"CommonAddress")",
          R"("row":3,"column":"InformationObjectAddress")", R"("row":4,"column":"InformationObjectAddress")",
          R"("row":5,"column":"InformationObjectAddressWrite")", R"("row":6,"column":"Type","what":"\"4\" is not AI)",
          R"("row":7,"column":"Status")", R"("row":9,"column":"CommonAddress")"})
        EXPECT_THAT(errors, HasSubstr(fault));
    EXPECT_EQ(count(job, "error"), 8);
    EXPECT_EQ(count_points(bench.database), 0);
}

TEST_F(Imports, EitherMessageAloneInAnEnvelopeOrNot) {
    const std::string row = R"({"CommonAddress":1,"InformationObjectAddress":2,"SignalDescription":"s"})";
    for (const std::string& request :
         {R"({"RequestGuid":null,"MetaDataRows":[)" + row + "]}", R"({"Data":{"MetaDataRows":[)" + row + "]}}"}) {
        EXPECT_EQ(count(import(request), "new"), 1) << request;
        bench.ask(InstallationBench::request("DELETE", "/api/v1/points/1/2", &engineer));
    }
    for (const char* response :
         {R"({"SuccessStatus":true})", R"({"Data":{"SuccessStatus":true,"StatusMessage":"fine","RequestGuid":null}})",
          R"({"MetaDataRows":[]})"}) {
        const auto job = import(response);
        EXPECT_EQ(job.at("state"), "Completed") << response;
        EXPECT_EQ(count(job, "rows"), 0);
    }
    EXPECT_THAT(problem(import(R"({"Data":{"SuccessStatus":false,"StatusMessage":"no access"}})")),
                HasSubstr("Import failed: no access"));
}

TEST_F(Imports, WhatIsNoGuidIsNone) {
    EXPECT_EQ(read_guid("6F9619FF-8B86-D011-B42D-00CF4FC964FF"), "6f9619ff-8b86-d011-b42d-00cf4fc964ff");
    EXPECT_EQ(read_guid("{6F9619FF-8B86-D011-B42D-00CF4FC964FF}"), "6f9619ff-8b86-d011-b42d-00cf4fc964ff");
    for (const char* none : {"", "x", "00000000-0000-0000-0000-000000000000", "6F9619FF8B86D011B42D00CF4FC964FF",
                             "6F9619FF-8B86-D011-B42D-00CF4FC964FG", "(6F9619FF-8B86-D011-B42D-00CF4FC964FF)",
                             "6F9619FF-8B86-D011-B42D-00CF4FC964F", "6F9619FF-8B86-D011-B42D-00CF4FC964FFF"})
        EXPECT_EQ(read_guid(none), "") << none;
}

TEST_F(Imports, WhatIsNoMetadata) {
    EXPECT_THAT(problem(import(R"({"SuccessStatus":false,"StatusMessage":"no access"})")),
                HasSubstr("Import failed: no access"));
    for (const char* body :
         {R"({"RequestGuid":null})", R"({"MetaDataRows":[{"CommonAddress":1}]})",
          R"({"MetaDataRows":[{"CommonAddress":1,"InformationObjectAddress":2,"Colour":"red"}]})",
          R"({"MetaDataRows":[{"CommonAddress":"1","InformationObjectAddress":2}]})", R"({"Rows":[]})",
          R"({"Data":{"MetaDataRows":[]},"RequestGuid":null})", R"({"Data":{"MetaDataRows":[]},"Type":"x"})",
          R"({"Data":{"Data":{"MetaDataRows":[]}}})", R"({"Data":{"MetaDataRows":[],"Guid":"x"}})",
          R"({"Data":{"RequestGuid":null}})", R"({"Data":[]})", R"({"Data":null})",
          R"({"Data":{"MetaDataRows":[{"CommonAddress":1}]}})"})
        EXPECT_EQ(code_of(ask("POST", "/api/v1/imports", body)), "invalid_body") << body;
    EXPECT_EQ(code_of(ask("POST", "/api/v1/imports", "{")), "not_json");
    std::string large = R"({"MetaDataRows":[{"CommonAddress":1,"InformationObjectAddress":2,"Colour":"red"})";
    while (large.size() < Api::loops_body) large += R"(,{"CommonAddress":1,"InformationObjectAddress":2})";
    EXPECT_EQ(code_of(ask("POST", "/api/v1/imports", large + "]}")), "invalid_body")
        << "the worker checks as the loop does";
    EXPECT_EQ(code_of(ask("POST", "/api/v1/imports", large)), "not_json");
    EXPECT_EQ(ask("POST", "/api/v1/imports", "{" + std::string(Api::json_body, ' ') + "}").status, 413u);
}

TEST_F(Imports, ProfilesSaveTheParameters) {
    const std::string file = "Adresse|Name;x\n2;a|b\n";
    EXPECT_EQ(
        ask("PUT", "/api/v1/import-profiles/vendor",
            R"({"columns":{"Adresse|Name":"ioa","x":"name"},"separator":"semicolon","casdu":7,"mode":"update-only"})")
            .status,
        204u);
    EXPECT_EQ(count(import(file, "?profile=vendor"), "unknown"), 1);
    EXPECT_EQ(count(import(file, "?profile=vendor&mode=merge&casdu=8"), "new"), 1) << "parameters go before";
    EXPECT_EQ(find_point(bench.database, {8, 2})->name, "a|b");
    EXPECT_EQ(count(import(file, "?profile=vendor&mode=merge&columns=%7B%22x%22:%22unit%22%7D"), "new"), 1);
    EXPECT_EQ(find_point(bench.database, {7, 2})->unit, "a|b");
    EXPECT_EQ(code_of(ask("POST", "/api/v1/imports?profile=nobody", file)), "no_such_profile");
    EXPECT_EQ(code_of(ask("PUT", "/api/v1/import-profiles/x", R"({"mode":"guess"})")), "invalid_body");
    EXPECT_THAT(ask("GET", "/api/v1/import-profiles").body, HasSubstr(R"({"name":"vendor","settings":{"columns")"));
    EXPECT_EQ(ask("DELETE", "/api/v1/import-profiles/vendor").status, 204u);
    EXPECT_EQ(code_of(ask("DELETE", "/api/v1/import-profiles/vendor")), "no_such_profile");
}

TEST_F(Imports, TheSeparatorCanBeGiven) {
    const auto job =
        import("casdu,ioa;name\n1,2;a;b\n", "?separator=semicolon&columns=%7B%22casdu,ioa%22:%22ioa%22%7D&casdu=1");
    EXPECT_THAT(problem(job), HasSubstr("faulty_rows")) << "1,2 is no address";
    EXPECT_EQ(find_point(bench.database, {1, 2}), std::nullopt);
}

TEST_F(Imports, ErrorsAndTemplatesAreFiles) {
    const auto job = import("casdu,ioa\n1,x\n1,2\n");
    const std::string errors = "/api/v1/jobs/" + std::to_string(job.at("id").as_int64()) + "/errors";
    EXPECT_EQ(ask("GET", errors).body,
              "\xEF\xBB\xBFrow,column,what\r\n,,1 of 2 rows are faulty\r\n2,ioa,\"\"\"x\"\" is not a number\"\r\n");
    EXPECT_TRUE(ask("GET", errors + "?format=xlsx").body.starts_with("PK"));
    EXPECT_THAT(ask("GET", "/api/v1/exports/template").body, HasSubstr("casdu,ioa,command_ioa,enabled"));
    EXPECT_THAT(ask("GET", "/api/v1/exports/template?of=mappings&separator=tab").body,
                HasSubstr("from_casdu\tfrom_ioa\ttype"));
}

TEST_F(Imports, ACancelledImportChangesNothing) {
    ask("POST", "/api/v1/imports", "casdu,ioa\n1,2\n");
    const auto job = bench.installation.jobs.all().front();
    const std::string target = "/api/v1/jobs/" + std::to_string(job->id);
    EXPECT_EQ(ask("DELETE", target).status, 204u);
    bench.loop.run_until([&] { return !job->is_open(); }, std::chrono::seconds{20});
    ASSERT_EQ(job->problem->code, "cancelled");
    EXPECT_EQ(count_points(bench.database), 0);
    EXPECT_EQ(ask("DELETE", target).status, 204u) << "now it is taken off the list";
    EXPECT_EQ(code_of(ask("GET", target)), "no_such_job");
}

TEST_F(Imports, APointThatIsChangedMeanwhileRefusesTheImport) {
    ask("POST", "/api/v1/imports", "casdu,ioa,name\n1,2,file\n");
    const auto job = bench.installation.jobs.all().front();
    bench.loop.run_until([&] { return job->step == "Saving" || !job->is_open(); }, std::chrono::seconds{20});
    SQLite::Transaction held(bench.database.handle(), SQLite::TransactionBehavior::IMMEDIATE);
    add_revision(bench.database, {0, bench.loop.utc_now(), "anna", "points", "1/2", "created", {}, "[]", ""});
    held.commit();
    bench.loop.run_until([&] { return !job->is_open(); }, std::chrono::seconds{20});
    // Either the worker was first, or it has seen the change: never both.
    EXPECT_EQ(job->problem ? job->problem->code : "changed_meanwhile", "changed_meanwhile");
    EXPECT_EQ(count_points(bench.database), job->problem ? 0 : 1);
}

TEST_F(Imports, NamesAreThereAtOnce) {
    EXPECT_EQ(bench.live.names.find({1, 2}), nullptr);
    import("casdu,ioa,name\n1,2,a\n");
    ASSERT_NE(bench.live.names.find({1, 2}), nullptr);
    EXPECT_THAT(bench.live.names.find({1, 2})->members, HasSubstr(R"("name":"a")"));
}

TEST_F(Imports, OnlySoManyAtTheSameTime) {
    for (std::size_t i = 0; i < Jobs::max_open; ++i) EXPECT_EQ(ask("POST", "/api/v1/imports?file=x.csv").status, 202u);
    EXPECT_EQ(code_of(ask("POST", "/api/v1/imports?file=x.csv")), "too_many_jobs");
}

TEST_F(Imports, MuchIsTakenOnlyFromWhoMaySendFiles) {
    const auto viewer = bench.log_in_as("vera", Role::viewer);
    const auto limit = [&](const char* target, const LoggedIn* login) {
        return bench.api.body_limit(InstallationBench::request("POST", target, login));
    };
    EXPECT_EQ(limit("/api/v1/imports?casdu=1", &engineer), std::uint64_t{64} << 20);
    EXPECT_EQ(limit("/api/v1/imports", &viewer), Api::small_body);
    EXPECT_EQ(limit("/api/v1/imports", nullptr), Api::small_body);
    EXPECT_EQ(limit("/api/v1/connectors", &engineer), Api::small_body);
}

}  // namespace
}  // namespace busbar::manage
