#include "net/timer.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "net/event_loop.hpp"

namespace busbar::net {
namespace {

using namespace std::chrono_literals;

/// Hours pass at once; what falls due is called.
struct TimerBench {
    void advance(Duration by) {
        loop.advance_clock(by);
        bool reached = false;
        loop.post([&] { reached = true; });
        loop.run_until([&] { return reached; }, 20s);
    }
    EventLoop loop;
    std::string calls;
};

TEST(Timer, CallsInTheOrderOfTime) {
    TimerBench bench;
    Timer late(bench.loop), early(bench.loop), also_early(bench.loop);
    const TimePoint now = bench.loop.now();
    late.at(now + 3h, [&] { bench.calls += "c"; });
    early.at(now + 1h, [&] { bench.calls += "a"; });
    also_early.at(now + 1h, [&] { bench.calls += "b"; });
    bench.advance(59min);
    EXPECT_EQ(bench.calls, "");
    bench.advance(1min);
    EXPECT_EQ(bench.calls, "ab");
    EXPECT_FALSE(early.is_running());
    EXPECT_TRUE(late.is_running());
    bench.advance(2h);
    EXPECT_EQ(bench.calls, "abc");
}

TEST(Timer, ComesWithoutHelpWhenItsTimeHasCome) {
    EventLoop loop;
    loop.advance_clock(1h);
    std::string calls;
    Timer first(loop), second(loop), later(loop);
    later.after(1h, [] {});
    second.after(2ms, [&] { calls += "b"; });
    first.after(1ms, [&] { calls += "a"; });
    EXPECT_TRUE(loop.run_until([&] { return calls == "ab"; }, 20s));
}

TEST(Timer, CallsRegularlyAndDoesNotMakeUpForWhatWasMissed) {
    TimerBench bench;
    Timer timer(bench.loop);
    timer.every(1h, [&] { bench.calls += "x"; });
    bench.advance(1h);
    bench.advance(1h);
    EXPECT_EQ(bench.calls, "xx");
    bench.advance(10h);
    bench.advance(0h);
    EXPECT_EQ(bench.calls.size(), 3u);
    bench.advance(2h);
    EXPECT_EQ(bench.calls.size(), 4u);
}

TEST(Timer, IsSilentAfterCancelNewStartAndDestruction) {
    TimerBench bench;
    Timer cancelled(bench.loop), restarted(bench.loop);
    auto destroyed = std::make_unique<Timer>(bench.loop);
    cancelled.after(1h, [&] { bench.calls += "cancelled"; });
    restarted.after(1h, [&] { bench.calls += "old"; });
    destroyed->after(1h, [&] { bench.calls += "destroyed"; });
    cancelled.cancel();
    restarted.after(2h, [&] { bench.calls += "new"; });
    destroyed.reset();
    bench.advance(3h);
    EXPECT_EQ(bench.calls, "new");
}

TEST(Timer, IsSilentWhenCancelledByAnotherThatIsDueAtTheSameTime) {
    TimerBench bench;
    Timer first(bench.loop), second(bench.loop);
    first.after(1h, [&] { second.cancel(); });
    second.after(1h, [&] { bench.calls += "second"; });
    bench.advance(2h);
    EXPECT_EQ(bench.calls, "");
}

TEST(Timer, MayBeStartedOrDestroyedByItsOwnFunction) {
    TimerBench bench;
    Timer once(bench.loop), regular(bench.loop), changed(bench.loop);
    auto doomed = std::make_unique<Timer>(bench.loop);
    once.after(1h, [&] {
        bench.calls += "a";
        once.after(1h, [&] { bench.calls += "b"; });
    });
    regular.every(1h, [&] {
        bench.calls += "r";
        regular.cancel();
    });
    changed.every(1h, [&] {
        bench.calls += "c";
        changed.every(1h, [&] { bench.calls += "C"; });
    });
    std::string kept(100, 'd');
    doomed->every(1h, [&, kept] {
        doomed.reset();
        bench.calls += kept[0];
    });
    bench.advance(1h);
    EXPECT_EQ(bench.calls, "arcd");
    bench.advance(1h);
    EXPECT_EQ(bench.calls, "arcdbC");
    bench.advance(1h);
    EXPECT_EQ(bench.calls, "arcdbCC");
    EXPECT_FALSE(regular.is_running());
}

}  // namespace
}  // namespace busbar::net
