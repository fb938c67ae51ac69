#include "connector/iec104_server/peers.hpp"

#include <gtest/gtest.h>

#include "iec104/link_bench.hpp"
#include "net/net_bench.hpp"
#include "support/sockets.hpp"

namespace busbar::connector {
namespace {

using namespace std::chrono_literals;

/// A listener for control rooms; what it says of them is collected as lines.
struct PeersBench {
    explicit PeersBench(config::ServerConfig config = {}) {
        peers.configure(config);
        EXPECT_TRUE(peers.open("127.0.0.1", 0));
    }
    Peers::Owner owner() {
        return {.open_group = [this](const GroupChoice& choice) { return station.open_group(choice.name, {}); },
                .close_group = [this](auto group) { station.close_group(group); },
                .on_event = [](auto&, const auto&, const auto&) {},
                .on_progress = [] {},
                .on_connected = [this](const auto&, const std::string& group) { connected.push_back(group); },
                .on_left = [this](const auto&, const std::string& reason) { left.push_back(reason); },
                .on_session_gone = [](auto&) {},
                .on_refused =
                    [this](const auto&, const std::string& why, std::uint64_t repeated) {
                        refused.push_back(why + ", " + std::to_string(repeated) + " before");
                    },
                .on_octets = [](const auto&, bool, Octets) {}};
    }
    net::Peer connect() { return net::Peer(tests::connect_to("127.0.0.1:" + std::to_string(peers.port()))); }
    [[nodiscard]] bool wait(const std::function<bool()>& done) { return loop.run_until(done, net::patience); }
    /// Connects and waits until that is closed without an octet.
    void knock() {
        net::Peer peer = connect();
        EXPECT_TRUE(wait([&] { return peer.is_closed(); }));
        EXPECT_EQ(peer.received(), "");
    }

    net::EventLoop loop;
    std::vector<std::string> connected, left, refused;
    iec104::ControlledStation station{{}, loop.now()};
    Peers peers{loop, station, owner()};
};

TEST(Peers, Case40_WhoIsNotAllowedIsClosedBeforeAnyOctet) {
    config::ServerConfig config;
    config.network.allowed_clients = {"10.1.0.7"};
    PeersBench bench(config);
    bench.knock();
    EXPECT_EQ(bench.refused.size(), 1u);
    EXPECT_EQ(bench.refused.at(0), "the address is not in the list of allowed clients, 0 before");
    EXPECT_TRUE(bench.connected.empty());
}

TEST(Peers, TellsOnceASecondThatAllConnectionsAreInUse) {
    PeersBench bench;
    net::Peer first = bench.connect();
    ASSERT_TRUE(bench.wait([&] { return bench.connected.size() == 1; }));
    // A started connection that is heard of gives its place to nobody.
    const auto start = iec104::test::octets_of(iec104::test::startdt_act);
    first.send({reinterpret_cast<const char*>(start.data()), start.size()});
    ASSERT_TRUE(bench.wait([&] { return first.received().size() >= start.size(); }));
    for (int i = 0; i < 5; ++i) bench.knock();
    bench.loop.advance_clock(1s);
    bench.knock();
    ASSERT_EQ(bench.refused.size(), 2u);
    EXPECT_EQ(bench.refused[0], "all connections are in use, 0 before");
    EXPECT_EQ(bench.refused[1], "all connections are in use, 4 before");
    EXPECT_FALSE(first.is_closed());
}

}  // namespace
}  // namespace busbar::connector
