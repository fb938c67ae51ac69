#include "net/stream_connector.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "net/net_bench.hpp"
#include "net/tls_end.hpp"
#include "support/certificates.hpp"
#include "support/redis_fixture.hpp"
#include "support/sockets.hpp"

namespace busbar::net {
namespace {

struct ConnectorBench {
    void connect(const StreamAddress& address, Duration limit = 30s) {
        connector.connect(address, limit, [this](Result<std::unique_ptr<Stream>> made) {
            ++answers;
            if (made) {
                stream = std::move(*made);
            } else {
                error = made.error().what;
            }
        });
    }
    [[nodiscard]] bool wait_for_answer() {
        return loop.run_until([this] { return answers > 0; }, patience);
    }

    EventLoop loop;
    StreamConnector connector{loop};
    std::unique_ptr<Stream> stream;
    std::string error;
    int answers = 0;
};

std::shared_ptr<TlsEnd> end(TlsSettings settings) { return std::make_shared<TlsEnd>(std::move(settings)); }

/// Reads what there is, waiting for the first octet. (TLS makes a socket readable without any.)
std::string read(EventLoop& loop, Stream& stream) {
    OctetBuffer buffer(1000);
    Transfer transfer = stream.read(buffer);
    while (transfer.state == Transfer::State::blocked) {
        bool ready = false;
        stream.when_readable([&] { ready = true; });
        if (!loop.run_until([&] { return ready; }, patience)) return "nothing to read";
        transfer = stream.read(buffer);
    }
    return {buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(transfer.octets)};
}

void write(Stream& stream, std::string_view text) {
    const OctetBuffer octets(text.begin(), text.end());
    EXPECT_EQ(stream.write(octets).octets, octets.size());
}

TEST(StreamConnector, ConnectsOverTcp) {
    ConnectorBench bench;
    Peer listener(tests::listen_on("127.0.0.1:0"));
    bench.connect({.host = "127.0.0.1", .port = tests::local_port(listener.descriptor())});
    EXPECT_TRUE(bench.connector.is_connecting());
    EXPECT_EQ(bench.answers, 0);
    ASSERT_TRUE(bench.wait_for_answer());
    EXPECT_FALSE(bench.connector.is_connecting());
    ASSERT_TRUE(bench.stream) << bench.error;
    EXPECT_EQ(bench.stream->peer().port, tests::local_port(listener.descriptor()));
    Peer peer(::accept(listener.descriptor(), nullptr, nullptr));
    peer.send("hello");
    EXPECT_EQ(read(bench.loop, *bench.stream), "hello");
}

TEST(StreamConnector, ConnectsToANameAndTriesItsAddressesInTurn) {
    ConnectorBench bench;
    Peer listener(tests::listen_on("127.0.0.1:0"));  // "localhost" may be ::1 first
    bench.connect({.host = "localhost", .port = tests::local_port(listener.descriptor())});
    ASSERT_TRUE(bench.wait_for_answer());
    EXPECT_TRUE(bench.stream) << bench.error;
}

TEST(StreamConnector, ConnectsToAUnixSocket) {
    ConnectorBench bench;
    const tests::TemporaryFolder folder;
    const std::string path = folder.path() / "socket";
    Peer listener(tests::listen_on(path));
    bench.connect({.path = path});
    ASSERT_TRUE(bench.wait_for_answer());
    ASSERT_TRUE(bench.stream) << bench.error;
    EXPECT_EQ(bench.stream->peer(), PeerAddress{});
}

TEST(StreamConnector, Case43_SaysWhereAndWhyItFailed) {
    const auto port = tests::free_port();
    const std::string no_name(70, 'x');  // longer than a label may be: refused without asking a server
    struct Row {
        StreamAddress address;
        std::string error;
    };
    for (const Row& row : std::initializer_list<Row>{
             {{.host = "127.0.0.1", .port = port}, "127.0.0.1:" + std::to_string(port) + ": Connection refused"},
             {{.host = "::1", .port = port}, "[::1]:" + std::to_string(port) + ": "},
             {{.host = no_name, .port = 2404}, no_name + ":2404: "},
             {{.path = "/nowhere/store.sock"}, "/nowhere/store.sock: No such file or directory"},
             {{.path = "/" + std::string(200, 'x')}, "/" + std::string(200, 'x') + ": the path is too long"},
             {{.host = "127.0.0.1", .port = port, .tls = end({.ca_files = {"/nowhere.pem"}})},
              "127.0.0.1:" + std::to_string(port) + ": TLS authorities '/nowhere.pem': No such file or directory"}}) {
        ConnectorBench bench;
        bench.connect(row.address);
        ASSERT_TRUE(bench.wait_for_answer());
        EXPECT_TRUE(bench.error.starts_with(row.error)) << bench.error;
    }
}

/// A listener that does not take any more connections: the kernel leaves further SYNs unanswered.
struct FullListener {
    FullListener() {
        for (int i = 0; i < 4; ++i) {
            const int caller = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
            sockaddr_storage address{};
            socklen_t size = sizeof(address);
            ::getsockname(listener.descriptor(), reinterpret_cast<sockaddr*>(&address), &size);
            ::connect(caller, reinterpret_cast<const sockaddr*>(&address), size);
            callers.emplace_back(caller);
        }
    }
    std::uint16_t port() const { return tests::local_port(listener.descriptor()); }
    Peer listener{tests::listen_on("127.0.0.1:0", 0)};
    std::vector<Peer> callers;
};

TEST(StreamConnector, Case43_GivesUpAfterT0WhenTheSynIsNotAnswered) {
    const FullListener full;
    ConnectorBench bench;
    bench.connect({.host = "127.0.0.1", .port = full.port()}, 30s);
    bench.loop.run_until([] { return false; }, 50ms);
    ASSERT_EQ(bench.answers, 0) << "the listener still takes connections: " << bench.error;
    bench.loop.advance_clock(29s);
    bench.loop.run_until([] { return false; }, 10ms);
    EXPECT_EQ(bench.answers, 0);
    bench.loop.advance_clock(1s);
    ASSERT_TRUE(bench.wait_for_answer());
    EXPECT_EQ(bench.error, "127.0.0.1:" + std::to_string(full.port()) + ": no connection in time (no answer)");
}

TEST(StreamConnector, IsSilentAfterCancelAndDestruction) {
    const FullListener full;
    ConnectorBench bench;
    bench.connect({.host = "127.0.0.1", .port = full.port()}, 30s);
    bench.connector.cancel();
    {
        StreamConnector doomed(bench.loop);
        doomed.connect({.host = "localhost", .port = full.port()}, 30s, [&](auto) { ++bench.answers; });
    }
    bench.loop.run_until([] { return false; }, 50ms);
    bench.loop.advance_clock(1min);
    bench.loop.run_until([] { return false; }, 10ms);
    EXPECT_EQ(bench.answers, 0);
    EXPECT_FALSE(bench.connector.is_connecting());
}

TEST(StreamConnector, ForgetsTheFirstAttemptWhenToldToConnectElsewhere) {
    const FullListener full;
    ConnectorBench bench;
    Peer listener(tests::listen_on("127.0.0.1:0"));
    bench.connect({.host = "127.0.0.1", .port = full.port()}, 30s);
    bench.connect({.host = "127.0.0.1", .port = tests::local_port(listener.descriptor())});
    ASSERT_TRUE(bench.wait_for_answer());
    EXPECT_TRUE(bench.stream);
    bench.loop.advance_clock(1min);
    bench.loop.run_until([] { return false; }, 10ms);
    EXPECT_EQ(bench.answers, 1);
}

/// A real TLS server: the store.
struct TlsBench : ConnectorBench {
    explicit TlsBench(const std::string& subject = "IP:127.0.0.1") : certificates(make(subject)) {}

