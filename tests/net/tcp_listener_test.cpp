#include "net/tcp_listener.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>

#include <fstream>
#include <vector>

#include "net/net_bench.hpp"
#include "support/sockets.hpp"

namespace busbar::net {
namespace {

/// A listener on a free port whose sessions say "hello" and answer what they hear.
struct ListenerBench {
    ListenerBench()
        : listener(
              loop, [this](const PeerAddress& peer, Connection&) { return accept(peer); }, refused()) {
        EXPECT_TRUE(listener.open("127.0.0.1", 0));
    }

    std::unique_ptr<Session> accept(const PeerAddress& peer) {
        if (refuse_all) return nullptr;
        peers.push_back(peer);
        auto script = std::make_shared<Script>();
        script->say("hello");
        scripts.push_back(script);
        return std::make_unique<ScriptedSession>(script);
    }
    TcpListener::OnRefused refused() {
        return [this](const PeerAddress&, Refusal why, std::uint64_t untold) { told.emplace_back(why, untold); };
    }
    Peer connect() { return Peer(tests::connect_to("127.0.0.1:" + std::to_string(listener.port()))); }
    [[nodiscard]] bool wait(const std::function<bool()>& done) { return loop.run_until(done, patience); }
    std::uint64_t refusals(Refusal why) const { return listener.counters().refused[static_cast<std::size_t>(why)]; }

