#pragma once

#include <openssl/ssl.h>

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "base/result.hpp"
#include "net/socket_stream.hpp"
#include "net/stream_connector.hpp"

namespace busbar::net {

/// A context as the options say. The error names the file.
Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(const TlsClientOptions& options);

/// TLS as the connecting side. OpenSSL works on the socket itself: no buffers but its own, and those go when idle.
class TlsStream : public Stream {
public:
    TlsStream(std::unique_ptr<SocketStream> socket, std::shared_ptr<boost::asio::ssl::context> context,
              const std::string& host_name);

    /// The next step of the handshake: moved = done; blocked = call again when `when_handshake` says; ended = refused.
    Transfer handshake();
    void when_handshake(std::function<void()> ready);

    Transfer read(std::span<Octet> into) override;
    Transfer write(Octets octets) override;
    void when_readable(std::function<void()> ready) override;
    void when_writable(std::function<void()> ready) override { socket_->when_writable(std::move(ready)); }
    void close() override;
    PeerAddress peer() const override { return socket_->peer(); }

private:
    Transfer result_of(int outcome);

    struct Free {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };
    std::unique_ptr<SocketStream> socket_;
    std::shared_ptr<boost::asio::ssl::context> context_;
    std::unique_ptr<SSL, Free> ssl_;
    bool handshake_wants_write_ = false;
};

}  // namespace busbar::net
