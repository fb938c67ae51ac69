#include "store/requests.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "store_bench.hpp"
#include "support/fault_proxy.hpp"

namespace busbar::store {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Requests, AreHeardFromTheEndAndAnswered) {
    StoreBench bench;
    bench.ask({"XADD", "connectors:c1:requests", "*", "id", "0", "action", "old", "data", ""});
    std::vector<std::string> heard;
    std::optional<Requests> requests;
    requests.emplace(bench.store, "c1", [&](const Request& request) {
        heard.push_back(std::string{request.id} + " " + std::string{request.action} + " " + std::string{request.data});
        requests->reply(request.id, request.action, R"({"ok":true})");
    });
    requests->start();
    ASSERT_TRUE(bench.wait([&] {
        bench.ask({"XADD", "connectors:c1:requests", "*", "id", "1", "action", "reconnect", "data", "{}"});
        bench.pass(20ms);
        return !heard.empty();
    }));
    EXPECT_EQ(heard[0], "1 reconnect {}");
    ASSERT_TRUE(bench.wait([&] { return bench.ask({"XLEN", "connectors:c1:replies"}) != "0"; }));
    EXPECT_THAT(bench.ask({"XRANGE", "connectors:c1:replies", "-", "+"}),
                HasSubstr(R"(id 1 action reconnect data {"ok":true})"));
}

/// A tail of two streams; what it heard as "stream id field=value".
struct TailBench : StoreBench {
    TailBench()
        : tail(loop, options(), {"process:commands", "connectors:c1:requests"},
               {[this](std::string_view stream, StreamId id, EntryFields fields) {
                    auto text = std::string{stream} + " " + to_string(id);
                    for (const auto& [name, value] : fields) text.append(" ").append(name).append("=").append(value);
                    heard.push_back(text);
                },
                [this](const std::string& reason) { states.push_back(reason); }}) {
        tail.start();
    }
    bool is_following() {
        return wait([this] { return !states.empty() && states.back().empty(); });
    }

    std::vector<std::string> heard, states;
    StreamTail tail;
};

TEST(StreamTail, FollowsSeveralStreamsOnOneConnection) {
    TailBench bench;
    ASSERT_TRUE(bench.is_following());
    bench.ask({"XADD", "process:commands", "1-1", "a", "b"});
    ASSERT_TRUE(bench.wait([&] { return bench.heard.size() == 1; }));
    bench.ask({"XADD", "connectors:c1:requests", "2-1", "c", "d", "e", "f"});
    ASSERT_TRUE(bench.wait([&] { return bench.heard.size() == 2; }));
    EXPECT_THAT(bench.heard, ElementsAre("process:commands 1-1 a=b", "connectors:c1:requests 2-1 c=d e=f"));
}

TEST(StreamTail, WhatCameWhileTheConnectionWasAwayIsNotHandedOn) {
    TailBench bench;
    ASSERT_TRUE(bench.is_following());
    bench.server.kill();
    ASSERT_TRUE(bench.wait([&] { return !bench.states.back().empty(); }));
    bench.server.start();
    bench.ask({"XADD", "process:commands", "*", "a", "backlog"});
    ASSERT_TRUE(bench.is_following());
    EXPECT_THAT(bench.heard, IsEmpty());
    bench.ask({"XADD", "process:commands", "9999999999999-1", "a", "new"});
    ASSERT_TRUE(bench.wait([&] { return !bench.heard.empty(); }));
    EXPECT_THAT(bench.heard, ElementsAre("process:commands 9999999999999-1 a=new"));
}

TEST(StreamTail, AStreamThatBeginsAgainIsFollowedAgain) {
    TailBench bench;
    bench.ask({"XADD", "process:commands", "500-0", "a", "b"});
    ASSERT_TRUE(bench.is_following());
    bench.ask({"DEL", "process:commands"});
    bench.ask({"XADD", "process:commands", "100-0", "a", "not this, nobody was there"});
    int next = 200;
    ASSERT_TRUE(bench.wait([&] {  // a read of the tail waits for 2 s in the store before it notices
        bench.ask({"XADD", "process:commands", std::to_string(next++) + "-0", "a", "this"});
        bench.pass(50ms);
        return !bench.heard.empty();
    }));
    EXPECT_THAT(bench.heard[0], EndsWith("-0 a=this"));
}

TEST(StreamTail, AnEntryThatComesJustAfterAnEmptyReadIsNotPassedOver) {
    StoreBench bench;
    tests::FaultProxy proxy{"127.0.0.1:0", bench.server.socket_path()};
    ASSERT_EQ(proxy.tell("replace XREAD 1 *-1"), "ok");  // the first read says: nothing
    ClientOptions options;
    options.address.host = "127.0.0.1";
    options.address.port = proxy.port();
    bool follows = false;
    int heard = 0;
    StreamTail tail{bench.loop,
                    options,
                    {"process:commands"},
                    {[&](std::string_view, StreamId, EntryFields) { ++heard; },
                     [&](const std::string& reason) { follows = reason.empty(); }}};
    tail.start();
    ASSERT_TRUE(bench.wait([&] { return follows; }));
    bench.ask({"XADD", "process:commands", "*", "a", "b"});
    ASSERT_TRUE(bench.wait([&] { return heard > 0; }));
    EXPECT_EQ(heard, 1);
}

TEST(StreamTail, AKeyThatIsNoStreamIsReportedAndTriedAgain) {
    TailBench bench;
    bench.ask({"SET", "process:commands", "x"});
    ASSERT_TRUE(bench.wait([&] { return !bench.states.empty() && !bench.states.back().empty(); }));
    EXPECT_THAT(bench.states.back(), HasSubstr("WRONGTYPE"));
    bench.ask({"DEL", "process:commands"});
    bench.loop.advance_clock(1s);
    EXPECT_TRUE(bench.is_following());
}

}  // namespace
}  // namespace busbar::store