    EventLoop loop;
    bool refuse_all = false;
    std::vector<PeerAddress> peers;
    std::vector<std::shared_ptr<Script>> scripts;
    std::vector<std::pair<Refusal, std::uint64_t>> told;
    TcpListener listener;
};

std::size_t memory_in_use() {
    std::ifstream file("/proc/self/statm");
    std::size_t pages = 0;
    file >> pages >> pages;
    return pages * 4096;
}

TEST(TcpListener, AcceptsOnThePortItHasChosenAndSaysWhoCame) {
    ListenerBench bench;
    ASSERT_NE(bench.listener.port(), 0);
    Peer peer = bench.connect();
    ASSERT_TRUE(bench.wait([&] { return peer.received() == "hello"; }));
    EXPECT_EQ(bench.peers.at(0), (PeerAddress{IpAddress::v4({127, 0, 0, 1}), tests::local_port(peer.descriptor())}));
    EXPECT_EQ(bench.listener.connections(), 1u);
    peer.close();
    ASSERT_TRUE(bench.wait([&] { return bench.listener.connections() == 0; }));
    EXPECT_EQ(bench.scripts.at(0)->disconnects, 1);
}

TEST(TcpListener, TakesBothFamiliesOnTheIpv6Wildcard) {
    ListenerBench bench;
    if (const auto opened = bench.listener.open("::", 0); !opened) GTEST_SKIP() << opened.error().what;
    Peer peer = bench.connect();
    ASSERT_TRUE(bench.wait([&] { return peer.received() == "hello"; }));
    EXPECT_EQ(bench.peers.at(0).address.to_string(), "127.0.0.1");
}

TEST(TcpListener, SaysWhyItCannotListen) {
    ListenerBench bench;
    TcpListener second(bench.loop, [](const PeerAddress&, Connection&) { return nullptr; });
    const auto taken = second.open("127.0.0.1", bench.listener.port());
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().what, "127.0.0.1:" + std::to_string(bench.listener.port()) + ": Address already in use");
    EXPECT_FALSE(second.open("192.0.2.1", 0));  // not ours
    const std::string no_name(70, 'x');         // longer than a label may be: refused without asking a server
    const auto unknown = second.open(no_name, 0);
    ASSERT_FALSE(unknown);
    EXPECT_TRUE(unknown.error().what.starts_with(no_name + ": ")) << unknown.error().what;
    EXPECT_EQ(second.port(), 0);
    EXPECT_TRUE(second.open("127.0.0.1", 0));
}

TEST(TcpListener, ListensAtOnceOnAPortThatWasJustInUse) {
    ListenerBench bench;
    Peer peer = bench.connect();
    ASSERT_TRUE(bench.wait([&] { return peer.received() == "hello"; }));
    const auto port = bench.listener.port();
    bench.listener.close_connections("restart");
    ASSERT_TRUE(bench.wait([&] { return bench.listener.connections() == 0; }));
    EXPECT_TRUE(bench.listener.open("127.0.0.1", port));
    EXPECT_EQ(bench.listener.port(), port);
}

TEST(TcpListener, KeepsConnectionsWhenItCloses) {
    ListenerBench bench;
    Peer peer = bench.connect();
    ASSERT_TRUE(bench.wait([&] { return peer.received() == "hello"; }));
    const auto address = "127.0.0.1:" + std::to_string(bench.listener.port());
    bench.listener.close();
    EXPECT_THROW(tests::connect_to(address), std::runtime_error);
    peer.send("still there");
    EXPECT_TRUE(bench.wait([&] { return bench.scripts.at(0)->received == "still there"; }));
}

TEST(TcpListener, Case40_ClosesWhoIsNotAllowedBeforeAnyOctet) {
    ListenerBench bench;
    bench.listener.set_limits({.allowed = AllowList::parse({"10.1.0.0/16"}).value()});
    Peer peer = bench.connect();
    ASSERT_TRUE(bench.wait([&] { return bench.refusals(Refusal::not_allowed) == 1; }));
    EXPECT_TRUE(peer.is_closed());
    EXPECT_EQ(peer.received(), "");
    EXPECT_TRUE(bench.peers.empty());

    bench.listener.set_limits({.allowed = AllowList::parse({"127.0.0.1"}).value()});
    Peer allowed = bench.connect();
    EXPECT_TRUE(bench.wait([&] { return allowed.received() == "hello"; }));
}

TEST(TcpListener, ClosesWhomTheOwnerRefusesBeforeAnyOctet) {
    ListenerBench bench;
    bench.listener.set_limits({.connections = 1});
    bench.refuse_all = true;
    Peer peer = bench.connect();
    ASSERT_TRUE(bench.wait([&] { return peer.is_closed(); }));
    EXPECT_EQ(bench.refusals(Refusal::by_owner), 1u);
    bench.refuse_all = false;  // the place is free again
    Peer welcome = bench.connect();
    EXPECT_TRUE(bench.wait([&] { return welcome.received() == "hello"; }));
}

TEST(TcpListener, Case39_HoldsItsLimitWhen1000ConnectAndStay) {
    ListenerBench bench;
    bench.listener.set_limits({.connections = 5});
    std::vector<Peer> crowd;
    for (int i = 0; i < 1000; ++i) {
        crowd.push_back(bench.connect());
        ASSERT_TRUE(bench.wait([&] { return bench.peers.size() + bench.refusals(Refusal::full) == crowd.size(); }));
    }
    EXPECT_EQ(bench.listener.connections(), 5u);
    EXPECT_EQ(bench.refusals(Refusal::full), 995u);
    EXPECT_TRUE(crowd.back().is_closed());
    EXPECT_FALSE(crowd.front().is_closed());

    crowd.front().close();
    ASSERT_TRUE(bench.wait([&] { return bench.listener.connections() == 4; }));
    Peer next = bench.connect();
    EXPECT_TRUE(bench.wait([&] { return next.received() == "hello"; }));
}

TEST(TcpListener, TellsOfRefusalsOnceASecondAndHowManyItDidNotTell) {
    ListenerBench bench;
    bench.listener.set_limits({.allowed = AllowList::parse({"10.1.0.7"}).value()});
    for (std::uint64_t i = 1; i <= 10; ++i) {
        Peer peer = bench.connect();
        ASSERT_TRUE(bench.wait([&] { return bench.refusals(Refusal::not_allowed) == i; }));
    }
    EXPECT_EQ(bench.told.size(), 1u);
    bench.loop.advance_clock(1s);
    const Peer second = bench.connect();
    ASSERT_TRUE(bench.wait([&] { return bench.told.size() == 2; }));
    bench.loop.advance_clock(1s);
    const Peer third = bench.connect();
    ASSERT_TRUE(bench.wait([&] { return bench.told.size() == 3; }));
    EXPECT_EQ(bench.told.at(0), std::pair(Refusal::not_allowed, std::uint64_t{0}));
    EXPECT_EQ(bench.told.at(1), std::pair(Refusal::not_allowed, std::uint64_t{9}));
    EXPECT_EQ(bench.told.at(2), std::pair(Refusal::not_allowed, std::uint64_t{0}));
}

TEST(TcpListener, Case39_UsesNoMoreMemoryWhen10000ConnectAndLeave) {
    ListenerBench bench;
    std::size_t before = 0;
    for (int i = 0; i < 10000; ++i) {
        Peer peer = bench.connect();
        ASSERT_TRUE(bench.wait([&] { return bench.peers.size() == 1; }));
        peer.send("\x68garbage");
        tests::reset_connection(peer.release());
        ASSERT_TRUE(bench.wait([&] { return bench.listener.connections() == 0; }));
        bench.peers.clear();
        bench.scripts.clear();
        if (i == 2000) before = memory_in_use();
    }
    EXPECT_EQ(bench.listener.counters().accepted, 10000u);
    // Sanitizers keep freed memory for a while (256 MB at most); nothing else may grow.
#ifndef __SANITIZE_ADDRESS__
    EXPECT_LT(memory_in_use(), before + (std::size_t{1} << 20));
#else
    EXPECT_GT(before, 0u);
#endif
}

TEST(TcpListener, NeedsLittleMemoryForAnIdleConnection) {
    ListenerBench bench;
    std::vector<Peer> crowd;
    const auto grow_to = [&](std::size_t size) {
        while (crowd.size() < size) {
            crowd.push_back(bench.connect());
            ASSERT_TRUE(bench.wait([&] { return crowd.back().received() == "hello"; }));
        }
    };
    grow_to(20);
    const std::size_t before = memory_in_use();
    grow_to(420);
#ifndef __SANITIZE_ADDRESS__
    EXPECT_LT(memory_in_use(), before + 400 * 4096);
#else
    EXPECT_GT(before, 0u);
#endif
}

/// Uses up all file descriptors for as long as it lives.
class NoDescriptorsLeft {
public:
    NoDescriptorsLeft() {
        ::getrlimit(RLIMIT_NOFILE, &usual_);
        const int next = ::dup(0);
        ::close(next);
        const rlimit none{static_cast<rlim_t>(next), usual_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &none);
    }
    ~NoDescriptorsLeft() { ::setrlimit(RLIMIT_NOFILE, &usual_); }

private:
    rlimit usual_{};
};

TEST(TcpListener, WaitsForFileDescriptorsWithoutSpinningOrLosingTheCaller) {
    ListenerBench bench;
    // The sanitizer looks at memory through a pipe when it meets a type for the first time: let it meet them before.
    Peer earlier = bench.connect();
    ASSERT_TRUE(bench.wait([&] { return earlier.received() == "hello"; }));
    Peer peer = bench.connect();
    {
        const NoDescriptorsLeft scarcity;
        ASSERT_TRUE(bench.wait([&] { return bench.listener.counters().accept_errors == 1; }));
        bench.loop.run_until([] { return false; }, 20ms);
        EXPECT_LE(bench.listener.counters().accept_errors, 2u);
        bench.loop.advance_clock(1s);
        ASSERT_TRUE(bench.wait([&] { return bench.listener.counters().accept_errors >= 2; }));
    }
    bench.loop.advance_clock(1s);
    EXPECT_TRUE(bench.wait([&] { return peer.received() == "hello"; }));
}

TEST(TcpListener, ClosesAllConnectionsWithAReason) {
    ListenerBench bench;
    Peer first = bench.connect(), second = bench.connect();
    ASSERT_TRUE(bench.wait([&] { return bench.listener.connections() == 2; }));
    bench.listener.close_connections("stopped");
    ASSERT_TRUE(bench.wait([&] { return bench.listener.connections() == 0; }));
    for (const auto& script : bench.scripts) EXPECT_EQ(script->reason, "stopped");
    EXPECT_EQ(first.received(), "hello");
    EXPECT_TRUE(second.received() == "hello" && second.is_closed());
}

TEST(TcpListener, EndsItsConnectionsWhenItIsDestroyed) {
    EventLoop loop;
    const auto script = std::make_shared<Script>();
    auto listener = std::make_unique<TcpListener>(loop, play(script));
    ASSERT_TRUE(listener->open("127.0.0.1", 0));
    Peer peer(tests::connect_to("127.0.0.1:" + std::to_string(listener->port())));
    peer.send("I");
    ASSERT_TRUE(loop.run_until([&] { return script->received == "I"; }, patience));
    listener.reset();
    EXPECT_TRUE(loop.run_until([&] { return peer.is_closed(); }, patience));
    EXPECT_EQ(script->disconnects, 0);
}

}  // namespace
}  // namespace busbar::net
