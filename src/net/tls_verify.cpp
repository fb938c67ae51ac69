#include "net/tls_verify.hpp"

#include <openssl/x509v3.h>

#include <memory>
#include <utility>

#include "net/tls_certificate.hpp"
#include "net/tls_context.hpp"
#include "net/tls_reason.hpp"

namespace busbar::net {

namespace {

int conversation_index() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

/// What OpenSSL minds and we do not. The list of the peer's own authority has to be there, those further up need not.
bool is_tolerated(int error, int depth) {
    return error == X509_V_ERR_CRL_HAS_EXPIRED || error == X509_V_ERR_CRL_NOT_YET_VALID ||
           (error == X509_V_ERR_UNABLE_TO_GET_CRL && depth > 0);
}

/// "the peer's certificate 'CN=rtu-1' is refused because of 'CN=Authority': it has expired (sha256:…)"
std::string describe(X509_STORE_CTX* chain) {
    const X509* peer = X509_STORE_CTX_get0_cert(chain);
    const X509* at_fault = X509_STORE_CTX_get_current_cert(chain);
    const bool is_authority = at_fault && X509_STORE_CTX_get_error_depth(chain) > 0;
    return "the peer's certificate '" + subject_of(peer) + "' is refused" +
           (is_authority ? " because of '" + subject_of(at_fault) + "'" : "") + ": " +
           certificate_fault(X509_STORE_CTX_get_error(chain)) + " (" + fingerprint_of(peer) + ")";
}

}  // namespace

TlsConversation& TlsContext::conversation_of(const SSL* ssl) {
    return *static_cast<TlsConversation*>(SSL_get_ex_data(ssl, conversation_index()));
}

void TlsContext::attach(SSL* ssl, TlsConversation& conversation) {
    SSL_set_ex_data(ssl, conversation_index(), &conversation);
}

int verify_certificate(int good, X509_STORE_CTX* chain) {
    const auto* ssl = static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto& conversation = TlsContext::conversation_of(ssl);
    const int depth = X509_STORE_CTX_get_error_depth(chain);
    if (good == 0 && is_tolerated(X509_STORE_CTX_get_error(chain), depth)) {
        X509_STORE_CTX_set_error(chain, X509_V_OK);
        good = 1;
    }
    if (good != 0 && depth == 0 && !conversation.rules->allows(fingerprint_of(X509_STORE_CTX_get0_cert(chain)))) {
        X509_STORE_CTX_set_error(chain, X509_V_ERR_APPLICATION_VERIFICATION);
        good = 0;
    }
    if (good == 0) conversation.refusal = describe(chain);
    return good;
}

std::string TlsContext::refusal_of(SSL* ssl) {
    auto& conversation = conversation_of(ssl);
    conversation.refusal.clear();
    X509* peer = SSL_get0_peer_certificate(ssl);
    if (peer == nullptr) return "the peer has sent no certificate";
    const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> chain(X509_STORE_CTX_new(),
                                                                                X509_STORE_CTX_free);
    if (!chain ||
        X509_STORE_CTX_init(chain.get(), SSL_CTX_get_cert_store(native()), peer, SSL_get_peer_cert_chain(ssl)) != 1) {
        return "no memory to verify the peer's certificate";
    }
    X509_STORE_CTX_set_default(chain.get(), settings_.role == TlsRole::server ? "ssl_client" : "ssl_server");
    X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(chain.get());
    // As the handshake does it: those of the context and, with the host's name, those of the conversation.
    X509_VERIFY_PARAM_set1(parameters, SSL_get0_param(ssl));
    X509_VERIFY_PARAM_set_flags(parameters, X509_VERIFY_PARAM_get_flags(SSL_CTX_get0_param(native())));
    X509_VERIFY_PARAM_set_auth_level(parameters, security_level);
    X509_STORE_CTX_set_ex_data(chain.get(), SSL_get_ex_data_X509_STORE_CTX_idx(), ssl);
    X509_STORE_CTX_set_verify_cb(chain.get(), verify_certificate);
    TlsContext* const its_own = std::exchange(conversation.rules, this);
    const bool good = X509_verify_cert(chain.get()) == 1;
    conversation.rules = its_own;
    if (good) return {};
    return conversation.refusal.empty() ? "the peer's certificate is refused" : conversation.refusal;
}

}  // namespace busbar::net
