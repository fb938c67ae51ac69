#include "net/tls_reason.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <system_error>

namespace busbar::net {

namespace {

const char* words_for_tls(int reason) {
    switch (reason) {
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return "the peer has sent no certificate";
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_VERSION_TOO_LOW: return "the peer's TLS version is too old";
        case SSL_R_NO_SHARED_CIPHER: return "no cipher suite in common";
        case SSL_R_WRONG_VERSION_NUMBER: return "the peer does not speak TLS, or not this version";
        case SSL_R_EXCESSIVE_MESSAGE_SIZE:
            return "the peer's certificates are too large (8192 octets are allowed for all of them)";
        case SSL_R_UNEXPECTED_EOF_WHILE_READING: return "closed by the peer";
        case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE: return "the peer refuses our certificate (alert 42)";
        case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: return "the peer has no use for our certificate (alert 43)";
        case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED: return "the peer says that our certificate is revoked (alert 44)";
        case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED: return "the peer says that our certificate has expired (alert 45)";
        case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN: return "the peer refuses our certificate (alert 46)";
        case SSL_R_TLSV1_ALERT_UNKNOWN_CA: return "the peer does not trust the authority of our certificate (alert 48)";
        case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED: return "the peer wants a certificate of ours (alert 116)";
        case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
            return "the peer refuses the handshake: certificate, version or suites do not suit it (alert 40)";
        case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION: return "the peer refuses our TLS versions (alert 70)";
        case SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY: return "the peer wants stronger suites (alert 71)";
        default: return nullptr;
    }
}

const char* words_for(unsigned long error) {
    const int library = ERR_GET_LIB(error), reason = ERR_GET_REASON(error);
    if (library == ERR_LIB_SSL) return words_for_tls(reason);
    if (library == ERR_LIB_PEM && reason == PEM_R_NO_START_LINE) return "nothing of this kind is in it (PEM is wanted)";
    if (library == ERR_LIB_PEM && reason == PEM_R_BAD_PASSWORD_READ) return "it is protected by a password";
    if (library == ERR_LIB_X509 && reason == X509_R_KEY_VALUES_MISMATCH) return "it does not belong to the certificate";
    return nullptr;
}

}  // namespace

std::string certificate_fault(long error) {
    switch (error) {
        case X509_V_ERR_CERT_HAS_EXPIRED: return "it has expired";
        case X509_V_ERR_CERT_NOT_YET_VALID: return "it is not valid yet";
        case X509_V_ERR_CERT_REVOKED: return "it is revoked";
        case X509_V_ERR_UNABLE_TO_GET_CRL: return "there is no revocation list of its authority";
        case X509_V_ERR_CRL_SIGNATURE_FAILURE: return "the revocation list of its authority is forged";
        case X509_V_ERR_EE_KEY_TOO_SMALL:
        case X509_V_ERR_CA_KEY_TOO_SMALL: return "its key is too short (RSA: 2048 bits at least)";
        case X509_V_ERR_CA_MD_TOO_WEAK: return "its signature is too weak (SHA-256 at least)";
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return "its authority is not trusted";
        case X509_V_ERR_CERT_SIGNATURE_FAILURE: return "its authority is not trusted, only another of the same name";
        case X509_V_ERR_APPLICATION_VERIFICATION: return "it is not one of the allowed ones";
        case X509_V_ERR_INVALID_PURPOSE: return "it is not made for this use";
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH: return "it is that of another host";
        case X509_V_ERR_CERT_CHAIN_TOO_LONG: return "the chain is too long";
        default: return X509_verify_cert_error_string(error);
    }
}

/// The system's own reason says most ("No such file"), then what we have words for.
std::string last_tls_error() {
    std::string text = "unknown error";
    bool in_words = false;
    while (const unsigned long error = ERR_get_error()) {
        if (ERR_SYSTEM_ERROR(error)) {
            ERR_clear_error();
            return std::generic_category().message(ERR_GET_REASON(error));
        }
        const char* words = words_for(error);
        const char* reason = ERR_reason_error_string(error);
        if (!in_words && (words || reason)) text = words ? words : reason;
        in_words = in_words || words;
    }
    return text;
}

}  // namespace busbar::net
