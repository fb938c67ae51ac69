#include "connector/common/line_security.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "connector/common/message.hpp"
#include "net/net_bench.hpp"
#include "net/tls_words.hpp"
#include "support/certificates.hpp"
#include "support/redis_fixture.hpp"

namespace busbar::connector {
namespace {

using namespace std::chrono_literals;
using Authority = tests::CertificateAuthority;

/// Collects what is logged.
struct LogLines {
    LogLines() {
        start_logging("test", "trace");
        set_log_listener([this](std::string_view line) { lines.emplace_back(line); });
    }
    ~LogLines() { set_log_listener({}); }
    std::size_t count(std::string_view what) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            lines, [&](const std::string& line) { return line.find(what) != std::string::npos; }));
    }
    std::vector<std::string> lines;
};

struct SecurityBench {
    config::Tls files(const tests::Certificates& own) const {
        config::Tls tls;
        tls.certificate = own.certificate;
        tls.key = own.key;
        tls.ca = {authority.file()};
        return tls;
    }
    void pass(Duration time) {
        loop.advance_clock(time);
        loop.run_until([] { return false; }, 10ms);
    }
    static net::PeerAddress peer(std::uint8_t last, std::uint16_t port) {
        return {net::IpAddress::v4({10, 1, 0, last}), port};
    }

    LogLines log;
    tests::TemporaryFolder folder;
    Authority authority{folder.path(), "Authority", 4000 * 86400L};
    net::EventLoop loop;
    int validations = 0;
    LineSecurity security{loop, net::TlsRole::server, [this] { ++validations; }};
};

TEST(LineSecurity, WarnsThirtyDaysBeforeACertificateRunsOutAndOnceADay) {
    SecurityBench bench;
    const auto own = bench.authority.issue({.name = "station", .ends = 40 * 86400});
    bench.security.configure(bench.files(own));
    EXPECT_EQ(bench.log.count("tls_certificate: TLS: certificate 'CN=station'"), 1u);
    EXPECT_EQ(bench.log.count("tls_expiry"), 0u);
    bench.pass(std::chrono::days{11});
    EXPECT_EQ(bench.log.count("tls_expiry: TLS: the certificate 'CN=station' in " + own.certificate + " runs out on "),
              1u);
    EXPECT_EQ(bench.log.count(", in 28 days"), 1u);
    bench.pass(1h);
    EXPECT_EQ(bench.log.count("tls_expiry"), 1u);
    bench.pass(23h);
    EXPECT_EQ(bench.log.count("tls_expiry"), 2u);
    bench.pass(std::chrono::days{40});
    EXPECT_EQ(bench.log.count("' in " + own.certificate + " ran out on "), 1u);

    // The new one ends the warnings.
    bench.log.lines.clear();
    std::filesystem::rename(bench.authority.issue({.name = "fresh", .ends = 900 * 86400}).certificate, own.certificate);
    std::filesystem::rename(bench.folder.path() / "fresh.key", own.key);
    bench.pass(LineSecurity::look_every);
    EXPECT_EQ(bench.log.count("tls_certificate: TLS: certificate 'CN=fresh'"), 1u);
    bench.pass(std::chrono::days{3});
    EXPECT_EQ(bench.log.count("tls_expiry"), 0u);
}

TEST(LineSecurity, WarnsOfAnAuthorityAndOfAnOutdatedRevocationList) {
    SecurityBench bench;
    Authority old(bench.folder.path(), "Old authority", 20 * 86400L);
    auto tls = bench.files(bench.authority.issue({.name = "station", .ends = 900 * 86400}));
    tls.ca.push_back(old.file());
    tls.crl = {bench.authority.revoke({}, -3600)};
    bench.security.configure(tls);
    EXPECT_EQ(bench.log.count("the authority 'CN=Old authority' in " + old.file() + " runs out on "), 1u);
    EXPECT_EQ(bench.log.count("the revocation list 'CN=Authority' in " + tls.crl[0] + " ran out on "), 1u);
    EXPECT_EQ(bench.security.warnings().size(), 2u);
}

