#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manage/heard_line.hpp"
#include "manage/live/live_session.hpp"

namespace busbar::manage {
namespace {

namespace json = boost::json;
using testing::ElementsAre;

constexpr auto usual = std::chrono::milliseconds{LiveSession::usual_ms};
constexpr std::string_view all = R"({"subscribe":{"topic":"jobs"}})";

std::string only(std::int64_t job) { return fmt::format(R"({{"subscribe":{{"topic":"jobs","job":{}}}}})", job); }

TEST(JobChanges, HasEachJobOnceInTheOrderOfItsLastChange) {
    JobChanges changes;
    EXPECT_EQ(changes.after(0), std::vector<std::int64_t>{});
    for (const std::int64_t job : {1, 2, 3, 2}) changes.add(job);
    EXPECT_THAT(changes.after(0).value(), ElementsAre(1, 3, 2));
    EXPECT_THAT(changes.after(3).value(), ElementsAre(2));
    EXPECT_THAT(changes.after(changes.last()).value(), ElementsAre());
}

TEST(JobChanges, SaysWhenThatIsTooLongAgo) {
    JobChanges changes;
    changes.add(1000);
    for (std::size_t i = 0; i < JobChanges::most; ++i) changes.add(static_cast<std::int64_t>(i));
    EXPECT_FALSE(changes.after(0)) << "the change of job 1000 is forgotten";
    EXPECT_EQ(changes.after(1).value().size(), JobChanges::most);
    for (int i = 0; i < 1000; ++i) changes.add(7);
    EXPECT_EQ(changes.after(1).value().size(), JobChanges::most) << "one that changes much takes the room of one";
}

class JobsTopicTest : public testing::Test {
protected:
    /// Of the one message that was heard.
    static json::array jobs_of(Watching& watching) {
        const auto heard = watching.take_heard();
        EXPECT_EQ(heard.size(), 1u);
        return heard.empty() ? json::array() : heard.back().at("jobs").as_array();
    }
    json::object listed(std::int64_t id) {
        const auto answer = bench.ask(InstallationBench::request("GET", "/api/v1/jobs", &engineer));
        const auto all_jobs = json::parse(answer.body);
        for (const json::value& job : all_jobs.at("jobs").as_array()) {
            if (job.at("id").to_number<std::int64_t>() == id) return job.as_object();
        }
        return {};
    }

