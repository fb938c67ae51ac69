#include "net/tls_stream.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>

namespace busbar::net {

namespace ssl = boost::asio::ssl;

Result<std::shared_ptr<ssl::context>> make_tls_context(const TlsClientOptions& options) {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
    SSL_CTX* native = context->native_handle();
    SSL_CTX_set_min_proto_version(native, options.min_version == "1.3" ? TLS1_3_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(native,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    context->set_verify_mode(ssl::verify_peer);

    boost::system::error_code error;
    const auto failed = [&](const std::string& what, const std::string& file) {
        return fail("TLS " + what + " '" + file + "': " + error.message());
    };
    if (options.ca_file.empty()) {
        context->set_default_verify_paths(error);
        if (error) return failed("authorities of the system", "");
    } else if (context->load_verify_file(options.ca_file, error)) {
        return failed("authorities", options.ca_file);
    }
    if (!options.certificate_file.empty()) {
        if (context->use_certificate_chain_file(options.certificate_file, error)) {
            return failed("certificate", options.certificate_file);
        }
        if (context->use_private_key_file(options.key_file, ssl::context::pem, error)) {
            return failed("key", options.key_file);
        }
    }
    return context;
}

TlsStream::TlsStream(std::unique_ptr<SocketStream> socket, std::shared_ptr<ssl::context> context,
                     const std::string& host_name)
    : socket_(std::move(socket)), context_(std::move(context)), ssl_(SSL_new(context_->native_handle())) {
    require(ssl_ != nullptr, "OpenSSL has memory for a connection");
    SSL_set_fd(ssl_.get(), socket_->descriptor());
    SSL_set_connect_state(ssl_.get());
    X509_VERIFY_PARAM* expected = SSL_get0_param(ssl_.get());
    if (IpAddress::parse(host_name)) {
        X509_VERIFY_PARAM_set1_ip_asc(expected, host_name.c_str());
    } else {
        X509_VERIFY_PARAM_set1_host(expected, host_name.c_str(), 0);
        std::string name = host_name;  // SSL_set_tlsext_host_name, whose macro casts the old way
        SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
    }
}

Transfer TlsStream::handshake() {
    ERR_clear_error();
    const int outcome = SSL_do_handshake(ssl_.get());
    handshake_wants_write_ = SSL_get_error(ssl_.get(), outcome) == SSL_ERROR_WANT_WRITE;
    return result_of(outcome);
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
    const auto most = std::min(into.size(), std::size_t{std::numeric_limits<int>::max()});
    return result_of(SSL_read(ssl_.get(), into.data(), static_cast<int>(most)));
}

Transfer TlsStream::write(Octets octets) {
    ERR_clear_error();
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
    if (SSL_is_init_finished(ssl_.get()) != 0) SSL_shutdown(ssl_.get());
    socket_->close();
}

Transfer TlsStream::result_of(int outcome) {
    if (outcome > 0) return {Transfer::State::moved, static_cast<std::size_t>(outcome), {}};
    switch (SSL_get_error(ssl_.get(), outcome)) {
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE: return {};
        case SSL_ERROR_ZERO_RETURN: return {Transfer::State::ended, 0, "closed by the peer"};
        default: break;
    }
    if (const long verdict = SSL_get_verify_result(ssl_.get()); verdict != X509_V_OK) {
        return {Transfer::State::ended, 0,
                std::string("TLS: the server's certificate is refused: ") + X509_verify_cert_error_string(verdict)};
    }
    if (const unsigned long code = ERR_get_error(); code != 0) {
        const char* reason = ERR_reason_error_string(code);
        return {Transfer::State::ended, 0, std::string("TLS: ") + (reason ? reason : "unknown error")};
    }
    return {Transfer::State::ended, 0, errno == 0 ? "closed by the peer" : std::generic_category().message(errno)};
}

}  // namespace busbar::net
