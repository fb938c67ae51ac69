#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manage/actions/imports.hpp"
#include "manage/actions/users.hpp"
#include "manage/installation_bench.hpp"

namespace busbar::manage {
namespace {

using testing::HasSubstr;
using testing::Not;
namespace json = boost::json;

/// Nora is an engineer of stations 5 to 7 and a viewer everywhere else.
class ImportAreas : public testing::Test {
protected:
    ImportAreas() {
        save_area(bench.database, {0, "North", {{5, 7}}, {"north"}});
        give("nora", "engineer");
        EXPECT_EQ(import(emil, "casdu,ioa,name\n5,1,a\n7,1,b\n8,1,c\n").at("state"), "Completed");
    }
    void give(const std::string& user, const std::string& role) {
        save_areas_of_user(bench.database, find_user(bench.database, user)->id, {{"North", role}});
    }
    HttpResponse ask(const LoggedIn& who, std::string method, std::string target, std::string body = {}) {
        auto request = InstallationBench::request(std::move(method), std::move(target), &who);
        if (!body.empty())
            request.headers.emplace_back("content-type", body.front() == '{' ? "application/json" : "text/csv");
        request.body = std::move(body);
        return bench.ask(std::move(request));
    }
    HttpResponse begin(const LoggedIn& who, std::string body, const std::string& query = "") {
        return ask(who, "POST", "/api/v1/imports" + query, std::move(body));
    }
    /// The job, when it is over, as who began it sees it.
    json::object import(const LoggedIn& who, std::string body, const std::string& query = "") {
        const auto begun = begin(who, std::move(body), query);
        EXPECT_EQ(begun.status, 202u) << begun.body;
        if (begun.status != 202) return json::object{{"state", ""}};
        const auto job = bench.installation.jobs.all().front();
        bench.loop.run_until([&] { return !job->is_open(); }, std::chrono::seconds{20});
        return json::parse(ask(who, "GET", "/api/v1/jobs/" + std::to_string(job->id)).body).as_object();
    }
    static std::int64_t count(const json::object& job, std::string_view what) {
        return job.at("import").at("counts").at(what).as_int64();
    }
    std::string name_of(std::uint16_t casdu, std::uint32_t ioa) {
        const auto point = find_point(bench.database, {casdu, ioa});
        return point ? point->name : "none";
    }

