#include <gtest/gtest.h>

#include <vector>

#include "store/client/resp_session.hpp"
#include "store/resp_text.hpp"

namespace busbar::store {
namespace {

using namespace std::chrono_literals;

/// A session on a virtual clock; what its handlers hear stands in `heard`.
struct SessionBench {
    explicit SessionBench(ClientOptions options = {})
        : session(
              options,
              [this](const std::string& reason, AnswerQueue waiting) {
                  heard.push_back("down");
                  waiting.lose_all(reason);
              },
              now) {}

    ReplyHandler hear(const std::string& name) {
        return [this, name](const Reply& reply) { heard.push_back(name + " " + to_text(reply)); };
    }
    BatchHandler hear_batch(const std::string& name) {
        return [this, name](const Batch& batch) {
            std::string text = name + " good " + std::to_string(batch.good) + " failed " +
                               std::to_string(batch.failed) + " lost " + std::to_string(batch.lost);
            for (const auto& failure : batch.failures) text += " " + std::to_string(failure.index) + ":" + failure.text;
            heard.push_back(text);
        };
    }
    void ask(std::string_view command, const std::string& name) {
        session.commands().raw(command);
        session.expect(hear(name), now);
    }
    void receive(std::string_view resp) { session.receive(octets(resp), now); }
    std::string sent() {
        OctetBuffer output;
        session.take_output(output, now);
        return text(output);
    }
    void advance(Duration by) {
        now += by;
        if (const auto deadline = session.next_deadline(); deadline && *deadline <= now) session.on_deadline(now);
    }
    std::vector<std::string> take_heard() { return std::exchange(heard, {}); }

