#include "net/connection.hpp"

#include <gtest/gtest.h>

#include "net/net_bench.hpp"
#include "support/sockets.hpp"

namespace busbar::net {
namespace {

TEST(Connection, GivesTheSessionWhatComesAndWritesWhatItSays) {
    ConnectionBench bench;
    bench.script->on_receive = [&](std::string_view text) { bench.script->say("<" + std::string(text) + ">"); };
    bench.peer->send("act");
    ASSERT_TRUE(bench.wait([&] { return bench.peer->received() == "<act>"; }));
    EXPECT_EQ(bench.script->received, "act");
    EXPECT_EQ(bench.connection->counters().octets_read, 3u);
    EXPECT_EQ(bench.connection->counters().octets_written, 5u);
    EXPECT_EQ(bench.connection->counters().reads, 1u);
    EXPECT_EQ(bench.connection->counters().writes, 1u);
    EXPECT_FALSE(bench.script->nested);
}

TEST(Connection, WritesAtOnceWhatTheSessionSaysUnasked) {
    ConnectionBench bench;
    bench.script->say("STARTDT");
    EXPECT_EQ(bench.script->takes, 0);  // never before open() has returned
    EXPECT_TRUE(bench.wait([&] { return bench.peer->received() == "STARTDT"; }));
}

TEST(Connection, GathersTheOutputOfSeveralWakesIntoOneWrite) {
    ConnectionBench bench;
    bench.settle();
    const int takes = bench.script->takes;
    for (const auto* frame : {"a", "b", "c"}) {
        bench.script->say(frame);
        bench.connection->wake();
    }
    EXPECT_EQ(bench.peer->received(), "");
    ASSERT_TRUE(bench.wait([&] { return bench.peer->received() == "abc"; }));
    EXPECT_EQ(bench.connection->counters().writes, 1u);
    EXPECT_EQ(bench.script->takes, takes + 1);
}

TEST(Connection, AsksForOutputOnceEvenIfTheSessionWakesItInItsOwnCallback) {
    ConnectionBench bench;
    bench.settle();
    const int takes = bench.script->takes;
    bench.script->on_receive = [&](std::string_view) { bench.connection->wake(); };
    bench.peer->send("I");
    ASSERT_TRUE(bench.wait([&] { return bench.script->received == "I"; }));
    bench.settle();
    EXPECT_EQ(bench.script->takes, takes + 1);
}

TEST(Connection, WritesNothingThatIsBarredAndEnds) {
    ConnectionBench bench;
    bench.script->say("before");
    ASSERT_TRUE(bench.wait([&] { return bench.peer->received() == "before"; }));
    bench.script->say("after");
    bench.script->barred = "its time is over";
    bench.connection->wake();
    ASSERT_TRUE(bench.wait_until_gone());
    EXPECT_EQ(bench.script->reason, "its time is over");
    EXPECT_EQ(bench.peer->received(), "before");
    EXPECT_TRUE(bench.peer->is_closed());
}

TEST(Connection, DoesNotWriteTheRestOfWhatItHadTakenWhenThatIsBarred) {
    ConnectionBench bench(4096);
    const std::string much(1 << 20, 'x');
    bench.script->say(much);
    bench.connection->wake();
    bench.settle();
    ASSERT_GT(bench.connection->unwritten(), 0u);
    bench.script->barred = "its time is over";
    ASSERT_TRUE(bench.wait([&] { return bench.peer->received().size() > 0 && bench.script->disconnects > 0; }));
    EXPECT_LT(bench.peer->received().size(), much.size());
}

TEST(Connection, LeavesOutputWithTheSessionWhileThePeerDoesNotRead) {
    ConnectionBench bench(4096);
    const std::string much(1 << 20, 'x');
    bench.script->say(much);
    bench.connection->wake();
    bench.settle();
    const int takes = bench.script->takes;
    const auto writes = bench.connection->counters().writes;
    EXPECT_GT(bench.connection->unwritten(), 0u);

    for (int i = 0; i < 10; ++i) {
        bench.script->say("y");
        bench.connection->wake();
        bench.settle();
    }
    EXPECT_EQ(bench.script->takes, takes);
    EXPECT_EQ(bench.connection->counters().writes, writes);
    EXPECT_EQ(bench.script->output.size(), 10u);

    ASSERT_TRUE(bench.wait([&] { return bench.peer->received().size() == much.size() + 10; }));
    EXPECT_EQ(bench.peer->received(), much + "yyyyyyyyyy");
    EXPECT_EQ(bench.connection->unwritten(), 0u);
    EXPECT_FALSE(bench.script->nested);
}

TEST(Connection, StillReadsWhileItCannotWrite) {
    ConnectionBench bench(4096);
    bench.script->say(std::string(1 << 20, 'x'));
    bench.connection->wake();
    bench.settle();
    bench.peer->send("S");
    EXPECT_TRUE(bench.wait([&] { return bench.script->received == "S"; }));
}

TEST(Connection, CallsTheSessionAtItsDeadlineAndWritesWhatItSaysThen) {
    ConnectionBench bench;
    bench.script->deadline = bench.loop.now() + 20h;
    bench.script->on_deadline = [&] { bench.script->say("TESTFR"); };
    bench.settle();
    bench.loop.advance_clock(19h);
    bench.settle();
    EXPECT_EQ(bench.script->deadlines, 0);
    bench.loop.advance_clock(1h);
    EXPECT_TRUE(bench.wait([&] { return bench.peer->received() == "TESTFR"; }));
    EXPECT_EQ(bench.script->deadlines, 1);
}

TEST(Connection, FollowsADeadlineThatMoves) {
    ConnectionBench bench;
    const TimePoint now = bench.loop.now();
    bench.script->deadline = now + 20h;
    bench.settle();
    bench.script->deadline = now + 10h;  // earlier: after a frame
    bench.peer->send("I");
    ASSERT_TRUE(bench.wait([&] { return bench.script->received == "I"; }));
    bench.loop.advance_clock(10h);
    ASSERT_TRUE(bench.wait([&] { return bench.script->deadlines == 1; }));

    bench.script->deadline = now + 20h;
    bench.connection->wake();
    bench.settle();
    bench.script->deadline = now + 30h;  // later: the alarm comes too early and does nothing
    bench.loop.advance_clock(10h);
    bench.settle();
    EXPECT_EQ(bench.script->deadlines, 1);
    bench.loop.advance_clock(10h);
    EXPECT_TRUE(bench.wait([&] { return bench.script->deadlines == 2; }));
}

TEST(Connection, ReadsNothingWhilePaused) {
    ConnectionBench bench;
    bench.connection->pause_reading();
    bench.peer->send("I");
    bench.settle();
    EXPECT_EQ(bench.script->received, "");
    bench.connection->resume_reading();
    EXPECT_TRUE(bench.wait([&] { return bench.script->received == "I"; }));
    bench.peer->send("J");
    EXPECT_TRUE(bench.wait([&] { return bench.script->received == "IJ"; }));
}

TEST(Connection, MayBePausedByTheSessionAndResumedLater) {
    ConnectionBench bench;
    bench.script->on_receive = [&](std::string_view) { bench.connection->pause_reading(); };
    bench.peer->send("I");
    ASSERT_TRUE(bench.wait([&] { return bench.script->received == "I"; }));
    bench.peer->send("J");
    bench.settle();
    EXPECT_EQ(bench.script->received, "I");
    bench.connection->resume_reading();
    bench.connection->resume_reading();
    EXPECT_TRUE(bench.wait([&] { return bench.script->received == "IJ"; }));
}

TEST(Connection, WritesTheLastOutputBeforeItClosesWhenTheSessionIsOver) {
    ConnectionBench bench;
    bench.script->on_receive = [&](std::string_view) {
        bench.script->say("last");
        bench.script->closed = "start octet 67";
    };
    bench.peer->send("\x67");
    ASSERT_TRUE(bench.wait_until_gone());
    EXPECT_EQ(bench.peer->received(), "last");
    EXPECT_TRUE(bench.peer->is_closed());
    EXPECT_EQ(bench.script->reason, "start octet 67");
    EXPECT_EQ(bench.connection, nullptr);
    bench.settle();
    EXPECT_EQ(bench.script->disconnects, 1);
    EXPECT_FALSE(bench.script->nested);
}

TEST(Connection, WaitsForASlowPeerToTakeTheLastOutputButNotForEver) {
    ConnectionBench bench(4096);
    bench.script->say(std::string(1 << 20, 'x'));
    bench.connection->close("stopped");
    bench.script->say("y");
    bench.settle();
    EXPECT_EQ(bench.script->disconnects, 0);
    bench.loop.advance_clock(Connection::closing_limit);
    ASSERT_TRUE(bench.wait_until_gone());
    EXPECT_EQ(bench.script->reason, "stopped");
}

TEST(Connection, ClosesAsSoonAsASlowPeerHasTakenTheLastOutput) {
    ConnectionBench bench(4096);
    bench.script->say(std::string(1 << 20, 'x'));
    bench.connection->close("stopped");
    ASSERT_TRUE(bench.wait([&] { return bench.peer->received().size() >= 1 << 20 && bench.script->disconnects > 0; }));
    EXPECT_EQ(bench.peer->received().size(), std::size_t{1} << 20);
}

TEST(Connection, ClosesInOrderEvenIfThePeerSaidMoreThanWasRead) {
    ConnectionBench bench;
    bench.connection->pause_reading();
    bench.peer->send("never read");
    bench.settle();
    bench.connection->close("stopped");
    ASSERT_TRUE(bench.wait_until_gone());
    std::array<char, 10> buffer{};
    EXPECT_EQ(::recv(bench.peer->descriptor(), buffer.data(), buffer.size(), 0), 0) << "reset instead of an end";
}

TEST(Connection, NeverCallsBackInsideClose) {
    ConnectionBench bench;
    bench.script->on_receive = [&](std::string_view) { bench.connection->close("by the owner"); };
    bench.peer->send("I");
    ASSERT_TRUE(bench.wait_until_gone());
    EXPECT_FALSE(bench.script->nested);
    EXPECT_EQ(bench.script->reason, "by the owner");

    ConnectionBench second;
    second.settle();
    second.connection->close("by the owner");
    second.connection->close("again");
    EXPECT_EQ(second.script->disconnects, 0);
    ASSERT_TRUE(second.wait_until_gone());
    EXPECT_EQ(second.script->reason, "by the owner");
}

TEST(Connection, TellsTheSessionOnceThatThePeerHasGone) {
    ConnectionBench bench;
    bench.peer->send("I");
    bench.peer->close();
    ASSERT_TRUE(bench.wait_until_gone());
    EXPECT_EQ(bench.script->received, "I");
    EXPECT_EQ(bench.script->reason, "closed by the peer");
    bench.settle();
    EXPECT_EQ(bench.script->disconnects, 1);
}

TEST(Connection, StillReadsWhatThePeerSaidBeforeWritingFailed) {
    ConnectionBench bench;
    bench.settle();
    bench.connection->pause_reading();
    bench.peer->send("last words");
    bench.peer->close();
    bench.script->say("I");
    bench.connection->wake();
    ASSERT_TRUE(bench.wait_until_gone());
    EXPECT_EQ(bench.script->received, "last words");
    EXPECT_EQ(bench.script->reason, "Broken pipe");
}

TEST(Connection, MayBeLetGoOfByTheSessionsOwnEnd) {
    ConnectionBench bench;
    bench.script->on_receive = [&](std::string_view) { bench.connection.reset(); };
    bench.peer->send("I");
    ASSERT_TRUE(bench.wait([&] { return bench.peer->is_closed(); }));
    EXPECT_EQ(bench.script->disconnects, 0);  // who lets go does not want to hear of it
}

TEST(Connection, EndsWithTheLoopWhateverIsStillWaiting) {
    auto bench = std::make_unique<ConnectionBench>(4096);
    bench->script->deadline = bench->loop.now() + 1h;
    bench->script->say(std::string(1 << 20, 'x'));
    bench->connection->wake();
    bench->settle();
    bench->connection->wake();
    auto peer = std::move(*bench->peer);
    bench.reset();
    peer.received();
    EXPECT_TRUE(peer.is_closed());
}

TEST(Connection, KeepsNoBufferWhileIdle) {
    ConnectionBench bench;
    bench.script->deadline = bench.loop.now() + 1h;
    bench.script->on_receive = [&](std::string_view) { bench.script->say(std::string(60000, 'x')); };
    bench.peer->send("I");
    ASSERT_TRUE(bench.wait([&] { return bench.peer->received().size() == 60000; }));
    bench.settle();
    if (bench.script->output.capacity() > 0) {  // they exchange their buffers each time: let the connection have it
        bench.connection->wake();
        bench.settle();
    }
    bench.loop.advance_clock(1h);
    ASSERT_TRUE(bench.wait([&] { return bench.script->deadlines == 1; }));
    EXPECT_EQ(bench.script->output.capacity(), 0u);  // what it got in exchange for its own
    bench.script->say("y");
    bench.connection->wake();
    ASSERT_TRUE(bench.wait([&] { return bench.peer->received().size() == 60001; }));
    bench.connection->close("stopped");
    bench.settle();
    EXPECT_EQ(bench.script->reason, "stopped");
}

}  // namespace
}  // namespace busbar::net
