#include "net/event_loop.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "net/timer.hpp"

namespace busbar::net {
namespace {

using namespace std::chrono_literals;

TEST(EventLoop, CallsWhatWasPostedInOrderAndStops) {
    EventLoop loop;
    std::string calls;
    loop.post([&] {
        calls += "a";
        loop.post([&] {
            calls += "c";
            loop.stop();
        });
    });
    loop.post([&] { calls += "b"; });
    loop.run();
    EXPECT_EQ(calls, "abc");
}

TEST(EventLoop, StopsEvenIfToldBeforeItRuns) {
    EventLoop loop;
    loop.stop();
    loop.run();
    loop.post([&] { loop.stop(); });
    loop.run();
}

TEST(EventLoop, IsStoppedAndPostedToFromAnotherThread) {
    EventLoop loop;
    int calls = 0;
    std::thread other([&] {
        for (int i = 0; i < 1000; ++i) loop.post([&] { ++calls; });
        loop.stop();
    });
    loop.run();
    other.join();
    EXPECT_EQ(calls, 1000);
}

TEST(EventLoop, HandsSignalsToTheirHandler) {
    EventLoop loop;
    std::vector<int> signals;
    loop.on_signal({SIGHUP, SIGTERM}, [&](int signal) { signals.push_back(signal); });
    std::raise(SIGHUP);
    EXPECT_TRUE(loop.run_until([&] { return signals.size() == 1; }, 20s));
    std::raise(SIGTERM);
    EXPECT_TRUE(loop.run_until([&] { return signals.size() == 2; }, 20s));
    EXPECT_EQ(signals, (std::vector{SIGHUP, SIGTERM}));
}

TEST(EventLoop, LetsExceptionsOutAndCanRunOn) {
    EventLoop loop;
    loop.post([] { throw std::runtime_error("no"); });
    EXPECT_THROW(loop.run(), std::runtime_error);
    loop.stop();
    loop.run();
}

TEST(EventLoop, PutsBothClocksForward) {
    EventLoop loop;
    const auto steady = loop.now();
    const auto utc = loop.utc_now();
    loop.advance_clock(48h);
    EXPECT_GE(loop.now() - steady, 48h);
    EXPECT_LT(loop.now() - steady, 49h);
    EXPECT_GE(loop.utc_now() - utc, 48h);
}

}  // namespace
}  // namespace busbar::net
