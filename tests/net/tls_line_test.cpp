// Both ends of a line with TLS: what they know of each other, resumption (test case 162), and the side that connects.
#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>

#include <ctime>
#include <filesystem>

#include "net/connection.hpp"
#include "net/tls_bench.hpp"
#include "net/tls_context.hpp"
#include "net/tls_sessions.hpp"
#include "net/tls_words.hpp"

namespace busbar::net {
namespace {

/// A control room that connects to the listener of the bench again and again.
struct TlsLineBench : TlsListenerBench {
    explicit TlsLineBench(TlsSettings more = {}) : TlsListenerBench(std::move(more)) {
        caller = {.ca_files = {authority.file()},
                  .any_host = true,
                  .certificate_file = good.certificate,
                  .key_file = good.key};
        use();
    }
    void use() { calling = std::make_shared<TlsEnd>(caller); }
    /// The error, or empty.
    std::string connect() {
        std::optional<std::string> outcome;
        connector.connect({.host = "127.0.0.1", .port = listener.port(), .tls = calling}, 30s, [&](auto stream) {
            outcome = stream ? std::string() : stream.error().what;
            if (!stream) return;
            heard = std::make_shared<Script>();
            connection = Connection::open(loop, std::move(*stream), play(heard));
        });
        EXPECT_TRUE(wait([&] { return outcome.has_value(); }));
        return outcome.value_or("nothing");
    }
    /// Connects, hears the greeting, closes in good order.
    TlsPeer visit() {
        EXPECT_EQ(connect(), "");
        EXPECT_TRUE(wait([&] { return heard->received == "hello"; }));
        const TlsPeer station = *connection->tls_peer();
        connection->close("seen enough");
        EXPECT_TRUE(wait([&] { return heard->disconnects > 0 && listener.connections() == 0; }));
        connection.reset();
        return station;
    }

