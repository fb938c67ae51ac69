#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "net/accept_gate.hpp"
#include "net/connection.hpp"

namespace busbar::net {

class TlsEnd;

/// Accepts TCP connections and owns them. Whoever is refused is closed before an octet is sent. With TLS a session is
/// made when the handshake has succeeded; until then the connection counts against the limits too. Running out of file
/// descriptors makes it wait, not fail.
class TcpListener {
public:
    struct Counters {
        std::uint64_t accepted = 0;
        std::array<std::uint64_t, 5> refused{};  // by Refusal
        std::uint64_t accept_errors = 0;         // out of descriptors or memory
        std::uint64_t handshakes_failed = 0;     // of TLS
    };
    /// Called at most once a second; `untold` refusals since the last call went without.
    using OnRefused = std::function<void(const PeerAddress& peer, Refusal why, std::uint64_t untold)>;

    /// A TLS handshake has failed, and why. Whoever logs it limits it: a caller may come again and again.
    using OnHandshakeFailed = std::function<void(const PeerAddress& peer, const std::string& why)>;

    /// `on_accept` makes the session of each connection; null refuses it.
    TcpListener(EventLoop& loop, Connection::MakeSession on_accept, OnRefused on_refused = {});
    /// Ends all connections at once, without `disconnected`; `close_connections` first for an orderly end.
    ~TcpListener();

    /// Listens on an address or name ("0.0.0.0"; "::" takes both families) and port (0: any), instead of where it did
    /// before. Its connections go on. The error says where and why: "0.0.0.0:2404: Address already in use".
    Result<void> open(const std::string& host, std::uint16_t port);
    /// Holds for connections to come.
    void set_limits(AcceptLimits limits);
    /// TLS for connections to come; null: none.
    void set_tls(std::shared_ptr<TlsEnd> tls, OnHandshakeFailed on_handshake_failed = {});
    /// Ends the connections whose peers would not be let in any more by what TlsEnd has in force.
    void validate_again();
    std::uint16_t port() const;  // the one chosen; 0 while closed
    /// No more connections are accepted; those that are there go on.
    void close();
    void close_connections(const std::string& reason);
    std::size_t connections() const;
    const Counters& counters() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace busbar::net
