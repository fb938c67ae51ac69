#include "manage/actions/jobs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "manage/installation_bench.hpp"

namespace busbar::manage {
namespace {

using testing::HasSubstr;

TEST(JobsTest, ARestartEndsWhatWasUnderWayAndKeepsTheRest) {
    InstallationBench bench;
    std::int64_t done = 0, open = 0;
    {
        Jobs jobs(bench.loop, bench.database);
        const auto first = jobs.add("first", "anna");
        first->plan = ImportPlan{};
        first->plan->faults.push_back({7, "ioa", "is empty"});
        jobs.end(*first, std::nullopt);
        const auto second = jobs.add("second", "anna");
        jobs.begin_step(*second, "Checking the rows", 40);
        done = first->id;
        open = second->id;
    }
    Jobs jobs(bench.loop, bench.database);
    EXPECT_EQ(jobs.find(done)->at("state"), "Completed");
    EXPECT_THAT(boost::json::serialize(*jobs.find(done)), HasSubstr("is empty"));
    EXPECT_EQ(jobs.find(open)->at("state"), "Failed");
    EXPECT_EQ(jobs.find(open)->at("problem").at("detail"), "the service was restarted");
    EXPECT_TRUE(jobs.find(open)->contains("finished"));
    ASSERT_EQ(jobs.list().size(), 2u);
    EXPECT_EQ(jobs.list().front().at("state"), "Failed") << "the newest is the first";
    EXPECT_EQ(jobs.list().front().contains("import"), false);
    EXPECT_GT(jobs.add("third", "anna")->id, open);
}

TEST(JobsTest, TheOldestAreForgotten) {
    InstallationBench bench;
    Jobs jobs(bench.loop, bench.database);
    const auto open = jobs.add("open", "anna");
    for (std::size_t i = 0; i < Jobs::max_kept + 5; ++i) jobs.end(*jobs.add("many", "anna"), std::nullopt);
    EXPECT_EQ(jobs.list().size(), Jobs::max_kept);
    EXPECT_FALSE(jobs.find(open->id + 1));
    ASSERT_TRUE(jobs.find(open->id)) << "but none that is under way";
    EXPECT_LE(jobs.all().size(), 20u) << "memory has the last of them";
    EXPECT_TRUE(jobs.remove(open->id));
    EXPECT_TRUE(*open->cancelled);
    EXPECT_FALSE(jobs.remove(open->id + 1));
}

}  // namespace
}  // namespace busbar::manage
