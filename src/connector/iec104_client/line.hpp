#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connector/iec104_client/line_path.hpp"

namespace busbar::connector {

/// The line to one RTU over one of its addresses: connects, starts data transfer as soon as that is allowed, goes on
/// over another address when the connection is lost. Frames are acknowledged only as far as `keep` has said.
///
/// One connection carries the line; STARTDT is given on no other. It is the first address's if that answers within a
/// second of the start; afterwards it stays where it is until it is lost or `switch_over` is said.
class Line final : LinePath::Owner {
public:
    using Tcp = LinePath::Tcp;
    using Event = LinePath::Event;

    struct Owner {
        /// Each event of the session that carries the line, in order; octets are valid during the call. `connection`
        /// counts connections.
        std::function<void(const Event& event, std::uint64_t connection)> on_event;
        /// Everything that one read brought has been handed over.
        std::function<void(std::uint64_t connection)> on_read_done;
        /// From now on this connection carries the line.
        std::function<void(const std::string& peer)> on_up;
        std::function<void(const std::string& peer, const std::string& reason)> on_lost;
        /// The connection that carried the line does so no more, and stays: switched over.
        std::function<void(const std::string& peer)> on_left = [](const auto&) {};
        /// A further connection stands by; it is lost.
        std::function<void(const LinePath& path)> on_standby_up = [](const auto&) {};
        std::function<void(const std::string& peer, const std::string& reason)> on_standby_lost = [](const auto&,
                                                                                                     const auto&) {};
        std::function<void(const std::string& peer, const std::string& reason)> on_refused;
        /// For a trace: everything that comes and goes. Cheap when nobody wants it.
        std::function<void(const LinePath& path, bool sent, Octets octets)> on_octets;
        /// Asked before each write: why nothing may be sent any more, and the connection ends. Absent: all may be.
        std::function<std::optional<std::string>()> barred = {};
    };

    Line(net::EventLoop& loop, LineConfig config, Owner owner);
    ~Line();
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    /// Applies what the running connection does not depend on; a new one takes all of it.
    void configure(LineConfig config);
    /// Drops the connections and makes them anew.
    void reconnect(const std::string& reason);
    /// STOPDT on the connection that carries the line, then STARTDT on another: that of `peer`, or the next (empty). An
    /// error: there is none that could take over.
    Result<void> switch_over(const std::string& peer);
    /// STOPDT as far as what was received is kept, then closes; `done` is called when it is over, at most after t1.
    void stop(std::function<void()> done);

    /// Data transfer may start: the store is there and this process is the active one.
    void allow_transfer(bool allowed);
    /// A person stopped the transfer; it stays stopped until started again or another connection carries the line.
    void stop_transfer();
    void start_transfer();
    void keep(std::uint64_t number, std::uint64_t connection);
    void close(const std::string& reason);
    /// Closes what has a peer whose certificate is no longer good.
    void validate_again();
    void pause_reading();
    void resume_reading();

    /// Sends by the session if there is one: `request` gets it and the time. False: no connection, or refused.
    bool with_session(const std::function<bool(iec104::ControllingSession&, TimePoint)>& request);

    Tcp tcp() const;
    /// Of the connection that carries the line, or did so last.
    std::uint64_t connection_number() const { return carrier_number_; }
    std::string peer() const;
    /// Of the connection that carries the line; null without one.
    /// That one; null if there is none.
    const net::Connection* connection() const { return carrier_ ? carrier_->connection() : nullptr; }
    const iec104::ControllingSession* session() const;
    bool is_started() const { return session() && session()->link().state() == iec104::TransferState::started; }
    /// Whether another connection can go on at once when this one is lost.
    bool has_standby() const;
    /// Of all connections there are and were.
    iec104::LinkCounters counters() const;
    std::uint64_t connections_made() const { return number_; }
    const std::vector<std::unique_ptr<LinePath>>& paths() const { return paths_; }
    const LinePath* carrier() const { return carrier_; }

private:
    // LinePath::Owner
    std::uint64_t path_connected(LinePath& path) override;
    void path_ready(LinePath& path) override;
    void path_refused(LinePath& path, const std::string& reason) override;
    void path_lost(LinePath& path, const std::string& reason, const iec104::LinkCounters& counters) override;
    void path_event(LinePath& path, const Event& event) override;
    void path_read_done(LinePath& path) override;
    void path_octets(LinePath& path, bool sent, Octets octets) override;
    std::optional<std::string> path_barred() const override;

    void make_paths();
    void begin();
    void choose();
    LinePath* next_usable() const;
    void hand_over(LinePath& path);
    void try_again(LinePath& path);
    void finish_if_over();
    std::size_t index_of(const LinePath& path) const;
    std::size_t after(std::size_t index) const { return (index + 1) % paths_.size(); }
    bool is_single() const { return config_.standby == StandbyConnections::none; }

    net::EventLoop& loop_;
    LineConfig config_;
    Owner owner_;
    net::Timer favour_, stop_limit_;
    std::vector<std::unique_ptr<LinePath>> paths_;
    LinePath* carrier_ = nullptr;
    std::size_t preferred_ = 0;  // the path that carries the line next, if it can
    bool switching_ = false;     // to it, as soon as the carrier has stopped
    std::function<void()> stopping_;
    std::uint64_t number_ = 0, carrier_number_ = 0;
    iec104::LinkCounters past_;  // of earlier connections
    bool allowed_ = false;
    bool held_ = false;  // a person stopped the transfer
};

}  // namespace busbar::connector
