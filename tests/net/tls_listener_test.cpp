// Test cases 158-165 of the protocol reference: TLS as the side that accepts connections.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <filesystem>
#include <fstream>

#include "net/handshakes.hpp"
#include "net/tls_bench.hpp"

namespace busbar::net {
namespace {

using Authority = tests::CertificateAuthority;

TEST(TlsListener, Case158_WhoHasNoGoodCertificateIsRefusedWithTheReason) {
    TlsListenerBench bench;
    Authority stranger(bench.folder.path(), "Stranger");
    const auto expired = bench.authority.issue({.name = "expired", .begins = -7200, .ends = -3600});
    const auto early = bench.authority.issue({.name = "early", .begins = 3600});
    const auto revoked = bench.authority.issue({.name = "revoked"});
    const auto weak = bench.authority.issue({.name = "weak", .key = Authority::Kind::rsa1024});
    const auto unknown = stranger.issue({.name = "unknown"});
    const auto unpinned = bench.authority.issue({.name = "unpinned"});
    bench.settings.crl_files = {bench.authority.revoke({revoked.certificate})};
    bench.settings.allowed = {tests::fingerprint_of_file(bench.good.certificate)};
    for (const auto& each : {expired, early, revoked, weak, unknown}) {
        bench.settings.allowed.push_back(tests::fingerprint_of_file(each.certificate));
    }
    bench.restart();
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        bench.is_refused(tests::TlsClient::Manner{.version = version}, "the peer has sent no certificate");
        bench.is_refused(unknown, version, "'CN=unknown' is refused: its authority is not trusted");
        bench.is_refused(expired, version, "'CN=expired' is refused: it has expired");
        bench.is_refused(early, version, "'CN=early' is refused: it is not valid yet");
        bench.is_refused(revoked, version, "'CN=revoked' is refused: it is revoked");
        bench.is_refused(weak, version, "'CN=weak' is refused: its key is too short");
        bench.is_refused(unpinned, version, "'CN=unpinned' is refused: it is not one of the allowed ones");
        const auto good = bench.client(bench.good, version);
        EXPECT_TRUE(bench.gets_in(*good)) << good->error();
        EXPECT_EQ(bench.peers.back().subject, "CN=scada-a");
    }
    EXPECT_EQ(bench.listener.counters().handshakes_failed, 14u);
    EXPECT_EQ(bench.listener.counters().accepted, 2u);
}

TEST(TlsListener, Case158_TheFingerprintOfAnAllowedCertificateIsNoPassForAStranger) {
    // A pinned certificate whose authority is not trusted (GHSA-fc2j-39h7-c7v9).
    TlsListenerBench bench;
    Authority stranger(bench.folder.path(), "Stranger");
    const auto pinned = stranger.issue({.name = "pinned"});
    bench.settings.allowed = {tests::fingerprint_of_file(pinned.certificate)};
    bench.restart();
    bench.is_refused(pinned, 0, "its authority is not trusted");
}

TEST(TlsListener, Case158_AnOutdatedRevocationListStillRevokesAndDoesNotCut) {
    TlsListenerBench bench;
    const auto revoked = bench.authority.issue({.name = "revoked"});
    bench.settings.crl_files = {bench.authority.revoke({revoked.certificate}, -3600)};
    bench.restart();
    bench.is_refused(revoked, 0, "it is revoked");
    const auto good = bench.client(bench.good);
    EXPECT_TRUE(bench.gets_in(*good)) << good->error();
}

TEST(TlsListener, Case158_WithoutARevocationListOfItsAuthorityAPeerIsRefused) {
    TlsListenerBench bench;
    const tests::TemporaryFolder elsewhere;
    Authority other(elsewhere.path(), "Other");
    bench.settings.crl_files = {other.revoke({})};
    bench.restart();
    bench.is_refused(bench.good, 0, "there is no revocation list of its authority");
}

TEST(TlsListener, Case159_OldVersionsAndWeakSuitesAreRefused) {
    TlsListenerBench bench;
    const auto manner = [&](int version, const std::string& suites) {
        return tests::TlsClient::Manner{bench.good.certificate, bench.good.key, version, suites};
    };
    bench.is_refused(manner(TLS1_1_VERSION, ""), "the peer's TLS version is too old");
    bench.is_refused(manner(TLS1_2_VERSION, "NULL"), "no cipher suite in common");
    bench.is_refused(manner(TLS1_2_VERSION, "aNULL"), "no cipher suite in common");
    bench.is_refused(manner(TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA"), "no cipher suite in common");
    bench.is_refused(manner(TLS1_2_VERSION, "ECDHE-RSA-AES128-GCM-SHA256"), "no cipher suite in common");  // an EC key
    const auto good = bench.client(manner(TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256"));
    EXPECT_TRUE(bench.gets_in(*good)) << good->error();
    EXPECT_EQ(bench.peers.back().protocol, "TLSv1.2");

    bench.settings.min_version = "1.3";
    bench.restart();
    bench.is_refused(manner(TLS1_2_VERSION, ""), "the peer's TLS version is too old");
    const auto newest = bench.client(manner(TLS1_3_VERSION, ""));
    EXPECT_TRUE(bench.gets_in(*newest)) << newest->error();
    EXPECT_EQ(bench.peers.back().protocol, "TLSv1.3");
}

TEST(TlsListener, Case160_AStationWithoutTlsIsClosedAndToldOnce) {
    TlsListenerBench bench;
    Peer plain(bench.dial());
    plain.send(std::string("\x68\x04\x07\x00\x00\x00", 6));
    ASSERT_TRUE(bench.wait([&] { return plain.is_closed(); }));
    EXPECT_EQ(plain.received(), "");
    EXPECT_EQ(bench.failures, std::vector<std::string>{"the peer does not speak TLS (it begins with 68 04 07 00)"});
    EXPECT_TRUE(bench.scripts.empty());
}

TEST(TlsListener, Case161_ARevokedPeerIsEndedWhenItsLineIsValidatedAgain) {
    TlsListenerBench bench;
    const auto other = bench.authority.issue({.name = "scada-b"});
    bench.settings.crl_files = {bench.authority.revoke({})};
    bench.restart();
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        const auto stays = bench.client(bench.good, version);
        const auto goes = bench.client(other, version);
        ASSERT_TRUE(bench.gets_in(*stays));
        ASSERT_TRUE(bench.gets_in(*goes));
        bench.end->look();
        bench.listener.validate_again();
        bench.loop.run_until([] { return false; }, 10ms);
        EXPECT_EQ(bench.listener.connections(), 2u) << "nothing has changed";

        bench.authority.revoke({other.certificate});
        bench.end->look();
        bench.listener.validate_again();
        ASSERT_TRUE(bench.wait([&] { return bench.listener.connections() == 1; }));
        const std::string reason = bench.scripts.back()->reason;
        EXPECT_TRUE(reason.starts_with("TLS: the peer's certificate 'CN=scada-b' is refused: it is revoked")) << reason;
        EXPECT_TRUE(bench.wait([&] { return goes->is_closed(); }));
        bench.is_refused(other, version, "it is revoked");
        EXPECT_FALSE(stays->is_closed());

        bench.authority.revoke({});
        bench.end->look();
        bench.listener.close_connections("next version");
        ASSERT_TRUE(bench.wait([&] { return bench.listener.connections() == 0; }));
    }
}

TEST(TlsListener, Case163_RenegotiationIsNotTakenUpAndTheLineGoesOn) {
    TlsListenerBench bench;
    const auto peer = bench.client(bench.good, TLS1_2_VERSION);
    ASSERT_TRUE(bench.gets_in(*peer));
    const auto& script = *bench.scripts.back();
    peer->send("before ");
    peer->renegotiate();  // and never finishes
    ASSERT_TRUE(bench.wait([&] { return script.received == "before "; }));
    bench.scripts.back()->say("and on");
    bench.scripts.back()->deadline = bench.loop.now();
    bench.loop.advance_clock(1min);
    bench.loop.run_until([] { return false; }, 20ms);
    EXPECT_EQ(script.disconnects, 0) << script.reason;
    EXPECT_EQ(bench.listener.connections(), 1u);
    // The peer is told so; this one takes it hard.
    EXPECT_TRUE(bench.wait([&] { return peer->is_closed(); }));
    EXPECT_EQ(peer->error(), "no renegotiation");
}

TEST(TlsListener, Case163_NewKeysDuringABurstChangeNothing) {
    TlsListenerBench bench;
    const auto peer = bench.client(bench.good, TLS1_3_VERSION);
    ASSERT_TRUE(bench.gets_in(*peer));
    std::string sent;
    for (int i = 0; i < 50; ++i) {
        if (i % 10 == 5) peer->update_keys();
        peer->send("burst");
        sent += "burst";
    }
    EXPECT_TRUE(bench.wait([&] { return bench.scripts.back()->received == sent; }));
    EXPECT_EQ(bench.scripts.back()->disconnects, 0) << bench.scripts.back()->reason;
}

TEST(TlsListener, Case163_AHandshakeThatIsNeverFinishedIsCutByItsOwnLimit) {
    TlsListenerBench bench;
    Peer silent(bench.dial()), half(bench.dial());
    half.send(std::string("\x16\x03\x01\x02\x00\x01\x00", 7));
    bench.loop.run_until([] { return false; }, 20ms);
    bench.loop.advance_clock(Handshakes::limit - 1s);
    bench.loop.run_until([] { return false; }, 10ms);
    EXPECT_FALSE(silent.is_closed() || half.is_closed());
    bench.loop.advance_clock(2s);
    ASSERT_TRUE(bench.wait([&] { return silent.is_closed() && half.is_closed(); }));
    EXPECT_EQ(bench.failures, (std::vector<std::string>(2, "TLS: the handshake was not finished in time")));
    const auto good = bench.client(bench.good);
    EXPECT_TRUE(bench.gets_in(*good)) << good->error();
}

TEST(TlsListener, Case164_ACertificateReplacedIsForNewConnectionsAndRunningOnesStay) {
    TlsListenerBench bench;
    const auto before = bench.client(bench.good);
    ASSERT_TRUE(bench.gets_in(*before));
    EXPECT_EQ(before->server(), "station");

    const auto fresh = bench.authority.issue({.name = "station-2027"});
    std::filesystem::rename(fresh.certificate, bench.own.certificate);
    bench.end->look();
    EXPECT_EQ(bench.end->trouble(), "TLS key '" + bench.own.key + "': it does not belong to the certificate");
    const auto meanwhile = bench.client(bench.good);
    ASSERT_TRUE(bench.gets_in(*meanwhile)) << "its key has not come: the old one serves on";
    EXPECT_EQ(meanwhile->server(), "station");

    std::filesystem::rename(fresh.key, bench.own.key);
    bench.end->look();
    EXPECT_EQ(bench.end->trouble(), "");
    bench.listener.validate_again();
    const auto after = bench.client(bench.good);
    ASSERT_TRUE(bench.gets_in(*after));
    EXPECT_EQ(after->server(), "station-2027");
    EXPECT_FALSE(before->is_closed() || meanwhile->is_closed());
    before->send("still here");
    EXPECT_TRUE(bench.wait([&] { return bench.scripts.front()->received == "still here"; }));
}

TEST(TlsListener, Case165_CertificatesThatAreTooLargeAreRefused) {
    TlsListenerBench bench;
    const auto large = bench.authority.issue({.name = "large", .comment = 10'000});
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        bench.is_refused(large, version, "the peer's certificates are too large (8192 octets");
    }
    const auto fits = bench.authority.issue({.name = "fits", .comment = 7'000});
    const auto good = bench.client(fits);
    EXPECT_TRUE(bench.gets_in(*good)) << good->error();
}

TEST(TlsListener, CallersWhoNeverShakeHandsKeepNobodyOut) {
    TlsListenerBench bench;
    std::vector<std::unique_ptr<Peer>> idle;
    for (std::size_t i = 0; i < Handshakes::most + 5; ++i) idle.push_back(std::make_unique<Peer>(bench.dial()));
    ASSERT_TRUE(bench.wait([&] { return bench.failures.size() == 5; }));
    EXPECT_TRUE(idle.front()->is_closed());
    EXPECT_FALSE(idle.back()->is_closed());
    EXPECT_EQ(bench.failures[0], "TLS: the handshake was not finished when others came");

    // Also where the limit of connections is what they fill.
    AcceptLimits limits;
    limits.connections = Handshakes::most;
    bench.listener.set_limits(limits);
    const auto good = bench.client(bench.good);
    EXPECT_TRUE(bench.gets_in(*good)) << good->error();
    bench.listener.close_connections("done");
    EXPECT_TRUE(bench.wait([&] { return idle.back()->is_closed() && bench.listener.connections() == 0; }));
}

TEST(TlsListener, AnEncryptedKeyIsAnErrorAndNotAQuestion) {
    TlsListenerBench bench;
    std::ofstream(bench.own.key)
        << "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n";
    TlsEnd end(bench.settings);
    EXPECT_FALSE(end.context());
    EXPECT_TRUE(end.trouble().starts_with("TLS key '" + bench.own.key + "': ")) << end.trouble();
}

}  // namespace
}  // namespace busbar::net
