#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/server.hpp"
#include "iec104/station/controlled_station.hpp"
#include "net/event_loop.hpp"
#include "net/tcp_listener.hpp"

namespace busbar::connector {

/// Which redundancy group a peer belongs to.
struct GroupChoice {
    std::string name;    // empty: a connection without a cursor
    bool named = false;  // configured; else the group of an address
};

/// The control rooms' connections: who is let in, which group each belongs to, and the sessions behind them.
class Peers {
public:
    struct Owner {
        /// The group to serve the connection from; called for each accepted connection.
        std::function<iec104::ControlledStation::GroupId(const GroupChoice& choice)> open_group;
        /// The connection of a group without a cursor has gone.
        std::function<void(iec104::ControlledStation::GroupId group)> close_group;
        /// Events of a session; octets are valid during the call.
        std::function<void(iec104::ControlledSession& session, const iec104::ControlledSession::Event& event,
                           const net::PeerAddress& peer)>
            on_event;
        /// Something was received or acknowledged: cursors may have moved, groups may want a backlog.
        std::function<void()> on_progress;
        std::function<void(const net::Connection& connection, const std::string& group)> on_connected;
        std::function<void(const net::PeerAddress& peer, const std::string& reason)> on_left;
        /// The session ends with this call.
        std::function<void(iec104::ControlledSession& session)> on_session_gone;
        std::function<void(const net::PeerAddress& peer, const std::string& why, std::uint64_t repeated)> on_refused;
        /// For a trace: everything that comes and goes. Cheap when nobody wants it.
        std::function<void(const net::PeerAddress& peer, bool sent, Octets octets)> on_octets;
    };

    Peers(net::EventLoop& loop, iec104::ControlledStation& station, Owner owner);
    ~Peers();
    Peers(const Peers&) = delete;
    Peers& operator=(const Peers&) = delete;

    /// Who may connect; holds for connections to come, those no longer allowed are closed. The lists are valid.
    void configure(const config::ServerConfig& config);
    /// For connections to come; null: no TLS.
    void set_tls(std::shared_ptr<net::TlsEnd> tls, net::TcpListener::OnHandshakeFailed on_handshake_failed) {
        listener_.set_tls(std::move(tls), std::move(on_handshake_failed));
    }
    /// Ends connections whose certificates are no longer good.
    void validate_again() { listener_.validate_again(); }
    Result<void> open(const std::string& host, std::uint16_t port);
    bool is_open() const { return listener_.port() != 0; }
    std::uint16_t port() const { return listener_.port(); }
    void close(const std::string& reason);
    void close_connections(const std::string& reason) { listener_.close_connections(reason); }

    /// Sessions may have output: after each flush of the station.
    void wake_all();
    std::size_t size() const { return sessions_.size(); }
    const net::TcpListener::Counters& counters() const { return listener_.counters(); }
    std::uint64_t refused() const { return refused_; }
    iec104::LinkCounters link_counters() const;
    void for_each(const std::function<void(const net::Connection&, const std::string& group,
                                           const iec104::ControlledSession&)>& visit) const;

private:
    class PeerSession;
    friend class PeerSession;
    std::unique_ptr<net::Session> accept(const net::PeerAddress& peer, net::Connection& connection);
    bool is_full_for(const net::IpAddress& address) const;
    GroupChoice choose_group(const net::IpAddress& address, const net::TlsPeer* tls);
    bool replaces_older(const net::IpAddress& address, const net::TlsPeer* tls, bool full);
    void remove(PeerSession& session, const std::string& reason);

    net::EventLoop& loop_;
    iec104::ControlledStation& station_;
    Owner owner_;
    struct NamedGroup {
        std::string name;
        net::AllowList clients;
        std::vector<std::string> subjects;
        bool holds(const net::IpAddress& address, const net::TlsPeer* tls) const;
    };
    std::vector<NamedGroup> named_groups_;
    net::AllowList allowed_;
    std::size_t max_connections_ = 1, max_per_address_ = 0;
    Duration t1_{}, t3_{};
    std::list<PeerSession*> sessions_;
    std::uint64_t refused_ = 0;
    iec104::LinkCounters past_;
    net::TcpListener listener_;
};

}  // namespace busbar::connector
