#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <memory>

#include "net/event_loop.hpp"
#include "net/stream.hpp"

namespace busbar::net {

/// TCP or a unix socket.
class SocketStream : public Stream {
public:
    using Socket = boost::asio::generic::stream_protocol::socket;

    /// `socket` is connected. Makes it non-blocking; TCP sends at once (TCP_NODELAY).
    explicit SocketStream(Socket socket);
    ~SocketStream() override;

    Transfer read(std::span<Octet> into) override;
    Transfer write(Octets octets) override;
    void when_readable(std::function<void()> ready) override;
    void when_writable(std::function<void()> ready) override;
    void close() override;
    PeerAddress peer() const override { return peer_; }

    int descriptor();
    /// Calls `ready` once, soon, as when_readable does.
    void when_asked_again(std::function<void()> ready);

private:
    struct Waiting;
    std::shared_ptr<Waiting> waiting_;
    PeerAddress peer_;
};

/// The address in a `sockaddr` of an IP socket; 0.0.0.0:0 of any other.
PeerAddress peer_address(const boost::asio::generic::stream_protocol::endpoint& endpoint);

}  // namespace busbar::net
