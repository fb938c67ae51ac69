#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "net/event_loop.hpp"
#include "net/session.hpp"
#include "net/stream.hpp"
#include "net/timer.hpp"

namespace busbar::net {

/// Drives a session over a stream: reads what is there, lets the session take it, writes its output in one go, watches
/// its deadline. Owns both. Reading goes through one buffer of the loop; output is kept here only until the peer has
/// taken it (meanwhile more gathers in the session).
class Connection : public std::enable_shared_from_this<Connection> {
public:
    /// Makes the session of a new connection; null refuses it. The connection is there until `disconnected` returns.
    using MakeSession = std::function<std::unique_ptr<Session>(const PeerAddress& peer, Connection& connection)>;
    struct Counters {
        std::uint64_t octets_read = 0, octets_written = 0, reads = 0, writes = 0;
    };

    /// How long a connection that ends may take to write its last octets.
    static constexpr Duration closing_limit = std::chrono::seconds{1};

    /// Null if `make_session` refused. The session is first asked for output and deadline after this has returned.
    /// `ended` is called after `disconnected`. Whoever lets go of the last pointer ends the connection without either.
    static std::shared_ptr<Connection> open(EventLoop& loop, std::unique_ptr<Stream> stream,
                                            const MakeSession& make_session,
                                            std::function<void(Connection&)> ended = {});

    /// The session may have output or a new deadline. Cheap; output of several calls is gathered into one write. Not
    /// needed inside the session's own callbacks.
    void wake();
    /// Writes what the session has without waiting for the end of the owner's turn.
    void flush();
    /// Back-pressure: octets stay in the kernel until `resume_reading`, and the peer's window shuts.
    void pause_reading() { reading_paused_ = true; }
    void resume_reading();
    /// Ends the connection: what output is left is written, for at most `closing_limit`, then the session is
    /// disconnected. Never calls back before it returns.
    void close(std::string reason);

    /// Ends the connection if its peer would not be let in any more: its certificate has been revoked, say.
    void validate_again();

    const PeerAddress& peer() const { return peer_; }
    /// Null without TLS.
    const TlsPeer* tls_peer() const { return stream_->tls_peer(); }
    const Counters& counters() const { return counters_; }
    /// Octets taken from the session that the peer has not taken yet.
    std::size_t unwritten() const { return output_.size() - written_; }

private:
    friend struct EventLoop::Native;
    Connection(EventLoop& loop, std::unique_ptr<Stream> stream);

    void drive();
    void drive_woken();
    void read();
    void write();
    void forget_output();
    void end(const std::string& reason);
    void start_closing(std::string reason);
    void wait_readable();
    void set_alarm();
    void on_alarm();
    bool is_over() const { return session_ == nullptr; }

    EventLoop& loop_;
    std::unique_ptr<Stream> stream_;
    std::unique_ptr<Session> session_;  // null once disconnected
    std::function<void(Connection&)> ended_;
    PeerAddress peer_;
    Counters counters_;
    OctetBuffer output_;       // taken from the session; empty once it is written
    std::size_t written_ = 0;  // of output_
    std::optional<std::string> closing_;
    std::optional<std::string> write_failure_;
    TimePoint close_by_;
    TimePoint alarm_at_;
    Timer alarm_;
    bool woken_ = false;
    bool in_session_ = false;
    bool reading_paused_ = false;
    bool waits_readable_ = false;
    bool waits_writable_ = false;
};

}  // namespace busbar::net
