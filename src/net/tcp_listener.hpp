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

/// Accepts TCP connections and owns them. Whoever is refused is closed before an octet is sent. Running out of file
/// descriptors makes it wait, not fail.
class TcpListener {
public:
    struct Counters {
        std::uint64_t accepted = 0;
        std::array<std::uint64_t, 5> refused{};  // by Refusal
        std::uint64_t accept_errors = 0;         // out of descriptors or memory
    };
    /// `repeated`: refusals since the last call that were not told; at most one call a second.
    using OnRefused = std::function<void(const PeerAddress& peer, Refusal why, std::uint64_t repeated)>;

    /// `on_accept` makes the session of each connection; null refuses it.
    TcpListener(EventLoop& loop, Connection::MakeSession on_accept, OnRefused on_refused = {});
    /// Ends all connections at once, without `disconnected`; `close` and `close_connections` first for an orderly end.
    ~TcpListener();

    /// Listens on an address ("0.0.0.0", "::" for both families, a name) and port (0: any). A listener that was open
    /// before is closed only if this succeeds or it had the same port; its connections go on.
    Result<void> open(const std::string& host, std::uint16_t port);
    /// Holds for connections to come.
    void set_limits(AcceptLimits limits);
    std::uint16_t port() const;  // the one chosen
    bool is_open() const;
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