    TimePoint now{1h};
    std::vector<std::string> heard;
    RespSession session;
};

using Heard = std::vector<std::string>;

TEST(RespSession, AnswersInTheOrderOfTheCommands) {
    SessionBench bench;
    bench.ask("GET a", "a");
    bench.ask("GET b", "b");
    EXPECT_EQ(bench.sent(), "GET aGET b");
    EXPECT_EQ(bench.sent(), "");
    bench.receive("$1\r\n1\r\n-ERR");
    EXPECT_EQ(bench.take_heard(), Heard{"a \"1\""});
    bench.receive(" no\r\n");
    EXPECT_EQ(bench.take_heard(), Heard{"b -ERR no"});
}

TEST(RespSession, TellsABatchOnceAndWhichCommandsFailed) {
    SessionBench bench;
    bench.session.commands().raw("five commands");
    bench.session.expect(5, bench.hear_batch("batch"), bench.now);
    bench.ask("GET a", "a");
    bench.receive("+OK\r\n-OOM no\r\n$3\r\n1-0\r\n-WRONGTYPE\r\n");
    EXPECT_EQ(bench.take_heard(), Heard{});
    bench.receive("+OK\r\n:1\r\n");
    EXPECT_EQ(bench.take_heard(), (Heard{"batch good 3 failed 2 lost 0 1:OOM no 3:WRONGTYPE", "a 1"}));
    bench.session.expect(1, bench.hear_batch("next"), bench.now);
    bench.receive("+OK\r\n");
    EXPECT_EQ(bench.take_heard(), Heard{"next good 1 failed 0 lost 0"});
}

TEST(RespSession, KeepsABoundedNumberOfFailuresAndCountsAll) {
    SessionBench bench;
    std::size_t kept = 0, failed = 0;
    bench.session.expect(
        1000, [&](const Batch& batch) { kept = batch.failures.size(), failed = batch.failed; }, bench.now);
    for (int i = 0; i < 1000; ++i) bench.receive("-OOM no\r\n");
    EXPECT_EQ(kept, Batch::failures_kept);
    EXPECT_EQ(failed, 1000u);
}

TEST(RespSession, CountsWhatIsUnderWayUntilItIsAnswered) {
    SessionBench bench;
    bench.session.commands().raw("0123456789");
    bench.session.expect(2, bench.hear_batch("batch"), bench.now);
    bench.sent();
    bench.ask("01234", "a");
    EXPECT_EQ(bench.session.answers().replies(), 3u);
    EXPECT_EQ(bench.session.answers().octets(), 15u);
    bench.receive("+OK\r\n");
    EXPECT_EQ(bench.session.answers().replies(), 2u);
    EXPECT_EQ(bench.session.answers().octets(), 15u);
    bench.receive("+OK\r\n");
    EXPECT_EQ(bench.session.answers().replies(), 1u);
    EXPECT_EQ(bench.session.answers().octets(), 5u);
    bench.receive("+OK\r\n");
    EXPECT_EQ(bench.session.answers().octets(), 0u);
}

TEST(RespSession, TellsEveryoneWhoWaitsThatTheAnswerIsLost) {
    SessionBench bench;
    bench.session.expect(3, bench.hear_batch("batch"), bench.now);
    bench.ask("GET a", "a");
    bench.receive("+OK\r\n-OOM\r\n");
    bench.session.disconnected("Connection reset by peer", bench.now);
    EXPECT_EQ(bench.take_heard(),
              (Heard{"down", "batch good 1 failed 1 lost 1 1:OOM", "a lost(Connection reset by peer)"}));
    EXPECT_EQ(bench.session.answers().replies(), 0u);
}

TEST(RespSession, ClosesWhenTheOldestCommandIsNotAnsweredInTime) {
    SessionBench bench({.answer_limit = 10s});
    EXPECT_EQ(bench.session.next_deadline(), std::nullopt);
    bench.ask("GET a", "a");
    bench.advance(6s);
    bench.ask("GET b", "b");
    bench.receive("+OK\r\n");  // a; b waits since 6 s
    bench.advance(9s);
    EXPECT_FALSE(bench.session.closed());
    bench.advance(1s);
    EXPECT_EQ(bench.session.closed(), "the store has not answered for 10000 ms");
}

TEST(RespSession, WaitsForEverWithoutALimit) {
    SessionBench bench({.answer_limit = 0s});
    bench.ask("XREAD BLOCK 0", "entries");
    EXPECT_EQ(bench.session.next_deadline(), std::nullopt);
}

TEST(RespSession, PingsWhenTheStoreHasBeenSilent) {
    SessionBench bench({.answer_limit = 10s, .ping_every = 60s});
    bench.advance(59s);
    EXPECT_EQ(bench.sent(), "");
    bench.advance(1s);
    EXPECT_EQ(bench.sent(), "*1\r\n$4\r\nPING\r\n");
    bench.receive("+PONG\r\n");
    bench.advance(59s);
    EXPECT_EQ(bench.sent(), "");
    bench.advance(1s);
    EXPECT_NE(bench.sent(), "");
    bench.advance(10s);
    EXPECT_TRUE(bench.session.closed());
}

TEST(RespSession, ClosesOnAnswersThatMakeNoSenseOrWereNotAskedFor) {
    SessionBench bench;
    bench.ask("GET a", "a");
    bench.receive("what?\r\n");
    EXPECT_TRUE(bench.session.closed()->starts_with("the store's answer makes no sense"));
    EXPECT_EQ(bench.take_heard(), Heard{});

    SessionBench unasked;
    unasked.receive("-ERR max number of clients reached\r\n+OK\r\n");
    EXPECT_EQ(unasked.session.closed(), "the store answers what was not asked: ERR max number of clients reached");
}

struct PushBench : SessionBench {
    explicit PushBench(ClientOptions options = {}) : SessionBench(options) {
        session.commands().raw("SUBSCRIBE a");
        session.push_to([this](const Push& push) {
            const char* kinds[] = {"subscribed", "message", "failed"};
            heard.push_back(std::string(kinds[static_cast<int>(push.kind)]) + " " + std::string(push.channel) + "|" +
                            std::string(push.payload) + "|" + std::string(push.pattern));
        });
        EXPECT_EQ(sent(), "SUBSCRIBE a");
    }
};

TEST(RespSession, PushesMessagesToASubscriber) {
    PushBench bench;
    bench.receive("*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n*3\r\n$10\r\npsubscribe\r\n$2\r\nb*\r\n:2\r\n");
    bench.receive("*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$3\r\none\r\n");
    bench.receive("*4\r\n$8\r\npmessage\r\n$2\r\nb*\r\n$2\r\nb1\r\n$3\r\ntwo\r\n");
    bench.receive("-NOPERM no channel\r\n");
    EXPECT_EQ(bench.take_heard(), (Heard{"subscribed a||", "subscribed b*||", "message a|one|", "message b1|two|b*",
                                         "failed |NOPERM no channel|"}));
    EXPECT_FALSE(bench.session.closed());
}

TEST(RespSession, FindsADeadLineOfASubscriberByPing) {
    PushBench bench({.answer_limit = 10s, .ping_every = 30s});
    bench.receive("*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n");
    bench.advance(30s);
    EXPECT_EQ(bench.sent(), "*1\r\n$4\r\nPING\r\n");
    bench.receive("*2\r\n$4\r\npong\r\n$0\r\n\r\n");
    bench.advance(30s);
    bench.receive("*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$3\r\none\r\n");
    bench.advance(10s);
    EXPECT_EQ(bench.session.closed(), "the store has not answered for 10000 ms");
}

TEST(RespSession, IsSilentOnceItIsAbandonedEvenInTheMiddleOfAnswers) {
    SessionBench bench;
    bench.session.expect(
        [&](const Reply&) {
            bench.heard.push_back("first");
            bench.session.abandon();
        },
        bench.now);
    bench.ask("GET b", "b");
    bench.receive("+OK\r\n+OK\r\n");
    bench.receive("+OK\r\n");
    bench.session.disconnected("gone", bench.now);
    EXPECT_EQ(bench.take_heard(), Heard{"first"});
    EXPECT_FALSE(bench.session.closed());
}

TEST(RespSession, TakesNewCommandsFromItsHandlers) {
    SessionBench bench;
    bench.session.expect([&](const Reply&) { bench.ask("GET b", "b"); }, bench.now);
    bench.receive("+OK\r\n");
    EXPECT_EQ(bench.sent(), "GET b");
    bench.receive(":2\r\n");
    EXPECT_EQ(bench.take_heard(), Heard{"b 2"});
}

}  // namespace
}  // namespace busbar::store