    TlsSettings caller;
    std::shared_ptr<TlsEnd> calling;
    StreamConnector connector{loop};
    std::shared_ptr<Connection> connection;
    std::shared_ptr<Script> heard;
};

TEST(TlsLine, EachSideKnowsWhoTheOtherIs) {
    TlsLineBench bench;
    const TlsPeer station = bench.visit();
    EXPECT_EQ(station.subject, "CN=station");
    EXPECT_EQ(station.protocol, "TLSv1.3");
    EXPECT_EQ(station.suite, "TLS_AES_128_GCM_SHA256");
    EXPECT_FALSE(station.resumed);
    EXPECT_EQ(station.fingerprint, normalized_fingerprint(tests::fingerprint_of_file(bench.own.certificate)));
    ASSERT_EQ(bench.peers.size(), 1u);
    EXPECT_EQ(bench.peers[0].subject, "CN=scada-a");
    EXPECT_EQ(bench.peers[0].fingerprint, normalized_fingerprint(tests::fingerprint_of_file(bench.good.certificate)));
    EXPECT_NEAR(static_cast<double>((bench.peers[0].expires - bench.loop.utc_now()).count()), 86'400'000.0, 60'000.0);
}

TEST(TlsLine, Case158_TheConnectingSideLooksAtTheCertificateToo) {
    TlsLineBench bench;
    const tests::TemporaryFolder elsewhere;
    tests::CertificateAuthority other(elsewhere.path(), "Other");
    bench.caller.ca_files = {other.file()};
    bench.use();
    std::string error = bench.connect();
    EXPECT_NE(error.find("'CN=station' is refused because of 'CN=Test authority': its authority is not trusted"),
              std::string::npos)
        << error;
    bench.caller.ca_files = {other.file(), bench.authority.file()};
    bench.caller.crl_files = {bench.authority.revoke({bench.own.certificate})};
    bench.use();
    EXPECT_NE(bench.connect().find("'CN=station' is refused: it is revoked"), std::string::npos);
    bench.authority.revoke({});
    bench.caller.allowed = {tests::fingerprint_of_file(bench.good.certificate)};
    bench.use();
    EXPECT_NE(bench.connect().find("is not one of the allowed ones"), std::string::npos);
    bench.caller.allowed.push_back(tests::fingerprint_of_file(bench.own.certificate));
    bench.use();
    EXPECT_EQ(bench.connect(), "");
    bench.connection.reset();
}

TEST(TlsLine, Case158_TheRefusedSideIsToldWhy) {
    TlsLineBench bench;
    bench.settings.crl_files = {bench.authority.revoke({bench.good.certificate})};
    bench.restart();
    // TLS 1.3: the connecting side has finished before the other has seen its certificate.
    ASSERT_EQ(bench.connect(), "");
    ASSERT_TRUE(bench.wait([&] { return bench.heard->disconnects > 0; }));
    EXPECT_EQ(bench.heard->reason, "TLS: the peer says that our certificate is revoked (alert 44)");
}

TEST(TlsLine, Case161_TheConnectingSideEndsALineToARevokedStation) {
    TlsLineBench bench;
    bench.caller.crl_files = {bench.authority.revoke({})};
    bench.use();
    ASSERT_EQ(bench.connect(), "");
    bench.connection->validate_again();
    bench.loop.run_until([] { return false; }, 10ms);
    EXPECT_EQ(bench.heard->disconnects, 0);
    bench.authority.revoke({bench.own.certificate});
    bench.calling->look();
    bench.connection->validate_again();
    ASSERT_TRUE(bench.wait([&] { return bench.heard->disconnects > 0; }));
    EXPECT_NE(bench.heard->reason.find("it is revoked"), std::string::npos) << bench.heard->reason;
}

TEST(TlsLine, Case162_ASessionIsResumedWithinItsLifeAndNotAfterIt) {
    for (const std::string version : {"1.3", "1.2"}) {
        TlsLineBench bench;
        if (version == "1.2") {
            // The only way to have 1.2 of two ends that know better.
            EXPECT_TRUE(SSL_CTX_set_max_proto_version((*bench.calling->context())->native(), TLS1_2_VERSION));
        }
        EXPECT_FALSE(bench.visit().resumed);
        bench.loop.advance_clock(4h);
        EXPECT_EQ(bench.visit().protocol, "TLSv" + version);
        EXPECT_TRUE(bench.peers.back().resumed) << version;
        EXPECT_EQ(bench.peers.back().subject, "CN=scada-a");
        bench.loop.advance_clock(1h);
        EXPECT_TRUE(bench.visit().resumed) << version;
        // Resuming does not prolong: six hours count from the full handshake.
        bench.loop.advance_clock(2h);
        EXPECT_FALSE(bench.visit().resumed) << version;
        EXPECT_TRUE(bench.visit().resumed) << version;
    }
}

TEST(TlsLine, Case162_ARevokedPeerDoesNotResume) {
    TlsLineBench bench;
    bench.settings.crl_files = {bench.authority.revoke({})};
    bench.restart();
    bench.visit();
    EXPECT_TRUE(bench.visit().resumed);
    bench.authority.revoke({bench.good.certificate});
    bench.connect();
    ASSERT_TRUE(bench.wait([&] { return !bench.failures.empty(); }));
    EXPECT_NE(bench.failures[0].find("it is revoked"), std::string::npos) << bench.failures[0];
}

TEST(TlsLine, Case162_ACertificateThatHasRunOutDoesNotResume) {
    TlsLineBench bench;
    bench.visit();
    EXPECT_TRUE(bench.visit().resumed);
    X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param((*bench.end->context())->native()), ::time(nullptr) + 2 * 86400);
    bench.connect();
    ASSERT_TRUE(bench.wait([&] { return !bench.failures.empty(); }));
    EXPECT_NE(bench.failures[0].find("'CN=scada-a' is refused"), std::string::npos) << bench.failures[0];
    EXPECT_NE(bench.failures[0].find("it has expired"), std::string::npos) << bench.failures[0];
}

TEST(TlsLine, Case164_TheConnectingSideTakesItsNewCertificateToo) {
    TlsLineBench bench;
    ASSERT_EQ(bench.connect(), "");
    ASSERT_TRUE(bench.wait([&] { return bench.heard->received == "hello"; }));
    const auto first = bench.connection;
    const auto first_heard = bench.heard;
    const auto fresh = bench.authority.issue({.name = "scada-2027"});
    std::filesystem::rename(fresh.certificate, bench.good.certificate);
    std::filesystem::rename(fresh.key, bench.good.key);
    ASSERT_EQ(bench.connect(), "");
    ASSERT_TRUE(bench.wait([&] { return bench.heard->received == "hello"; }));
    EXPECT_EQ(bench.peers.back().subject, "CN=scada-2027");
    EXPECT_EQ(first_heard->disconnects, 0);
}

TEST(TlsSessions, KeepsTheNewestHundredForTheirLife) {
    TlsSessions sessions(6h);
    const TimePoint start{};
    for (std::size_t i = 0; i < TlsSessions::most + 3; ++i) {
        sessions.keep(std::to_string(i), SSL_SESSION_new(), start);
    }
    EXPECT_EQ(sessions.size(), TlsSessions::most);
    EXPECT_EQ(sessions.find("2", start).session, nullptr);
    EXPECT_NE(sessions.find("3", start + 6h).session, nullptr);
    EXPECT_EQ(sessions.find("3", start + 6h + 1s).session, nullptr);
    sessions.keep("3", SSL_SESSION_new(), start + 1h);  // instead of the earlier one
    EXPECT_EQ(sessions.size(), TlsSessions::most);
    EXPECT_NE(sessions.find("3", start + 7h).session, nullptr);
}

TEST(TlsWords, SubjectsFitByAttribute) {
    EXPECT_TRUE(has_attributes("CN=scada-a", "CN=scada-a"));
    EXPECT_TRUE(has_attributes("CN=scada-a,OU=North,O=Utility,C=DE", "cn=scada-a, O=Utility"));
    EXPECT_FALSE(has_attributes("CN=scada-a", "CN=scada"));
    EXPECT_FALSE(has_attributes("CN=scada", "CN=scada-a"));
    EXPECT_FALSE(has_attributes("CN=scada-a", "CN=scada-a,O=Utility"));
    EXPECT_FALSE(has_attributes("CN=Scada-a", "CN=scada-a"));
    EXPECT_FALSE(has_attributes("CN=scada-a", ""));
    // A name that contains what looks like an attribute is one value.
    EXPECT_FALSE(has_attributes("CN=intruder\\,CN=scada-a", "CN=scada-a"));
    EXPECT_TRUE(has_attributes("O=North\\, South,CN=scada-a", "O=North\\, South"));
}

}  // namespace
}  // namespace busbar::net
