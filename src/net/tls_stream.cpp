#include "net/tls_stream.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <system_error>

#include "net/tls_certificate.hpp"
#include "net/tls_reason.hpp"

namespace busbar::net {

namespace {

constexpr Octet handshake_record = 22;  // first octet of everything a TLS client begins with

Transfer ended(std::string reason) { return {Transfer::State::ended, 0, std::move(reason)}; }

std::string system_reason(int error) {
    return error == 0 ? "closed by the peer" : std::generic_category().message(error);
}

}  // namespace

Result<std::unique_ptr<TlsStream>> TlsStream::make(std::unique_ptr<SocketStream> socket, std::shared_ptr<TlsEnd> end,
                                                   const std::string& host, TimePoint now) {
    auto context = end->context();
    if (!context) return tl::make_unexpected(std::move(context.error()));
    std::unique_ptr<TlsStream> stream(new TlsStream(std::move(socket), std::move(end), std::move(*context)));
    stream->conversation_.now = now;
    if (stream->context_->settings().role == TlsRole::client) stream->prepare_client(host, now);
    return stream;
}

TlsStream::TlsStream(std::unique_ptr<SocketStream> socket, std::shared_ptr<TlsEnd> end,
                     std::shared_ptr<TlsContext> context)
    : socket_(std::move(socket)),
      end_(std::move(end)),
      context_(std::move(context)),
      ssl_(SSL_new(context_->native())) {
    require(ssl_ != nullptr, "OpenSSL has memory for a connection");
    conversation_.rules = context_.get();
    TlsContext::attach(ssl_.get(), conversation_);
    SSL_set_fd(ssl_.get(), socket_->descriptor());
    SSL_set_accept_state(ssl_.get());
}

void TlsStream::prepare_client(const std::string& host, TimePoint now) {
    first_octets_seen_ = true;
    SSL_set_connect_state(ssl_.get());
    const auto& settings = context_->settings();
    const std::string& name = settings.host_name.empty() ? host : settings.host_name;
    X509_VERIFY_PARAM* expected = SSL_get0_param(ssl_.get());
    const bool is_address = IpAddress::parse(name).has_value();
    if (!settings.any_host && is_address) X509_VERIFY_PARAM_set1_ip_asc(expected, name.c_str());
    if (!settings.any_host && !is_address) X509_VERIFY_PARAM_set1_host(expected, name.c_str(), 0);
    if (!is_address) {
        std::string text = name;  // SSL_set_tlsext_host_name, whose macro casts the old way
        SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, text.data());
    }
    conversation_.session_name = host + " " + socket_->peer().to_string();
    const auto known = context_->sessions().find(conversation_.session_name, now);
    if (known.session == nullptr) return;
    SSL_set_session(ssl_.get(), known.session);
    conversation_.session_since = known.since;
    // A ticket of TLS 1.3 is for one use; another will come.
    if (SSL_SESSION_get_protocol_version(known.session) == TLS1_3_VERSION) {
        context_->sessions().forget(conversation_.session_name);
    }
}

std::optional<Transfer> TlsStream::first_octets() {
    std::array<Octet, 4> octets{};
    const auto count = ::recv(socket_->descriptor(), octets.data(), octets.size(), MSG_PEEK);
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return Transfer{};
    if (count <= 0) return ended(system_reason(count == 0 ? 0 : errno));
    first_octets_seen_ = true;
    if (octets[0] == handshake_record) return {};
    is_broken_ = true;
    return ended("the peer does not speak TLS (it begins with " +
                 to_hex(Octets(octets).first(static_cast<std::size_t>(count)), ' ') + ")");
}

Transfer TlsStream::handshake() {
    if (!first_octets_seen_) {
        if (auto outcome = first_octets()) return *outcome;
    }
    ERR_clear_error();
    errno = 0;
    const int outcome = SSL_do_handshake(ssl_.get());
    if (outcome == 1) return finish_handshake();
    handshake_wants_write_ = SSL_get_error(ssl_.get(), outcome) == SSL_ERROR_WANT_WRITE;
    return result_of(outcome);
}

/// A resumed session comes without certificates on the line: those of its full handshake must still be good.
Transfer TlsStream::finish_handshake() {
    if (SSL_session_reused(ssl_.get()) != 0) {
        if (auto refusal = context_->refusal_of(ssl_.get()); !refusal.empty()) return ended("TLS: " + refusal);
    }
    const X509* certificate = SSL_get0_peer_certificate(ssl_.get());
    if (certificate == nullptr) return ended("TLS: the peer has sent no certificate");
    peer_ = TlsPeer{subject_of(certificate),
                    fingerprint_of(certificate),
                    time_of(X509_get0_notAfter(certificate)).value_or(UtcTime::min()),
                    SSL_get_version(ssl_.get()),
                    SSL_get_cipher_name(ssl_.get()),
                    SSL_session_reused(ssl_.get()) != 0};
    return {Transfer::State::moved, 0, {}};
}

void TlsStream::when_handshake(std::function<void()> ready) {
    if (handshake_wants_write_) {
        socket_->when_writable(std::move(ready));
    } else {
        socket_->when_readable(std::move(ready));
    }
}

Transfer TlsStream::read(std::span<Octet> into) {
    ERR_clear_error();
    errno = 0;
    const auto most = std::min(into.size(), std::size_t{std::numeric_limits<int>::max()});
    return result_of(SSL_read(ssl_.get(), into.data(), static_cast<int>(most)));
}

Transfer TlsStream::write(Octets octets) {
    ERR_clear_error();
    errno = 0;
    const auto most = std::min(octets.size(), std::size_t{std::numeric_limits<int>::max()});
    return result_of(SSL_write(ssl_.get(), octets.data(), static_cast<int>(most)));
}

void TlsStream::when_readable(std::function<void()> ready) {
    // What OpenSSL has deciphered already does not make the socket readable.
    if (SSL_pending(ssl_.get()) > 0) {
        socket_->when_asked_again(std::move(ready));
    } else {
        socket_->when_readable(std::move(ready));
    }
}

void TlsStream::close() {
    ERR_clear_error();
    if (SSL_is_init_finished(ssl_.get()) != 0 && !is_broken_) SSL_shutdown(ssl_.get());
    is_broken_ = true;  // a second close has nobody to tell
    socket_->close();
}

std::string TlsStream::refusal_now() {
    const auto& context = end_->in_force();
    if (!context) return {};
    const auto refusal = context->refusal_of(ssl_.get());
    return refusal.empty() ? refusal : "TLS: " + refusal;
}

Transfer TlsStream::result_of(int outcome) {
    if (outcome > 0) return {Transfer::State::moved, static_cast<std::size_t>(outcome), {}};
    const int system_error = errno;
    const int error = SSL_get_error(ssl_.get(), outcome);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return {};
    if (error == SSL_ERROR_ZERO_RETURN) return ended("closed by the peer");
    is_broken_ = true;
    if (!conversation_.refusal.empty()) return ended("TLS: " + conversation_.refusal);
    if (ERR_peek_error() == 0) return ended(system_reason(system_error));
    const std::string reason = last_tls_error();
    return ended(reason == "closed by the peer" ? reason : "TLS: " + reason);
}

}  // namespace busbar::net
