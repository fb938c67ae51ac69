#include <gtest/gtest.h>

#include "store/client_bench.hpp"
#include "support/fault_proxy.hpp"

namespace busbar::store {
namespace {

/// Client, fault proxy, store.
struct FaultBench {
    std::string ask(std::initializer_list<std::string_view> words) { return bench.ask(words); }

    tests::RedisServer server;
    std::string path = (server.folder() / "proxy.sock").string();
    tests::FaultProxy proxy{path, server.socket_path()};
    ClientBench bench{ClientOptions{.address = {.path = path}}};
};

TEST(ClientBehindFaults, ReadsHalfRepliesAsWholeOnes) {
    FaultBench fault;
    ASSERT_TRUE(fault.bench.wait_until_up());
    ASSERT_EQ(fault.proxy.tell("halve-replies 0.005"), "ok");
    EXPECT_EQ(fault.ask({"ECHO", "1234567890"}), "\"1234567890\"");
    EXPECT_EQ(fault.ask({"MGET", "a", "b", "c"}), "[nil, nil, nil]");
}

TEST(ClientBehindFaults, HearsTheErrorThatReplacesAReply) {
    FaultBench fault;
    ASSERT_TRUE(fault.bench.wait_until_up());
    ASSERT_EQ(fault.proxy.tell("replace SET 2 -OOM command not allowed when used memory > 'maxmemory'."), "ok");
    EXPECT_EQ(fault.ask({"SET", "a", "1"}), "+OK");
    EXPECT_EQ(fault.ask({"GET", "a"}), "\"1\"");
    EXPECT_EQ(fault.ask({"set", "a", "2"}), "-OOM command not allowed when used memory > 'maxmemory'.");
    EXPECT_EQ(fault.ask({"SET", "a", "3"}), "+OK");
    ASSERT_EQ(fault.proxy.tell("replace SET all -READONLY You can't write against a read only replica."), "ok");
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(fault.ask({"SET", "a", "4"}).starts_with("-READONLY"));
    ASSERT_EQ(fault.proxy.tell("normal"), "ok");
    EXPECT_EQ(fault.ask({"SET", "a", "5"}), "+OK");
}

TEST(ClientBehindFaults, DoesNotKnowWhatBecameOfACommandThatWasResetBeforeItsReply) {
    FaultBench fault;
    ASSERT_TRUE(fault.bench.wait_until_up());
    ASSERT_EQ(fault.proxy.tell("reset-before-reply XADD 1"), "ok");
    std::string batch_result;
    auto& buffer = fault.bench.client.buffer();
    for (const std::vector<std::string_view>& words :
         {std::vector<std::string_view>{"SET", "a", "1"}, {"XADD", "s", "*", "data", "1"}, {"SET", "b", "1"}}) {
        buffer.command(words);
    }
    fault.bench.client.submit(3, [&](const Batch& batch) {
        batch_result = std::to_string(batch.good) + " good " + std::to_string(batch.lost) + " lost";
    });
    ASSERT_TRUE(fault.bench.wait([&] { return !batch_result.empty(); }));
    EXPECT_TRUE(batch_result == "1 good 2 lost" || batch_result == "0 good 3 lost") << batch_result;
    EXPECT_EQ(fault.server.ask({"XLEN", "s"}), "1");
    EXPECT_TRUE(fault.bench.wait_until_up());
}

TEST(ClientBehindFaults, ComesBackAfterAResetAndACutInTheMiddleOfAReply) {
    FaultBench fault;
    ASSERT_TRUE(fault.bench.wait_until_up());
    ASSERT_EQ(fault.proxy.tell("reset"), "ok");
    ASSERT_TRUE(fault.bench.wait([&] { return !fault.bench.client.is_up(); }));
    ASSERT_TRUE(fault.bench.wait_until_up());
    ASSERT_EQ(fault.proxy.tell("cut-replies-after 7"), "ok");
    EXPECT_EQ(fault.ask({"ECHO", "1234567890"}), "lost(closed by the peer)");
    ASSERT_TRUE(fault.bench.wait_until_up());
    EXPECT_EQ(fault.ask({"ECHO", "1234567890"}), "\"1234567890\"");
}

TEST(ClientBehindFaults, WaitsForALateAnswerAsLongAsItMay) {
    FaultBench fault;
    ASSERT_TRUE(fault.bench.wait_until_up());
    ASSERT_EQ(fault.proxy.tell("delay 0.05"), "ok");
    EXPECT_EQ(fault.ask({"PING"}), "+PONG");
    ASSERT_EQ(fault.proxy.tell("stall"), "ok");
    std::string answer;
    fault.bench.client.command({"PING"}, [&](const Reply& reply) { answer = to_text(reply); });
    fault.bench.loop.run_until([] { return false; }, 20ms);
    EXPECT_EQ(answer, "");
    fault.bench.loop.advance_clock(10s);
    ASSERT_TRUE(fault.bench.wait([&] { return !answer.empty(); }));
    EXPECT_EQ(answer, "lost(the store has not answered for 10000 ms)");
    ASSERT_EQ(fault.proxy.tell("normal"), "ok");
    EXPECT_TRUE(fault.bench.wait_until_up());
}

TEST(ClientBehindFaults, LeavesWhatAFrozenStoreDoesNotTakeToBeBounded) {
    FaultBench fault;
    ASSERT_TRUE(fault.bench.wait_until_up());
    fault.server.freeze();
    const std::string value(10000, 'x');
    for (int i = 0; i < 1000; ++i) {
        fault.bench.client.buffer().command(std::vector<std::string_view>{"SET", "a", value});
        fault.bench.client.submit(1, [](const Batch&) {});
    }
    EXPECT_EQ(fault.bench.client.pending_replies(), 1000u);
    EXPECT_GT(fault.bench.client.pending_octets(), 10000000u);
    fault.server.thaw();
    EXPECT_TRUE(fault.bench.wait([&] { return fault.bench.client.pending_octets() == 0; }));
}

TEST(FaultProxy, SaysWhatIsWrongWithACommand) {
    const tests::TemporaryFolder folder;
    tests::FaultProxy proxy((folder.path() / "a").string(), (folder.path() / "b").string());
    EXPECT_EQ(proxy.tell("explode"), "unknown command");
    EXPECT_EQ(proxy.tell("delay soon"), "a number is missing");
    EXPECT_EQ(proxy.tell("replace XADD"), "expected: COMMAND N|all");
    EXPECT_EQ(proxy.tell("replace XADD 1"), "expected: a reply like -OOM command not allowed");
    EXPECT_EQ(proxy.tell("count"), "connections 0 accepted 0 requests 0 replies 0");
}

}  // namespace
}  // namespace busbar::store
