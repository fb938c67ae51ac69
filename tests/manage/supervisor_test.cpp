#include "manage/supervise/supervisor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>

#include "support/redis_fixture.hpp"

namespace busbar::manage {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// The supervised program is a script that notes how it was called and then does what a file says.
class SupervisorTest : public testing::Test {
protected:
    SupervisorTest() {
        write("program", "#!/bin/sh\necho \"$@ $BUSBAR_REDIS_HOST\" >>" + (folder.path() / "calls").string() +
                             "\necho hello >&2\n. " + (folder.path() / "deed").string() + "\n");
        ::chmod((folder.path() / "program").c_str(), 0700);
        write("deed", "exec sleep 1000");
        loop.on_signal({SIGCHLD}, [this](int) { supervisor.check_children(); });
    }
    ~SupervisorTest() override {
        bool over = false;
        supervisor.end([&over] { over = true; });
        loop.run_until([&over] { return over; }, seconds{10});
    }

    void write(const std::string& name, const std::string& text) { std::ofstream(folder.path() / name) << text; }
    std::vector<std::string> calls() {
        std::ifstream file(folder.path() / "calls");
        std::vector<std::string> lines;
        for (std::string line; std::getline(file, line);) lines.push_back(line);
        return lines;
    }
    /// Also of what the loop hears nothing of: a file.
    bool becomes(const std::function<bool()>& condition) {
        for (int patience = 2000; !condition(); --patience) {
            if (patience == 0) return false;
            loop.run_until(condition, milliseconds{5});
        }
        return true;
    }
    bool is(ProcessView::State state) {
        return becomes([&] { return supervisor.view("rtu1") && supervisor.view("rtu1")->state == state; });
    }
    pid_t pid() { return supervisor.view("rtu1")->pid; }

