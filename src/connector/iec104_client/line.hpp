#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "iec104/station/controlling_session.hpp"
#include "net/connection.hpp"
#include "net/event_loop.hpp"
#include "net/reconnect_delay.hpp"
#include "net/stream_connector.hpp"
#include "net/timer.hpp"

namespace busbar::connector {

struct LineConfig {
    iec104::ControllingConfig session;
    std::vector<net::StreamAddress> addresses;  // tried in turn; at least one
    std::chrono::seconds t0{30};
    std::chrono::milliseconds reconnect{2000}, reconnect_max{2000};
};

/// The line to one RTU: connects, starts data transfer as soon as that is allowed, connects again when it is lost.
/// Frames are acknowledged only as far as `keep` has said.
class Line {
public:
    enum class Tcp : std::uint8_t { disconnected, connecting, connected };
    using Event = iec104::ControllingSession::Event;

    struct Owner {
        /// Each event of the session, in order; octets are valid during the call. `connection` counts connections.
        std::function<void(const Event& event, std::uint64_t connection)> on_event;
        /// Everything that one read brought has been handed over.
        std::function<void(std::uint64_t connection)> on_read_done;
        std::function<void(const std::string& peer)> on_up;
        std::function<void(const std::string& peer, const std::string& reason)> on_lost;
        std::function<void(const std::string& peer, const std::string& reason)> on_refused;
        /// For a trace: everything that comes and goes. Cheap when nobody wants it.
        std::function<void(bool sent, Octets octets)> on_octets;
    };

    Line(net::EventLoop& loop, LineConfig config, Owner owner);
    ~Line();
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    /// Applies what the running connection does not depend on; a new one takes all of it.
    void configure(LineConfig config);
    /// Drops the connection and makes it anew at once.
    void reconnect(const std::string& reason);
    /// STOPDT as far as what was received is kept, then closes; `done` is called when it is over, at most after t1.
    void stop(std::function<void()> done);

    /// Data transfer may start: the store is there and this process is the active one.
    void allow_transfer(bool allowed);
    /// A person stopped the transfer; it stays stopped until started again or the line is made anew.
    void stop_transfer();
    void start_transfer();
    void keep(std::uint64_t number, std::uint64_t connection);
    void close(const std::string& reason);
    /// Closes if the peer's certificate is no longer good.
    void validate_again();
    void pause_reading();
    void resume_reading();

    /// Sends by the session if there is one: `request` gets it and the time. False: no connection, or refused.
    bool with_session(const std::function<bool(iec104::ControllingSession&, TimePoint)>& request);

    Tcp tcp() const { return tcp_; }
    std::uint64_t connection_number() const { return number_; }
    const std::string& peer() const { return peer_; }
    /// The running one; null if there is none.
    const net::Connection* connection() const { return connection_.get(); }
    /// Of the running connection; null without one.
    const iec104::ControllingSession* session() const;
    bool is_started() const { return session() && session()->link().state() == iec104::TransferState::started; }
    const iec104::LinkCounters& past_counters() const { return past_; }
    std::uint64_t connections_made() const { return number_; }

private:
    class Adapter;
    void connect();
    void connected(Result<std::unique_ptr<net::Stream>> stream);
    void lost(const std::string& reason);
    void connect_later();
    const net::StreamAddress& address() const { return config_.addresses[next_address_ % config_.addresses.size()]; }

    net::EventLoop& loop_;
    LineConfig config_;
    Owner owner_;
    net::StreamConnector connector_;
    net::Timer retry_, stop_limit_;
    net::ReconnectDelay delay_;
    std::shared_ptr<net::Connection> connection_;
    Adapter* adapter_ = nullptr;  // owned by connection_
    std::function<void()> stopping_;
    std::string peer_;
    std::size_t next_address_ = 0;
    std::uint64_t number_ = 0;
    iec104::LinkCounters past_;  // of earlier connections
    Tcp tcp_ = Tcp::disconnected;
    bool allowed_ = false;
    bool held_ = false;  // a person stopped the transfer
};

}  // namespace busbar::connector
