#include "manage/actions/worker.hpp"

#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <stdexcept>
#include <thread>

#include "manage/installation_bench.hpp"

namespace busbar::manage {
namespace {

using Then = std::function<void()>;

TEST(Worker, WhatThrowsEndsNeitherThreadNorLoop) {
    net::EventLoop loop;
    Worker worker(loop);
    worker.run([]() -> Then { throw std::runtime_error("thrown on the thread"); });
    worker.run([]() -> Then { return [] { throw std::runtime_error("thrown in the loop"); }; });
    bool went_on = false;
    worker.run([&went_on]() -> Then { return [&went_on] { went_on = true; }; });
    EXPECT_TRUE(loop.run_until([&went_on] { return went_on; }, std::chrono::seconds{10}));
}

TEST(Worker, EndsWithThePieceInHandAndDoesNothingMore) {
    net::EventLoop loop;
    Worker worker(loop);
    std::promise<void> begun, may_go;
    bool finished = false;
    worker.run([&]() -> Then {
        begun.set_value();
        may_go.get_future().wait();
        finished = true;
        return [] {};
    });
    begun.get_future().wait();
    std::thread other([&may_go] { may_go.set_value(); });
    worker.end();
    EXPECT_TRUE(finished);
    other.join();
    bool more = false;
    worker.run([&more]() -> Then {
        more = true;
        return [] {};
    });
    worker.end();
    EXPECT_FALSE(more);
}

TEST(Worker, ARequestIsAnsweredWhenTheDatabaseRefusesAfterTheWork) {
    InstallationBench bench;
    const auto admin = bench.log_in_as("anna", Role::admin);
    std::optional<HttpResponse> answer;
    bench.api.handle(
        InstallationBench::request("POST", "/api/v1/users", &admin,
                                   R"({"name":"otto","role":"viewer","password":"correct horse battery"})"),
        [&answer](HttpResponse response) { answer = std::move(response); });
    ASSERT_FALSE(answer) << "the password is being hashed";
    bench.database.handle().exec("ALTER TABLE user RENAME TO damaged");
    ASSERT_TRUE(bench.loop.run_until([&answer] { return answer.has_value(); }, std::chrono::seconds{20}));
    EXPECT_EQ(answer->status, 500u);
    EXPECT_EQ(code_of(*answer), "failed");
    bench.database.handle().exec("ALTER TABLE damaged RENAME TO user");
    EXPECT_EQ(bench.ask(InstallationBench::request("GET", "/api/v1/users", &admin)).status, 200u) << "and goes on";
}

}  // namespace
}  // namespace busbar::manage
