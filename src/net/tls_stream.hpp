#pragma once

#include <openssl/ssl.h>

#include <memory>

#include "net/socket_stream.hpp"
#include "net/tls_context.hpp"
#include "net/tls_end.hpp"

namespace busbar::net {

/// TLS over a connected socket, as either side. OpenSSL works on the socket itself: no buffers but its own, and those
/// go when idle.
class TlsStream : public Stream {
public:
    /// `host`: client: where it is connected to, whom the certificate must name. The error names the file.
    static Result<std::unique_ptr<TlsStream>> make(std::unique_ptr<SocketStream> socket, std::shared_ptr<TlsEnd> end,
                                                   const std::string& host, TimePoint now);

    /// The next step of the handshake: moved = done; blocked = call again when `when_handshake` says; ended = refused.
    Transfer handshake();
    void when_handshake(std::function<void()> ready);

    Transfer read(std::span<Octet> into) override;
    Transfer write(Octets octets) override;
    void when_readable(std::function<void()> ready) override;
    void when_writable(std::function<void()> ready) override { socket_->when_writable(std::move(ready)); }
    void close() override;
    PeerAddress peer() const override { return socket_->peer(); }
    const TlsPeer* tls_peer() const override { return peer_ ? &*peer_ : nullptr; }
    std::string refusal_now() override;

private:
    TlsStream(std::unique_ptr<SocketStream> socket, std::shared_ptr<TlsEnd> end, std::shared_ptr<TlsContext> context);
    void prepare_client(const std::string& host, TimePoint now);
    /// Of a caller that does not speak TLS: says so, before OpenSSL sees an octet.
    std::optional<Transfer> first_octets();
    Transfer finish_handshake();
    Transfer result_of(int outcome);

    struct Free {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };
    std::unique_ptr<SocketStream> socket_;
    std::shared_ptr<TlsEnd> end_;
    std::shared_ptr<TlsContext> context_;
    TlsConversation conversation_;
    std::unique_ptr<SSL, Free> ssl_;  // refers to the conversation
    std::optional<TlsPeer> peer_;
    bool first_octets_seen_ = false;
    bool handshake_wants_write_ = false;
    bool is_broken_ = false;
};

}  // namespace busbar::net
