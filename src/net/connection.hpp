#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/time.hpp"
#include "net/session.hpp"
#include "net/stream.hpp"

namespace busbar::net {

class EventLoop;

/// Drives a session over a stream: reads what is there, lets the session take it, writes its output in one go, watches
/// its deadline. Owns both. An idle connection holds no buffers: reading and writing go through the loop's own, and
/// only what the peer does not take at once is kept here (meanwhile output gathers in the session).
class Connection : public std::enable_shared_from_this<Connection> {
public:
    /// Makes the session of a new connection; null refuses it. The connection is there until `disconnected` returns.
    using MakeSession = std::function<std::unique_ptr<Session>(const PeerAddress& peer, Connection& connection)>;
    struct Counters {
        std::uint64_t octets_read = 0, octets_written = 0, reads = 0, writes = 0;
    };

    /// Null if `make_session` refused. The session is first asked for output and deadline after this has returned.
    /// Whoever lets go of the pointer ends the connection without `disconnected`; letting go inside it is fine.
    static std::shared_ptr<Connection> open(EventLoop& loop, std::unique_ptr<Stream> stream,
                                            const MakeSession& make_session);
    ~Connection();

    /// The session may have output or a new deadline. Cheap; output of several calls is gathered into one write. Not
    /// needed inside the session's own callbacks.
    void wake();
    /// Back-pressure: octets stay in the kernel until `resume_reading`, and the peer's window shuts.
    void pause_reading();
    void resume_reading();
    /// Ends the connection: what output is left is written (for at most a second), then the session is disconnected.
    /// Never calls back before it returns.
    void close(std::string reason);

    const PeerAddress& peer() const;
    const Counters& counters() const;
    /// Octets taken from the session that the peer has not taken yet.
    std::size_t unwritten() const;

private:
    struct State;
    explicit Connection(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace busbar::net