    InstallationBench bench;
    LoggedIn emil = bench.log_in_as("emil", Role::engineer), nora = bench.log_in_as("nora", Role::viewer);
};

TEST_F(ImportAreas, RowsOfOtherStationsAreFaulty) {
    const std::string file = "casdu,ioa,name\n5,1,x\n8,1,x\n7,2,x\n4,1,x\n8,9,x\n";
    const auto refused = import(nora, file);
    EXPECT_EQ(refused.at("state"), "Failed");
    EXPECT_EQ(refused.at("problem").at("code"), "faulty_rows");
    EXPECT_EQ(json::serialize(refused.at("import").at("errors")),
              R"([{"row":3,"column":"casdu","what":"8 is not in your areas"},)"
              R"({"row":5,"column":"casdu","what":"4 is not in your areas"},)"
              R"({"row":6,"column":"casdu","what":"8 is not in your areas"}])");
    EXPECT_EQ(name_of(5, 1), "a") << "nothing is changed";
    for (const char* mode : {"", "&mode=update-only"}) {
        const auto skipped = import(nora, file, std::string("?faulty_rows=skip") + mode);
        EXPECT_EQ(skipped.at("state"), "Completed");
        EXPECT_EQ(count(skipped, "error"), 3);
        EXPECT_EQ(name_of(5, 1) + name_of(7, 2) + name_of(8, 1) + name_of(8, 9), "xxcnone") << mode;
    }
    EXPECT_EQ(import(emil, file).at("state"), "Completed") << "an engineer everywhere has no such faults";
}

TEST_F(ImportAreas, RowsOfMetadataKeepToThem) {
    const auto rows = [](const char* casdu) {
        return R"({"MetaDataRows":[{"InformationObjectAddress":1,"SignalDescription":"m","CommonAddress":)" +
               std::string(casdu) + "}]}";
    };
    const auto job = import(nora, rows("8"));
    EXPECT_EQ(job.at("state"), "Failed");
    EXPECT_THAT(json::serialize(job.at("import").at("errors")),
                HasSubstr(R"("column":"CommonAddress","what":"8 is not in your areas")"));
    EXPECT_EQ(import(nora, rows("7")).at("state"), "Completed");
    EXPECT_EQ(name_of(7, 1) + name_of(8, 1), "mc");
}

TEST_F(ImportAreas, TheChosenStationIsOneOfThem) {
    EXPECT_EQ(code_of(begin(nora, "ioa\n1\n", "?casdu=8")), "forbidden");
    EXPECT_EQ(code_of(begin(nora, "ioa\n1\n", "?casdu=8&dry_run=true")), "forbidden");
    ASSERT_EQ(ask(emil, "PUT", "/api/v1/import-profiles/south", R"({"casdu":8})").status, 204u);
    EXPECT_EQ(code_of(begin(nora, "ioa\n1\n", "?profile=south")), "forbidden");
    EXPECT_EQ(import(nora, "ioa,name\n1,x\n", "?profile=south&casdu=7").at("state"), "Completed");
    EXPECT_EQ(name_of(7, 1), "x");
}

TEST_F(ImportAreas, OnlyOneStationIsReplaced) {
    EXPECT_EQ(code_of(begin(nora, "casdu,ioa\n5,9\n", "?mode=replace")), "replace_needs_casdu");
    ASSERT_EQ(ask(emil, "PUT", "/api/v1/import-profiles/all", R"({"mode":"replace"})").status, 204u);
    EXPECT_EQ(code_of(begin(nora, "casdu,ioa\n5,9\n", "?profile=all")), "replace_needs_casdu");
    EXPECT_EQ(
        code_of(begin(nora, R"({"MetaDataRows":[{"CommonAddress":5,"InformationObjectAddress":9}]})", "?mode=replace")),
        "replace_needs_casdu");
    EXPECT_EQ(code_of(begin(nora, "ioa\n9\n", "?mode=replace&casdu=8")), "forbidden");
    EXPECT_EQ(count_points(bench.database), 3);
    const auto replaced = import(nora, "ioa\n9\n", "?mode=replace&casdu=5");
    EXPECT_EQ(count(replaced, "removed"), 1);
    EXPECT_EQ(name_of(5, 1) + name_of(7, 1) + name_of(8, 1), "nonebc");
    EXPECT_EQ(count(import(emil, "casdu,ioa\n5,9\n", "?mode=replace&dry_run=true"), "removed"), 2);
}

TEST_F(ImportAreas, WhoHasThemSeesHisOwnJobsAndNoOthers) {
    const auto others = std::to_string(bench.installation.jobs.all().front()->id);
    const auto job = import(nora, "casdu,ioa\n5,1\n8,1\n", "?dry_run=true");
    EXPECT_EQ(job.at("state"), "Completed");
    EXPECT_EQ(count(job, "error"), 1);
    const auto own = std::to_string(job.at("id").as_int64());
    EXPECT_THAT(ask(nora, "GET", "/api/v1/jobs").body,
                testing::AllOf(HasSubstr("\"id\":" + own), Not(HasSubstr("emil"))));
    EXPECT_THAT(ask(emil, "GET", "/api/v1/jobs").body, testing::AllOf(HasSubstr("nora"), HasSubstr("emil")));
    EXPECT_THAT(ask(nora, "GET", "/api/v1/jobs/" + own + "/errors").body, HasSubstr("8 is not in your areas"));
    for (const char* end : {"", "/errors"})
        EXPECT_EQ(code_of(ask(nora, "GET", "/api/v1/jobs/" + others + end)), "no_such_job");
    EXPECT_EQ(code_of(ask(nora, "DELETE", "/api/v1/jobs/" + others)), "no_such_job");
    EXPECT_EQ(ask(emil, "GET", "/api/v1/jobs/" + others).status, 200u) << "it is still there";
    EXPECT_EQ(ask(nora, "DELETE", "/api/v1/jobs/" + own).status, 204u);
}

TEST_F(ImportAreas, ANobodyOfTheAreaImportsNothing) {
    const auto otto = bench.log_in_as("otto", Role::operator_);
    give("otto", "operator");
    EXPECT_EQ(code_of(begin(otto, "casdu,ioa\n5,1\n")), "forbidden");
    EXPECT_EQ(code_of(ask(otto, "GET", "/api/v1/jobs")), "forbidden");
    bench.database.handle().exec("DELETE FROM area");
    EXPECT_EQ(code_of(begin(nora, "casdu,ioa\n5,1\n")), "forbidden") << "she has lost it";
    EXPECT_EQ(ask(otto, "GET", "/api/v1/exports/points").status, 200u) << "whoever may look may export";
}

TEST_F(ImportAreas, ATokenKeepsToThemToo) {
    const auto expires = bench.loop.utc_now() + std::chrono::hours{1};
    const auto with = [&](Role role, std::string body, const std::string& query) {
        const Actor actor{"nora", Role::viewer, "127.0.0.1", {{*find_area(bench.database, "North"), Role::engineer}}};
        auto request = InstallationBench::request("POST", "/api/v1/imports" + query, nullptr);
        const auto token = create_token(bench.installation, actor, "program", role, expires);
        EXPECT_TRUE(token);
        request.headers.emplace_back("authorization", "Bearer " + token->secret);
        request.headers.emplace_back("content-type", "text/csv");
        request.body = std::move(body);
        return bench.ask(std::move(request));
    };
    EXPECT_EQ(code_of(with(Role::operator_, "ioa\n1\n", "?casdu=7")), "forbidden");
    EXPECT_EQ(code_of(with(Role::engineer, "ioa\n1\n", "?casdu=8")), "forbidden");
    EXPECT_EQ(with(Role::engineer, "ioa\n1\n", "?casdu=7").status, 202u);
}

TEST_F(ImportAreas, FilesMayBeAsLargeAsThoseOfOthers) {
    EXPECT_EQ(bench.api.body_limit(InstallationBench::request("POST", "/api/v1/imports", &nora)),
              std::uint64_t{64} << 20);
    EXPECT_EQ(bench.api.body_limit(InstallationBench::request("POST", "/api/v1/connectors/x/mapping/import", &nora)),
              Api::small_body);
}

}  // namespace
}  // namespace busbar::manage
