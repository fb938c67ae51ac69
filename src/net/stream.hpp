#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>

#include "base/octets.hpp"
#include "base/time.hpp"
#include "net/ip_address.hpp"

namespace busbar::net {

/// How far a read or write came without waiting.
struct Transfer {
    enum class State { moved, blocked, ended };
    State state = State::blocked;
    std::size_t octets = 0;  // moved: how many, at least one
    std::string reason;      // ended: why ("closed by the peer", "Connection reset by peer")
};

/// Who the other end of a TLS connection has proved to be, and how it is protected.
struct TlsPeer {
    std::string subject;          // of its certificate: "CN=scada-a,O=Utility"
    std::string fingerprint;      // of its certificate: "sha256:…"
    UtcTime expires;              // its certificate
    std::string protocol, suite;  // "TLSv1.3", "TLS_AES_128_GCM_SHA256"
    bool resumed = false;         // without a full handshake
};

/// A connected flow of octets (TCP, unix socket, TLS over either, serial port) that never blocks: read and write do
/// what they can at once, `when_…` tells when to try again. Destruction closes.
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
    virtual PeerAddress peer() const = 0;  // 0.0.0.0:0 for a unix socket or a serial port
    /// Null without TLS.
    virtual const TlsPeer* tls_peer() const { return nullptr; }
    /// Why the peer would not be let in by the rules and files that are in force by now; empty: it would.
    virtual std::string refusal_now() { return {}; }
};

}  // namespace busbar::net