TEST(LineSecurity, SaysWhichFileCannotBeUsedUntilItCan) {
    SecurityBench bench;
    const auto own = bench.authority.issue({.name = "station"});
    std::filesystem::rename(own.key, own.key + ".later");
    bench.security.configure(bench.files(own));
    ASSERT_FALSE(bench.security.ready());
    EXPECT_EQ(bench.security.ready().error().what, "TLS key '" + own.key + "': No such file or directory");
    bench.pass(1min);
    EXPECT_EQ(bench.log.count("tls_files: "), 1u);
    EXPECT_EQ(bench.log.count("no line can be made"), 1u);
    std::filesystem::rename(own.key + ".later", own.key);
    bench.pass(LineSecurity::look_every);
    EXPECT_TRUE(bench.security.ready());
}

TEST(LineSecurity, Case161_HasLinesValidatedAgainWhenFilesChangeAndFromTimeToTime) {
    SecurityBench bench;
    auto tls = bench.files(bench.authority.issue({.name = "station"}));
    tls.crl = {bench.authority.revoke({})};
    bench.security.configure(tls);
    EXPECT_EQ(bench.log.count("tls_certificate"), 1u);
    bench.pass(1min);
    EXPECT_EQ(bench.validations, 0);
    bench.authority.revoke({tls.certificate});
    bench.pass(LineSecurity::look_every);
    EXPECT_EQ(bench.validations, 1);
    EXPECT_EQ(bench.log.count("tls_certificate"), 1u) << "the certificate is the same";
    bench.pass(1min);
    EXPECT_EQ(bench.validations, 1);
    bench.pass(LineSecurity::validate_every);
    EXPECT_EQ(bench.validations, 2);
}

TEST(LineSecurity, Case160_TellsEachReasonOfAnAddressOnceAndAnHourLaterAgain) {
    SecurityBench bench;
    bench.security.configure(bench.files(bench.authority.issue({.name = "station"})));
    for (std::uint16_t port = 1; port <= 100; ++port) {
        bench.security.handshake_failed(SecurityBench::peer(7, port), "does not speak TLS");
    }
    EXPECT_EQ(bench.log.count("tls_refused: The TLS handshake with 10.1.0.7:1 failed: does not speak TLS (1 since"),
              1u);
    EXPECT_EQ(bench.log.count("tls_refused"), 1u);
    bench.security.handshake_failed(SecurityBench::peer(8, 1), "does not speak TLS");
    bench.security.handshake_failed(SecurityBench::peer(7, 1), "it is revoked");
    EXPECT_EQ(bench.log.count("tls_refused"), 3u);
    bench.pass(1h);
    bench.security.handshake_failed(SecurityBench::peer(8, 2), "does not speak TLS");
    EXPECT_EQ(bench.log.count("tls_refused"), 4u);
    EXPECT_EQ(bench.security.handshakes_failed(), 103u);
}

TEST(LineSecurity, Case159_TellsWhenAPeerComesWithAnotherVersionThanLastTime) {
    SecurityBench bench;
    bench.security.configure(bench.files(bench.authority.issue({.name = "station"})));
    net::TlsPeer scada{"CN=scada-a", "sha256:1", {}, "TLSv1.3", "TLS_AES_128_GCM_SHA256", false};
    bench.security.connected(SecurityBench::peer(7, 1), &scada);
    bench.security.connected(SecurityBench::peer(7, 2), &scada);
    EXPECT_EQ(bench.log.count("tls_version_changed"), 0u);
    scada.protocol = "TLSv1.2";
    bench.security.connected(SecurityBench::peer(7, 3), &scada);
    EXPECT_EQ(
        bench.log.count("tls_version_changed: 10.1.0.7:3 ('CN=scada-a') spoke TLSv1.3 last time and speaks TLSv1.2"),
        1u);
}

}  // namespace
}  // namespace busbar::connector
