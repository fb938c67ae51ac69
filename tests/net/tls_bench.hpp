#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/net_bench.hpp"
#include "net/stream_connector.hpp"
#include "net/tcp_listener.hpp"
#include "net/tls_end.hpp"
#include "support/certificates.hpp"
#include "support/redis_fixture.hpp"
#include "support/sockets.hpp"
#include "support/tls_client.hpp"

namespace busbar::net {

/// A listener with TLS whose sessions say "hello", an authority, and certificates for whom it trusts.
struct TlsListenerBench {
    using Authority = tests::CertificateAuthority;

    explicit TlsListenerBench(TlsSettings more = {}) : settings(std::move(more)) {
        settings.role = TlsRole::server;
        settings.ca_files = {authority.file()};
        settings.certificate_file = own.certificate;
        settings.key_file = own.key;
        restart();
        EXPECT_TRUE(listener.open("127.0.0.1", 0));
    }
    /// As after a change of the configuration: nothing of what was is remembered.
    void restart() {
        end = std::make_shared<TlsEnd>(settings);
        listener.set_tls(end, [this](const PeerAddress&, const std::string& why) { failures.push_back(why); });
    }

    std::unique_ptr<Session> accept(Connection& connection) {
        auto script = std::make_shared<Script>();
        script->say("hello");
        scripts.push_back(script);
        peers.push_back(*connection.tls_peer());
        return std::make_unique<ScriptedSession>(script);
    }
    int dial() const { return tests::connect_to("127.0.0.1:" + std::to_string(listener.port())); }
    std::unique_ptr<tests::TlsClient> client(tests::TlsClient::Manner manner) const {
        return std::make_unique<tests::TlsClient>(dial(), manner);
    }
    std::unique_ptr<tests::TlsClient> client(const tests::Certificates& with, int version = 0) const {
        return client(tests::TlsClient::Manner{with.certificate, with.key, version});
    }
    /// Lets the loop and `step`, which the loop does not know, take turns until `done`.
    [[nodiscard]] bool wait(const std::function<bool()>& done) {
        const auto give_up = std::chrono::steady_clock::now() + patience;
        while (!done()) {
            if (std::chrono::steady_clock::now() > give_up) return false;
            loop.run_until(done, 2ms);
        }
        return true;
    }
    [[nodiscard]] bool gets_in(tests::TlsClient& client) {
        return wait([&] { return client.shake_hands(); }) && client.is_connected() &&
               wait([&] { return client.received() == "hello"; });
    }
    /// Connects and expects to be refused, for a reason that contains `why`.
    void is_refused(tests::TlsClient::Manner manner, const std::string& why) {
        failures.clear();
        const auto peer = client(std::move(manner));
        EXPECT_TRUE(wait([&] { return peer->shake_hands() && !failures.empty(); })) << why;
        EXPECT_TRUE(wait([&] { return peer->is_closed(); })) << why;
        ASSERT_EQ(failures.size(), 1u);
        EXPECT_NE(failures[0].find(why), std::string::npos) << failures[0];
        EXPECT_TRUE(peer->received().empty());
    }
    void is_refused(const tests::Certificates& with, int version, const std::string& why) {
        is_refused(tests::TlsClient::Manner{with.certificate, with.key, version}, why);
    }

    tests::TemporaryFolder folder;
    Authority authority{folder.path()};
    tests::Certificates own = authority.issue({.name = "station"});
    tests::Certificates good = authority.issue({.name = "scada-a"});
    EventLoop loop;
    TlsSettings settings;
    std::shared_ptr<TlsEnd> end;
    std::vector<std::string> failures;
    std::vector<std::shared_ptr<Script>> scripts;
    std::vector<TlsPeer> peers;
    TcpListener listener{loop, [this](const PeerAddress&, Connection& connection) { return accept(connection); }};
};

}  // namespace busbar::net
