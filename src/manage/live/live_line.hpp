#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace busbar::manage {

/// Where messages go to a client that stays: a WebSocket, or server-sent events.
class LiveLine {
public:
    /// With so many octets waiting for the client, topics send nothing more, and nothing more that he wishes is read.
    static constexpr std::size_t full = std::size_t{256} << 10;

    virtual ~LiveLine() = default;
    /// Goes out when those before it have; kept until then.
    virtual void send(std::string message) = 0;
    /// Octets that the client has not taken yet.
    virtual std::size_t waiting() const = 0;
    /// Octets that he has taken so far.
    virtual std::uint64_t taken() const = 0;
    /// After what waits was sent; `reason` in words.
    virtual void close(const std::string& reason) = 0;
    /// At once, for who takes nothing any more.
    virtual void cut() = 0;
};

/// What goes on after a response. The line lives until `closed` has returned.
class LiveClient {
public:
    virtual ~LiveClient() = default;
    virtual void opened(LiveLine& line) = 0;
    virtual void received(std::string_view text) = 0;
    /// Everything that was sent is gone.
    virtual void drained() = 0;
    /// Once, last.
    virtual void closed() = 0;
};

}  // namespace busbar::manage