    tests::Certificates make(const std::string& subject) { return tests::make_certificates(folder.path(), subject); }
    void connect_tls(TlsSettings settings) {
        connect({.host = "127.0.0.1", .port = port, .tls = end(std::move(settings))});
        ASSERT_TRUE(wait_for_answer());
    }

    tests::TemporaryFolder folder;
    tests::Certificates certificates;
    std::uint16_t port = tests::free_port();
    tests::RedisServer server{{"--tls-port", std::to_string(port), "--bind", "127.0.0.1", "--tls-cert-file",
                               certificates.certificate, "--tls-key-file", certificates.key, "--tls-ca-cert-file",
                               certificates.authority, "--tls-auth-clients", "optional"}};
};

TEST(TlsStream, CarriesOctetsBothWays) {
    TlsBench bench;
    bench.connect_tls({.ca_files = {bench.certificates.authority}});
    ASSERT_TRUE(bench.stream) << bench.error;
    write(*bench.stream, "PING\r\n");
    EXPECT_EQ(read(bench.loop, *bench.stream), "+PONG\r\n");
}

TEST(TlsStream, IsReadableWhileDecipheredOctetsAreLeft) {
    TlsBench bench;
    bench.connect_tls({.ca_files = {bench.certificates.authority}});
    ASSERT_TRUE(bench.stream) << bench.error;
    write(*bench.stream, "ECHO " + std::string(5000, 'x') + "\r\n");
    std::string all;
    while (all.size() < 5009) all += read(bench.loop, *bench.stream);  // 1000 at a time of one TLS record
    EXPECT_EQ(all, "$5000\r\n" + std::string(5000, 'x') + "\r\n");
}

TEST(TlsStream, RefusesAServerOfAnUnknownAuthority) {
    TlsBench bench;
    const tests::TemporaryFolder elsewhere;
    const auto others = tests::make_certificates(elsewhere.path(), "IP:127.0.0.1");
    bench.connect_tls({.ca_files = {others.authority}});
    EXPECT_FALSE(bench.stream);
    EXPECT_NE(bench.error.find("is refused: its authority is not trusted"), std::string::npos) << bench.error;
}

TEST(TlsStream, RefusesAServerOfAnotherName) {
    TlsBench bench("DNS:store.example");
    bench.connect_tls({.ca_files = {bench.certificates.authority}});
    EXPECT_NE(bench.error.find("is refused: it is that of another host"), std::string::npos) << bench.error;
    bench.answers = 0;
    bench.connect_tls({.ca_files = {bench.certificates.authority}, .host_name = "other.example"});
    EXPECT_FALSE(bench.stream);
    bench.answers = 0;
    bench.connect_tls({.ca_files = {bench.certificates.authority}, .host_name = "store.example"});
    EXPECT_TRUE(bench.stream) << bench.error;
}

TEST(TlsStream, CountsTheHandshakeAgainstT0) {
    ConnectorBench bench;
    Peer listener(tests::listen_on("127.0.0.1:0"));  // accepts and is silent
    bench.connect({.host = "127.0.0.1", .port = tests::local_port(listener.descriptor()), .tls = end({})});
    bench.loop.run_until([] { return false; }, 20ms);
    EXPECT_EQ(bench.answers, 0);
    bench.loop.advance_clock(30s);
    ASSERT_TRUE(bench.wait_for_answer());
    EXPECT_NE(bench.error.find("TLS handshake not finished"), std::string::npos) << bench.error;
}

TEST(TlsStream, SaysThatTheServerDoesNotSpeakTls) {
    ConnectorBench bench;
    Peer listener(tests::listen_on("127.0.0.1:0"));
    bench.connect({.host = "127.0.0.1", .port = tests::local_port(listener.descriptor()), .tls = end({})});
    Peer peer(::accept(listener.descriptor(), nullptr, nullptr));
    peer.send("-ERR unknown command\r\n");
    ASSERT_TRUE(bench.wait_for_answer());
    EXPECT_NE(bench.error.find("TLS: the peer does not speak TLS"), std::string::npos) << bench.error;
}

}  // namespace
}  // namespace busbar::net
