#include "manage/actions/write_gate.hpp"

#include <gtest/gtest.h>

#include "manage/installation_bench.hpp"

namespace busbar::manage {
namespace {

TEST(WriteGateTest, ChangesWaitAndLooksDoNot) {
    InstallationBench bench;
    const auto engineer = bench.log_in_as("emil", Role::engineer);
    bench.installation.worker.run([&]() -> std::function<void()> {
        bench.installation.gate.close();
        return [] {};
    });
    const auto is_closed = [&] {
        const auto answer = std::make_shared<std::optional<HttpResponse>>();
        bench.api.handle(InstallationBench::request("PUT", "/api/v1/points/1/2", &engineer, R"({"name":"a"})"),
                         [answer](HttpResponse response) { *answer = std::move(response); });
        return !*answer;
    };
    ASSERT_TRUE(bench.loop.run_until(is_closed, std::chrono::seconds{20}));
    std::vector<unsigned> answers;
    const auto put = [&](const char* target) {
        bench.api.handle(InstallationBench::request("PUT", target, &engineer, R"({"name":"b"})"),
                         [&](HttpResponse response) { answers.push_back(response.status); });
    };
    put("/api/v1/points/1/3");
    EXPECT_TRUE(answers.empty());
    EXPECT_EQ(bench.ask(InstallationBench::request("GET", "/api/v1/points/1/3", &engineer)).status, 404u);
    for (std::size_t i = 2; i < WriteGate::max_waiting; ++i) put("/api/v1/points/1/4");
    EXPECT_TRUE(answers.empty());
    put("/api/v1/points/1/5");
    EXPECT_EQ(answers, std::vector<unsigned>{503}) << "what waits has a bound";
    bench.installation.gate.open();
    EXPECT_EQ(answers.size(), WriteGate::max_waiting);
    EXPECT_TRUE(find_point(bench.database, {1, 3})) << "what was held back is done";
    EXPECT_FALSE(find_point(bench.database, {1, 5}));
}

}  // namespace
}  // namespace busbar::manage
