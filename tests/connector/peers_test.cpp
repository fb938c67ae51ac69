#include "connector/iec104_server/peers.hpp"

#include <gtest/gtest.h>

#include <list>

#include "iec104/link_bench.hpp"
#include "net/net_bench.hpp"
#include "net/tls_end.hpp"
#include "support/certificates.hpp"
#include "support/redis_fixture.hpp"
#include "support/sockets.hpp"
#include "support/tls_client.hpp"

namespace busbar::connector {
namespace {

using namespace std::chrono_literals;

std::string raw(std::string_view hex) {
    const auto octets = iec104::test::octets_of(hex);
    return {octets.begin(), octets.end()};
}

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

TEST(Peers, OneAddressHasAShareOfTheConnections) {
    config::ServerConfig config;
    config.network.max_connections = 10;
    config.network.max_per_address = 2;
    PeersBench bench(config);
    std::list<net::Peer> rooms;
    for (int i = 0; i < 2; ++i) {
        rooms.push_back(bench.connect());
        const auto start = iec104::test::octets_of(iec104::test::startdt_act);
        rooms.back().send({reinterpret_cast<const char*>(start.data()), start.size()});
        ASSERT_TRUE(bench.wait([&] { return rooms.back().received().size() >= start.size(); }));
    }
    bench.knock();
    EXPECT_EQ(bench.refused.size(), 1u);
    EXPECT_EQ(bench.connected.size(), 2u);
}

TEST(Peers, AnAddressThatConnectsTooOftenIsRefusedForAWhile) {
    config::ServerConfig config;
    config.network.max_connections = 100;
    config.network.connect_rate = 0.5;
    PeersBench bench(config);
    std::list<net::Peer> rooms;
    for (std::size_t i = 1; i <= 5; ++i) {
        rooms.push_back(bench.connect());
        ASSERT_TRUE(bench.wait([&] { return bench.connected.size() == i; }));
    }
    bench.knock();
    ASSERT_EQ(bench.refused.size(), 1u);
    EXPECT_EQ(bench.refused[0], "connects too often, 0 before");
    bench.loop.advance_clock(2s);
    rooms.push_back(bench.connect());
    EXPECT_TRUE(bench.wait([&] { return bench.connected.size() == 6; }));
}

/// A listener with TLS, and control rooms whose certificates it trusts.
struct TlsPeersBench : PeersBench {
    explicit TlsPeersBench(config::ServerConfig config) : PeersBench(std::move(config)) {
        net::TlsSettings settings;
        settings.role = net::TlsRole::server;
        settings.ca_files = {authority.file()};
        const auto own = authority.issue({.name = "station"});
        settings.certificate_file = own.certificate;
        settings.key_file = own.key;
        peers.set_tls(std::make_shared<net::TlsEnd>(settings), {});
    }
    /// The group that a control room of this name comes to.
    std::string group_of(const std::string& name) {
        connected.clear();
        const auto files = authority.issue({.name = name});
        tests::TlsClient client(tests::connect_to("127.0.0.1:" + std::to_string(peers.port())),
                                {files.certificate, files.key});
        const auto give_up = std::chrono::steady_clock::now() + net::patience;
        while (connected.empty() && std::chrono::steady_clock::now() < give_up) {
            client.shake_hands();
            loop.run_until([this] { return !connected.empty(); }, 2ms);
        }
        return connected.empty() ? "nobody came: " + client.error() : connected.front();
    }

    tests::TemporaryFolder folder;
    tests::CertificateAuthority authority{folder.path()};
};

TEST(Peers, Case69_OneConnectionMoreThanAllowedIsRefusedAndTheOthersGoOn) {
    config::ServerConfig config;
    config.network.max_connections = 2;
    PeersBench bench(config);
    net::Peer first = bench.connect(), second = bench.connect();
    for (auto* peer : {&first, &second}) {
        peer->send(raw("68 04 07 00 00 00"));
        EXPECT_TRUE(bench.wait([&] { return peer->received() == raw("68 04 0B 00 00 00"); }));
    }
    bench.knock();
    bench.knock();
    for (auto* peer : {&first, &second}) {
        peer->send(raw("68 04 43 00 00 00"));
        EXPECT_TRUE(bench.wait([&] { return peer->received() == raw("68 04 0B 00 00 00 68 04 83 00 00 00"); }));
        EXPECT_FALSE(peer->is_closed());
    }
    EXPECT_EQ(bench.peers.size(), 2u);
    EXPECT_EQ(bench.peers.refused(), 2u);
}

TEST(Peers, TheSubjectOfTheCertificateDecidesTheGroup) {
    config::ServerConfig config;
    config.network.max_connections = 10;
    config.redundancy_groups = {{"north", {}, {"CN=scada-a", "CN=scada-b"}, false},
                                {"south", {"127.0.0.1"}, {"CN=scada-c"}, false},
                                {"elsewhere", {"10.1.0.7"}, {"CN=scada-d"}, false}};
    TlsPeersBench bench(config);
    EXPECT_EQ(bench.group_of("scada-a"), "north");
    EXPECT_EQ(bench.group_of("scada-b"), "north");
    EXPECT_EQ(bench.group_of("scada-c"), "south");
    EXPECT_EQ(bench.group_of("scada-d"), "127.0.0.1") << "its certificate comes from another address";
    EXPECT_EQ(bench.group_of("scada"), "127.0.0.1") << "the beginning of a name is not the name";
}

TEST(Peers, AGroupOfSubjectsHoldsNobodyWithoutTls) {
    config::ServerConfig config;
    config.redundancy_groups = {{"north", {}, {"CN=scada-a"}, false}};
    PeersBench bench(config);
    const net::Peer peer = bench.connect();
    ASSERT_TRUE(bench.wait([&] { return !bench.connected.empty(); }));
    EXPECT_EQ(bench.connected.front(), "127.0.0.1");
}

TEST(Peers, Case160_ATlsClientOnAPortWithoutTlsIsClosed) {
    PeersBench bench;
    net::Peer peer = bench.connect();
    peer.send(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11));
    ASSERT_TRUE(bench.wait([&] { return peer.is_closed(); }));
    EXPECT_EQ(peer.received(), "");
    EXPECT_EQ(bench.left, std::vector<std::string>{"it speaks TLS, and this port does not"});
}

}  // namespace
}  // namespace busbar::connector
