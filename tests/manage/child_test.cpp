#include "manage/supervise/child.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>

#include "support/redis_fixture.hpp"

namespace busbar::manage {
namespace {

using testing::ElementsAre;

/// What is open in the program that a child becomes, as a shell sees itself.
constexpr auto name_what_is_open =
    R"(for each in /proc/self/fd/*; do if [ -e "$each" ]; then echo "${each##*/}"; fi; done)";

TEST(Child, InheritsNothingButItsThreeStandardDescriptors) {
    const int listening = ::socket(AF_INET, SOCK_STREAM, 0);  // as whoever forgets SOCK_CLOEXEC opens it
    const int high = ::fcntl(listening, F_DUPFD, 200);
    ASSERT_GE(high, 200);
    tests::TemporaryFolder folder;
    net::EventLoop loop;
    std::vector<std::string> open;
    ChildOptions options{"shell", {"sh", "-c", name_what_is_open}};
    options.log_file = folder.path() / "shell.log";
    options.wants_output = true;
    options.restart.wanted = false;
    Child child(loop, options, [&open](std::string_view line) { open.emplace_back(line); });
    loop.on_signal({SIGCHLD}, [&child](int) { child.check(); });
    child.start();
    EXPECT_TRUE(loop.run_until([&child] { return child.state() == Child::State::stopped; }, std::chrono::seconds{10}));
    EXPECT_EQ(child.last_end(), "exit code 0");
    EXPECT_THAT(open, ElementsAre("0", "1", "2"));
    ::close(high);
    ::close(listening);
}

/// Between fork and exec, where it still has the program of its parent.
TEST(Child, WhoIsStoppedAsSoonAsItIsStartedStopsNobodyElse) {
    tests::TemporaryFolder folder;
    net::EventLoop loop;
    ChildOptions options{"sleep", {"sleep", "60"}};
    options.log_file = folder.path() / "sleep.log";
    Child child(loop, options);
    int for_us = 0;
    loop.on_signal({SIGCHLD, SIGTERM}, [&](int number) {
        child.check();
        for_us += number == SIGTERM ? 1 : 0;
    });
    for (int i = 0; i < 100; ++i) {
        child.start();
        child.stop();
        ASSERT_TRUE(
            loop.run_until([&child] { return child.state() == Child::State::stopped; }, std::chrono::seconds{10}));
        EXPECT_EQ(child.last_end(), "signal 15");
    }
    EXPECT_EQ(for_us, 0);
}

/// As when a service was killed and is there again while what it had started still ends.
TEST(Child, WaitsForAnEarlierOneThatHasTheLock) {
    tests::TemporaryFolder folder;
    net::EventLoop loop;
    ChildOptions options{"sleep", {"sleep", "60"}};
    options.log_file = folder.path() / "sleep.log";
    options.lock_file = folder.path() / "sleep.lock";
    options.restart.wanted = false;
    Child earlier(loop, options), later(loop, options);
    loop.on_signal({SIGCHLD}, [&](int) {
        earlier.check();
        later.check();
    });
    earlier.start();
    later.start();
    loop.run_until([] { return false; }, std::chrono::milliseconds{200});
    EXPECT_EQ(later.state(), Child::State::waiting);
    EXPECT_EQ(later.starts(), 0u);
    EXPECT_EQ(later.last_end(), "waits for an earlier one to end");
    earlier.stop();
    EXPECT_TRUE(loop.run_until([&] { return later.state() == Child::State::running; }, std::chrono::seconds{10}));
    EXPECT_EQ(earlier.state(), Child::State::stopped);
    later.stop();
    EXPECT_TRUE(loop.run_until([&] { return later.state() == Child::State::stopped; }, std::chrono::seconds{10}));
}

}  // namespace
}  // namespace busbar::manage