    tests::TemporaryFolder folder;
    net::EventLoop loop;
    Supervisor supervisor{loop, {folder.path() / "program", folder.path(), {"BUSBAR_REDIS_HOST=/run/store.sock"}}};
    Supervised rtu{"rtu1", "iec104-client", {}, false};
};

TEST_F(SupervisorTest, StartsAConnectorWithItsStoreAndKeepsItsLog) {
    supervisor.set({rtu});
    ASSERT_TRUE(becomes([this] { return calls().size() == 1; }));
    EXPECT_EQ(calls()[0],
              "iec104-client --id rtu1 --metrics-file " + (folder.path() / "rtu1.prom").string() + " /run/store.sock");
    EXPECT_TRUE(becomes([this] { return std::filesystem::file_size(supervisor.log_file("rtu1")) == 6; }));
}

TEST_F(SupervisorTest, WhatIsStoppedOrNotEnabledDoesNotRun) {
    rtu.stopped = true;
    Supervised off{"off", "iec104-client", {}, false};
    off.service.enabled = false;
    supervisor.set({rtu, off});
    EXPECT_FALSE(supervisor.view("rtu1"));
    EXPECT_FALSE(supervisor.view("off"));
    rtu.stopped = false;
    supervisor.set({rtu, off});
    EXPECT_TRUE(is(ProcessView::State::running));
    rtu.stopped = true;
    supervisor.set({rtu, off});
    EXPECT_TRUE(becomes([this] { return !supervisor.view("rtu1"); })) << "it ended in good order";
}

TEST_F(SupervisorTest, AChangeThatDoesNotConcernItLeavesItAlone) {
    supervisor.set({rtu});
    ASSERT_TRUE(is(ProcessView::State::running));
    const pid_t before = pid();
    supervisor.set({rtu, {"other", "iec104-server", {}, false}});
    rtu.service.restart_delay = milliseconds{500};
    supervisor.set({rtu});
    EXPECT_EQ(pid(), before);
}

TEST_F(SupervisorTest, WhatEndsIsStartedAgainEachTimeLater) {
    supervisor.set({rtu});
    ASSERT_TRUE(is(ProcessView::State::running));
    write("deed", "exit 3");
    for (const unsigned starts : {1u, 2u, 3u}) {
        if (starts == 1) ::kill(pid(), SIGKILL);
        ASSERT_TRUE(is(ProcessView::State::waiting)) << starts;
        EXPECT_EQ(supervisor.view("rtu1")->last_end, starts == 1 ? "signal 9" : "exit code 3");
        loop.advance_clock(milliseconds{500} * (1 << (starts - 1)));
        loop.run_until([] { return false; }, milliseconds{20});
        EXPECT_EQ(supervisor.view("rtu1")->starts, starts) << "not yet";
        loop.advance_clock(milliseconds{700} * (1 << (starts - 1)));
        ASSERT_TRUE(becomes([&] { return supervisor.view("rtu1")->starts == starts + 1; })) << starts;
    }
}

TEST_F(SupervisorTest, WithoutRestartItStaysDown) {
    write("deed", "exit 1");
    rtu.service.restart = false;
    supervisor.set({rtu});
    ASSERT_TRUE(is(ProcessView::State::stopped));
    loop.advance_clock(seconds{3600});
    loop.run_until([] { return false; }, milliseconds{20});
    EXPECT_EQ(supervisor.view("rtu1")->starts, 1u);
    EXPECT_EQ(supervisor.view("rtu1")->last_end, "exit code 1");
    supervisor.restart("rtu1");
    EXPECT_TRUE(becomes([this] { return calls().size() == 2; })) << "a person starts it";
}

TEST_F(SupervisorTest, AChangedServiceHoldsFromTheNextEndOn) {
    supervisor.set({rtu});
    ASSERT_TRUE(is(ProcessView::State::running));
    rtu.service.restart_delay = seconds{100};
    supervisor.set({rtu});
    ::kill(pid(), SIGKILL);
    ASSERT_TRUE(is(ProcessView::State::waiting));
    loop.advance_clock(seconds{89});
    loop.run_until([] { return false; }, milliseconds{20});
    EXPECT_EQ(supervisor.view("rtu1")->starts, 1u);
    loop.advance_clock(seconds{22});
    ASSERT_TRUE(becomes([this] { return supervisor.view("rtu1")->starts == 2; }));
    rtu.service.restart = false;
    supervisor.set({rtu});
    ::kill(pid(), SIGKILL);
    EXPECT_TRUE(is(ProcessView::State::stopped));
    rtu.service.restart = true;
    supervisor.set({rtu});
    EXPECT_TRUE(is(ProcessView::State::running)) << "it shall run, and was down";
}

TEST_F(SupervisorTest, WhatWaitsIsNotStartedAfterAPersonStoppedItOrItsRestart) {
    write("deed", "exit 1");
    supervisor.set({rtu});
    ASSERT_TRUE(is(ProcessView::State::waiting));
    rtu.service.restart = false;
    supervisor.set({rtu});
    EXPECT_EQ(supervisor.view("rtu1")->state, ProcessView::State::stopped);
    rtu.service.restart = true;
    supervisor.set({rtu});
    ASSERT_TRUE(is(ProcessView::State::waiting)) << "started, and ended again";
    rtu.stopped = true;
    supervisor.set({rtu});
    EXPECT_FALSE(supervisor.view("rtu1"));
    loop.advance_clock(seconds{3600});
    loop.run_until([] { return false; }, milliseconds{20});
    EXPECT_EQ(calls().size(), 2u);
}

TEST_F(SupervisorTest, AfterAGoodRunTheDelayIsTheFirstAgain) {
    write("deed", "exit 1");
    supervisor.set({rtu});
    for (const int delay : {2, 3, 6}) {
        ASSERT_TRUE(is(ProcessView::State::waiting));
        if (delay == 6) write("deed", "exec sleep 1000");
        loop.advance_clock(seconds{delay});
        ASSERT_TRUE(becomes([&] { return supervisor.view("rtu1")->state != ProcessView::State::waiting; }));
        ASSERT_TRUE(becomes([&] { return delay == 6 || is(ProcessView::State::waiting); }));
    }
    loop.advance_clock(seconds{60});
    ::kill(pid(), SIGKILL);
    ASSERT_TRUE(is(ProcessView::State::waiting));
    loop.advance_clock(milliseconds{1200});
    EXPECT_TRUE(is(ProcessView::State::running)) << "not after eight seconds";
}

TEST_F(SupervisorTest, WithoutPermissionToRunNothingIsRestarted) {
    rtu.stopped = true;
    supervisor.set({rtu});
    EXPECT_FALSE(supervisor.restart("rtu1")) << "a person stopped it";
    EXPECT_FALSE(supervisor.restart("nobody"));
    EXPECT_TRUE(calls().empty());
}

TEST_F(SupervisorTest, TheFirstStartWaitsForItsDelay) {
    rtu.service.start_delay = seconds{5};
    supervisor.set({rtu});
    loop.run_until([] { return false; }, milliseconds{20});
    EXPECT_EQ(supervisor.view("rtu1")->starts, 0u);
    loop.advance_clock(seconds{5});
    EXPECT_TRUE(is(ProcessView::State::running));
}

TEST_F(SupervisorTest, ARestartIsAnotherProcess) {
    supervisor.set({rtu});
    ASSERT_TRUE(is(ProcessView::State::running));
    const pid_t before = pid();
    supervisor.restart("rtu1");
    EXPECT_TRUE(becomes([&] { return supervisor.view("rtu1") && pid() != before && pid() > 0; }));
    EXPECT_NE(::kill(before, 0), 0) << "the old one is gone";
}

TEST_F(SupervisorTest, WhoIgnoresToBeStoppedIsKilled) {
    write("deed", "trap '' TERM; while :; do sleep 0.01; done");
    supervisor.set({rtu});
    ASSERT_TRUE(becomes([this] { return calls().size() == 1; }));
    supervisor.set({});
    loop.run_until([] { return false; }, milliseconds{50});
    EXPECT_TRUE(supervisor.view("rtu1"));
    loop.advance_clock(seconds{5});
    EXPECT_TRUE(becomes([this] { return !supervisor.view("rtu1"); }));
}

TEST_F(SupervisorTest, ALogIsCutBeforeItFillsTheDisk) {
    supervisor.set({rtu});
    ASSERT_TRUE(becomes([this] { return std::filesystem::file_size(supervisor.log_file("rtu1")) == 6; }))
        << "it says nothing more";
    write("rtu1.log", std::string(Supervisor::longest_log + 1, 'x'));
    loop.advance_clock(Supervisor::look_at_logs_every);
    EXPECT_TRUE(becomes([this] { return std::filesystem::file_size(supervisor.log_file("rtu1")) == 0; }));
    EXPECT_EQ(std::filesystem::file_size(folder.path() / "rtu1.log.1"), Supervisor::longest_log + 1);
}

}  // namespace
}  // namespace busbar::manage