    InstallationBench bench;
    Jobs& jobs = bench.installation.jobs;
    LoggedIn engineer = bench.log_in_as("emil", Role::engineer);
};

TEST_F(JobsTopicTest, GivesWhatIsThereAndThenEachJobAsItIs) {
    const auto old = jobs.add("old", "anna");
    jobs.end(*old, std::nullopt);
    const auto open = jobs.add("Import of points", "anna");
    Watching watching(bench, engineer);
    const auto heard = watching.say(all);
    ASSERT_EQ(heard.size(), 2u);
    EXPECT_EQ(heard[1].at("snapshot"), "end");
    EXPECT_EQ(heard[1].at("jobs"), (json::array{listed(open->id), listed(old->id)})) << "as the list has them";
    watching.line.heard.clear();

    for (int progress = 0; progress < 80; ++progress) jobs.begin_step(*open, "Checking the rows", progress);
    const auto begun = jobs.add("begun", "anna");
    pass(bench, usual);
    auto news = jobs_of(watching);
    ASSERT_EQ(news.size(), 2u) << "of a job only its newest state";
    EXPECT_EQ(news[0], listed(open->id));
    EXPECT_EQ(news[0].at("progress"), 79);
    EXPECT_EQ(news[1].at("state"), "Pending");

    jobs.end(*open, Problem{Problem::Kind::invalid, "faulty_rows", "3 of 9 rows are faulty"});
    jobs.remove(begun->id);
    jobs.end(*begun, cancelled_problem());
    jobs.remove(old->id);
    pass(bench, usual);
    news = jobs_of(watching);
    ASSERT_EQ(news.size(), 3u);
    EXPECT_EQ(news[0].at("problem").at("code"), "faulty_rows");
    EXPECT_EQ(news[1].at("problem").at("code"), "cancelled");
    EXPECT_EQ(news[2], (json::object{{"id", old->id}, {"gone", true}}));
    pass(bench, usual);
    EXPECT_TRUE(watching.line.heard.empty()) << "nothing has changed";
}

TEST_F(JobsTopicTest, NeverLosesAnEnd) {
    Watching watching(bench, engineer);
    watching.say(all);
    const auto job = jobs.add("Import of points", "anna");
    watching.line.takes = false;
    watching.line.send(json::serialize(json::object{{"long", std::string(LiveLine::full, 'x')}}));
    watching.line.heard.clear();
    pass(bench, usual);
    jobs.end(*job, std::nullopt);
    const auto id = job->id;
    // It is neither the newest nor in memory by then.
    for (std::size_t i = 0; i < JobChanges::most / 2; ++i) jobs.end(*jobs.add("another", "anna"), std::nullopt);
    pass(bench, usual);
    EXPECT_TRUE(watching.line.heard.empty()) << "the line is full";
    watching.line.takes = true;
    watching.line.take(watching.line.waiting());
    watching.answer.live->drained();
    const auto news = jobs_of(watching);
    ASSERT_EQ(news.size(), 1 + JobChanges::most / 2);
    EXPECT_EQ(news[0], listed(id));
    EXPECT_EQ(news[0].at("state"), "Completed");
}

TEST_F(JobsTopicTest, BeginsAgainWhereTooMuchHasChanged) {
    Watching watching(bench, engineer);
    watching.say(all);
    watching.line.heard.clear();
    for (std::size_t i = 0; i <= JobChanges::most; ++i) jobs.end(*jobs.add("many", "anna"), std::nullopt);
    pass(bench, usual);
    ASSERT_EQ(watching.line.heard.size(), 1u);
    EXPECT_EQ(watching.line.heard[0].at("snapshot"), "end");
    EXPECT_EQ(jobs_of(watching).size(), Jobs::max_kept);
    jobs.end(*jobs.add("one more", "anna"), std::nullopt);
    pass(bench, usual);
    const auto news = jobs_of(watching);
    ASSERT_EQ(news.size(), 2u);
    EXPECT_TRUE(news[0].as_object().contains("gone") || news[1].as_object().contains("gone"))
        << "the oldest makes room: " << news;
}

TEST_F(JobsTopicTest, TellsOfOneJobOnlyIfThatIsWanted) {
    const auto one = jobs.add("one", "anna"), other = jobs.add("other", "anna");
    Watching watching(bench, engineer), scripted(bench, engineer, fmt::format("/api/v1/live/jobs?job={}", one->id));
    watching.say(only(one->id));
    watching.line.heard.erase(watching.line.heard.begin());
    for (Watching* each : {&watching, &scripted}) EXPECT_EQ(jobs_of(*each), json::array{listed(one->id)});
    jobs.begin_step(*other, "Saving", 80);
    pass(bench, usual);
    EXPECT_TRUE(watching.line.heard.empty());
    jobs.begin_step(*one, "Saving", 80);
    pass(bench, usual);
    for (Watching* each : {&watching, &scripted}) EXPECT_EQ(jobs_of(*each).at(0).at("step"), "Saving");
    EXPECT_EQ(watching.refusal(only(4711)), "no_such_job");
    EXPECT_EQ(watching.refusal(only(0)), "invalid_message");
    EXPECT_EQ(watching.refusal(R"({"subscribe":{"topic":"jobs","job":"1"}})"), "invalid_message");
    EXPECT_EQ(Watching(bench, engineer, "/api/v1/live/jobs?job=4711").answer.status, 404u);
}

TEST_F(JobsTopicTest, IsForWhoMaySeeTheListOfJobs) {
    save_area(bench.database, {0, "North", {{5, 7}}, {"north"}});
    const auto in_area = bench.log_in_as("an engineer of an area", Role::viewer);
    save_areas_of_user(bench.database, find_user(bench.database, in_area.actor.name)->id, {{"North", "engineer"}});
    std::vector<LoggedIn> users{in_area};
    for (const Role role : {Role::viewer, Role::operator_, Role::engineer, Role::admin})
        users.push_back(bench.log_in_as(std::string(to_string(role)), role));
    for (const LoggedIn& user : users) {
        const bool may = bench.ask(InstallationBench::request("GET", "/api/v1/jobs", &user)).status == 200;
        EXPECT_EQ(may, user.actor.role >= Role::engineer || user.actor.name == in_area.actor.name);
        Watching watching(bench, user), scripted(bench, user, "/api/v1/live/jobs");
        EXPECT_EQ(watching.refusal(all), may ? "" : "forbidden") << user.actor.name;
        EXPECT_EQ(watching.refusal(only(4711)), may ? "no_such_job" : "forbidden") << user.actor.name;
        EXPECT_EQ(scripted.answer.status, may ? 200u : 403u) << user.actor.name;
    }
}

TEST_F(JobsTopicTest, AnEngineerOfAnAreaIsToldHisOwn) {
    save_area(bench.database, {0, "North", {{5, 7}}, {}});
    const auto nora = bench.log_in_as("nora", Role::viewer);
    save_areas_of_user(bench.database, find_user(bench.database, "nora")->id, {{"North", "engineer"}});
    const auto other = jobs.add("other", "anna"), own = jobs.add("own", "nora");
    Watching watching(bench, nora);
    const auto heard = watching.say(all);
    ASSERT_EQ(heard.size(), 2u);
    EXPECT_EQ(heard[1].at("jobs"), json::array{listed(own->id)});
    watching.line.heard.clear();
    jobs.begin_step(*other, "Saving", 80);
    pass(bench, usual);
    EXPECT_TRUE(watching.take_heard().empty());
    jobs.begin_step(*own, "Saving", 80);
    pass(bench, usual);
    EXPECT_EQ(jobs_of(watching), json::array{listed(own->id)});
    EXPECT_EQ(Watching(bench, nora, fmt::format("/api/v1/live/jobs?job={}", other->id)).answer.status, 404u);
    EXPECT_EQ(Watching(bench, nora, fmt::format("/api/v1/live/jobs?job={}", own->id)).answer.status, 200u);
}

TEST_F(JobsTopicTest, EndsWithTheRight) {
    Watching watching(bench, engineer), scripted(bench, engineer, "/api/v1/live/jobs");
    watching.say(all);
    watching.say(R"({"subscribe":{"topic":"connectors"}})");
    pass(bench, LiveSession::look_every);
    auto row = find_user(bench.database, "emil");
    row->role = "operator";
    save_user(bench.database, *row, bench.loop.utc_now());
    watching.line.heard.clear();
    pass(bench, LiveSession::look_every);
    jobs.add("secret", "anna");
    pass(bench, usual);
    ASSERT_EQ(watching.line.heard.size(), 1u);
    EXPECT_EQ(watching.line.heard[0].at("error").at("code"), "forbidden");
    EXPECT_EQ(watching.line.heard[0].at("id"), "jobs");
    EXPECT_EQ(watching.line.closed, "") << "the rest goes on";
    EXPECT_NE(scripted.line.closed, "");
}

/// A damaged database.
struct BrokenJobs : JobSource {
    const JobChanges& changes() const override { return changes_; }
    std::vector<json::object> list() const override { throw std::runtime_error("disk image is malformed"); }
    std::optional<json::object> summary(std::int64_t) const override { return std::nullopt; }
    JobChanges changes_;
};

TEST_F(JobsTopicTest, ADamagedDatabaseEndsNothingElse) {
    BrokenJobs broken;
    auto& live = bench.live;
    const TopicSources sources{bench.store,  live.points,        live.names, live.texts,
                               bench.states, live.subscriptions, broken};
    LiveSession session(live.hub, sources, [] { return std::optional(Watcher{.sees_jobs = true}); });
    HeardLine line;
    session.opened(line);
    session.received(all);
    ASSERT_EQ(line.heard.size(), 2u);
    EXPECT_EQ(line.heard[1].at("error").at("detail"), "disk image is malformed");
    session.received(R"({"unsubscribe":"jobs"})");
    EXPECT_EQ(line.heard[2].at("error").at("code"), "no_such_subscription");
    session.closed();
}

TEST_F(JobsTopicTest, AFullDiskEndsNobody) {
    auto& live = bench.live;
    const TopicSources sources{bench.store,  live.points,        live.names, live.texts,
                               bench.states, live.subscriptions, jobs};
    LiveSession session(live.hub, sources,
                        []() -> std::optional<Watcher> { throw std::runtime_error("disk is full"); });
    HeardLine line;
    session.opened(line);
    session.received(all);
    ASSERT_EQ(line.heard.size(), 1u);
    EXPECT_EQ(line.heard[0].at("error").at("detail"), "disk is full");
    EXPECT_EQ(line.heard[0].contains("id"), false) << "none was given";
    pass(bench, LiveSession::look_every);
    EXPECT_EQ(line.closed, "") << "he may well be who he was";
    session.closed();
}

}  // namespace
}  // namespace busbar::manage
