#include "support/tls_client.hpp"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace busbar::tests {

struct TlsClient::Native {
    ~Native() {
        SSL_free(ssl);
        SSL_CTX_free(context);
        ::close(descriptor);
    }
    int descriptor = -1;
    SSL_CTX* context = nullptr;
    SSL* ssl = nullptr;
};

TlsClient::TlsClient(int descriptor, const Manner& manner) : native_(std::make_unique<Native>()) {
    native_->descriptor = descriptor;
    ::fcntl(descriptor, F_SETFL, O_NONBLOCK);
    SSL_CTX* context = native_->context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_security_level(context, 0);
    if (manner.version) {
        SSL_CTX_set_min_proto_version(context, manner.version);
        SSL_CTX_set_max_proto_version(context, manner.version);
    }
    const auto want = [](bool good) {
        if (!good) throw std::runtime_error("the client's certificate or suites");
    };
    if (!manner.suites.empty()) want(SSL_CTX_set_cipher_list(context, manner.suites.c_str()) == 1);
    if (!manner.certificate.empty()) {
        want(SSL_CTX_use_certificate_chain_file(context, manner.certificate.c_str()) == 1);
        want(SSL_CTX_use_PrivateKey_file(context, manner.key.c_str(), SSL_FILETYPE_PEM) == 1);
    }
    native_->ssl = SSL_new(context);
    SSL_set_fd(native_->ssl, descriptor);
    SSL_set_connect_state(native_->ssl);
}

TlsClient::~TlsClient() = default;

bool TlsClient::shake_hands() {
    if (is_connected() || !error_.empty()) return true;
    ERR_clear_error();
    const int outcome = SSL_do_handshake(native_->ssl);
    if (outcome == 1) return true;
    const int state = SSL_get_error(native_->ssl, outcome);
    if (state == SSL_ERROR_WANT_READ || state == SSL_ERROR_WANT_WRITE) return false;
    const char* reason = ERR_reason_error_string(ERR_peek_error());
    error_ = reason ? reason : "closed";
    return true;
}

bool TlsClient::is_connected() const { return SSL_is_init_finished(native_->ssl) != 0; }

void TlsClient::send(const std::string& text) {
    ERR_clear_error();
    SSL_write(native_->ssl, text.data(), static_cast<int>(text.size()));
}

const std::string& TlsClient::received() {
    std::array<char, 4096> buffer{};
    ERR_clear_error();
    int count = SSL_read(native_->ssl, buffer.data(), static_cast<int>(buffer.size()));
    for (; count > 0; count = SSL_read(native_->ssl, buffer.data(), static_cast<int>(buffer.size()))) {
        received_.append(buffer.data(), static_cast<std::size_t>(count));
    }
    const int state = SSL_get_error(native_->ssl, count);
    if (state != SSL_ERROR_WANT_READ && state != SSL_ERROR_WANT_WRITE) {
        closed_ = true;
        const char* reason = ERR_reason_error_string(ERR_peek_error());
        if (reason && error_.empty()) error_ = reason;
    }
    return received_;
}

bool TlsClient::is_closed() {
    received();
    return closed_;
}

void TlsClient::renegotiate() {
    SSL_renegotiate(native_->ssl);
    SSL_do_handshake(native_->ssl);
}

void TlsClient::update_keys() { SSL_key_update(native_->ssl, SSL_KEY_UPDATE_REQUESTED); }

std::string TlsClient::server() const {
    const X509* certificate = SSL_get0_peer_certificate(native_->ssl);
    if (certificate == nullptr) return {};
    std::array<char, 256> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(), name.size());
    return name.data();
}

}  // namespace busbar::tests
