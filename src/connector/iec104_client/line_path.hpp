#pragma once

#include <chrono>
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

/// What the further addresses of a station are used for while one carries the data.
enum class StandbyConnections : std::uint8_t {
    connect,  // connected too, tested, not started
    none,     // one connection at a time; addresses in turn
};

struct LineConfig {
    iec104::ControllingConfig session;
    std::vector<net::StreamAddress> addresses;  // of one station; at least one, the first is the main one
    StandbyConnections standby = StandbyConnections::connect;
    std::chrono::seconds t0{30};
    std::chrono::milliseconds reconnect{2000}, reconnect_max{2000};
};

/// One address of a station: connects, and holds the connection with its session. What follows from its events -
/// another attempt, the start of data transfer - is the Line's to decide.
class LinePath {
public:
    enum class Tcp : std::uint8_t { disconnected, connecting, connected };
    using Event = iec104::ControllingSession::Event;

    class Owner {
    public:
        /// Gives the new connection its number.
        virtual std::uint64_t path_connected(LinePath& path) = 0;
        virtual void path_ready(LinePath& path) = 0;
        virtual void path_refused(LinePath& path, const std::string& reason) = 0;
        virtual void path_lost(LinePath& path, const std::string& reason, const iec104::LinkCounters& counters) = 0;
        virtual void path_event(LinePath& path, const Event& event) = 0;
        virtual void path_read_done(LinePath& path) = 0;
        virtual void path_octets(LinePath& path, bool sent, Octets octets) = 0;
        virtual std::optional<std::string> path_barred() const = 0;

    protected:
        ~Owner() = default;
    };

    LinePath(net::EventLoop& loop, const LineConfig& config, net::StreamAddress address, Owner& owner);
    ~LinePath();
    LinePath(const LinePath&) = delete;
    LinePath& operator=(const LinePath&) = delete;

    /// For the next attempt.
    void use(net::StreamAddress address) { address_ = std::move(address); }
    void configure();
    /// At once; nothing if it is connected, or about to be.
    void connect();
    void connect_later();
    /// No attempt any more; a connection stays.
    void rest();
    void close(const std::string& reason);

    /// Sends by the session if there is one: `request` gets it and the time. False: no connection, or refused.
    bool with_session(const std::function<bool(iec104::ControllingSession&, TimePoint)>& request);
    void pause_reading(bool pause);
    /// Closes if the peer's certificate is no longer good.
    void validate_again();

    Tcp tcp() const { return tcp_; }
    /// Connected, and not about to end.
    bool is_usable() const { return connection_ && !closing_; }
    const iec104::ControllingSession* session() const;
    iec104::TransferState transfer() const;
    /// Null if there is none.
    const net::Connection* connection() const { return connection_.get(); }
    std::uint64_t number() const { return number_; }
    std::string peer() const { return address_.to_string(); }
    /// Why it was lost or refused last; empty while connected.
    const std::string& last_fault() const { return last_fault_; }

private:
    class Adapter;
    void connected(Result<std::unique_ptr<net::Stream>> stream);
    void lost(const std::string& reason);

    net::EventLoop& loop_;
    const LineConfig& config_;
    net::StreamAddress address_;
    Owner& owner_;
    net::StreamConnector connector_;
    net::Timer retry_;
    net::ReconnectDelay delay_;
    std::shared_ptr<net::Connection> connection_;
    Adapter* adapter_ = nullptr;  // owned by connection_
    std::uint64_t number_ = 0;
    Tcp tcp_ = Tcp::disconnected;
    bool closing_ = false;
    std::string last_fault_;
};

}  // namespace busbar::connector
