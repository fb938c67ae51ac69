#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>

#include "base/octets.hpp"
#include "net/ip_address.hpp"

namespace busbar::net {

/// How far a read or write came without waiting.
struct Transfer {
    enum class State { moved, blocked, ended };
    State state = State::blocked;
    std::size_t octets = 0;  // moved: how many, at least one
    std::string reason;      // ended: why ("closed by the peer", "Connection reset by peer")
};

/// A connected flow of octets (TCP, unix socket, TLS over either) that never blocks: read and write do what they can at
/// once, `when_…` tells when to try again. Destruction closes.
class Stream {
public:
    virtual ~Stream() = default;
    virtual Transfer read(std::span<Octet> into) = 0;
    virtual Transfer write(Octets octets) = 0;
    /// Calls `ready` once, later, when a blocked read (write) may get on or will end. One of each kind at a time; not
    /// called after close or destruction.
    virtual void when_readable(std::function<void()> ready) = 0;
    virtual void when_writable(std::function<void()> ready) = 0;
    /// Ends both directions; octets already written still arrive.
    virtual void close() = 0;
    virtual PeerAddress peer() const = 0;  // 0.0.0.0:0 for a unix socket
};

}  // namespace busbar::net
