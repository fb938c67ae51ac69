#include "net/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "net/tls_certificate.hpp"
#include "net/tls_reason.hpp"
#include "net/tls_verify.hpp"
#include "net/tls_words.hpp"

namespace busbar::net {

namespace {

constexpr auto suites_of_1_2 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384";
constexpr auto suites_of_1_3 =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_AES_128_CCM_SHA256:TLS_CHACHA20_POLY1305_SHA256";
constexpr int longest_chain = 8;  // certificates above the peer's

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

/// A key with a password is an error, not a question on the terminal.
int no_password(char*, int, int, void*) { return 0; }

tl::unexpected<Error> bad_file(const std::string& what, const std::string& file) {
    return fail("TLS " + what + " '" + file + "': " + last_tls_error());
}

Result<File> open_file(const std::string& what, const std::string& path) {
    File file(std::fopen(path.c_str(), "re"), std::fclose);
    if (!file) return fail("TLS " + what + " '" + path + "': " + std::generic_category().message(errno));
    return file;
}

int new_session(SSL* ssl, SSL_SESSION* session) {
    const auto& conversation = TlsContext::conversation_of(ssl);
    auto& sessions = conversation.rules->sessions();
    const bool resumed = SSL_session_reused(ssl) != 0;
    std::string name = conversation.session_name;
    if (name.empty()) {
        unsigned size = 0;
        const unsigned char* id = SSL_SESSION_get_id(session, &size);
        name.assign(id, id + size);
    }
    sessions.keep(name, session, resumed ? conversation.session_since : conversation.now);
    return 1;
}

SSL_SESSION* find_session(SSL* ssl, const unsigned char* id, int size, int* copy) {
    auto& conversation = TlsContext::conversation_of(ssl);
    const auto known = conversation.rules->sessions().find(std::string(id, id + size), conversation.now);
    conversation.session_since = known.since;
    *copy = 1;
    return known.session;
}

}  // namespace

Result<std::shared_ptr<TlsContext>> TlsContext::read(const TlsSettings& settings) {
    ERR_clear_error();
    std::shared_ptr<TlsContext> context(new TlsContext(settings));
    if (auto done = context->read_files(); !done) return tl::make_unexpected(std::move(done.error()));
    return context;
}

TlsContext::TlsContext(const TlsSettings& settings)
    : settings_(settings),
      sessions_(settings.resumption_life),
      native_(SSL_CTX_new(settings.role == TlsRole::server ? TLS_server_method() : TLS_client_method())) {
    require(native_ != nullptr, "OpenSSL has memory for a context");
    for (auto& fingerprint : settings_.allowed) fingerprint = normalized_fingerprint(fingerprint);
    set_rules();
    set_session_rules();
}

void TlsContext::set_rules() {
    SSL_CTX* context = native_.get();
    SSL_CTX_set_min_proto_version(context, settings_.min_version == "1.3" ? TLS1_3_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_security_level(context, security_level);
    const bool known =
        SSL_CTX_set_cipher_list(context, suites_of_1_2) == 1 && SSL_CTX_set_ciphersuites(context, suites_of_1_3) == 1;
    require(known, "OpenSSL knows the suites");
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_max_cert_list(context, max_chain_octets);
    if (!settings_.any_client)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, verify_certificate);
    SSL_CTX_set_verify_depth(context, longest_chain);
    SSL_CTX_set_default_passwd_cb(context, no_password);
}

/// Sessions stay with us, so that their life follows our clock and the peer's certificates can be looked at again.
void TlsContext::set_session_rules() {
    SSL_CTX* context = native_.get();
    if (settings_.any_client) {
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
        return;
    }
    SSL_CTX_sess_set_new_cb(context, new_session);
    SSL_CTX_set_timeout(context, std::chrono::duration_cast<std::chrono::seconds>(settings_.resumption_life).count());
    if (settings_.role == TlsRole::client) {
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        return;
    }
    constexpr unsigned char purpose[] = "busbar";
    SSL_CTX_set_session_id_context(context, purpose, sizeof(purpose) - 1);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_sess_set_get_cb(context, find_session);
}

Result<void> TlsContext::read_files() {
    if (!settings_.certificate_file.empty()) {
        if (auto done = read_own_certificate(); !done) return done;
    }
    if (settings_.ca_files.empty() && SSL_CTX_set_default_verify_paths(native_.get()) != 1) {
        return bad_file("authorities of the system", "");
    }
    for (const auto& file : settings_.ca_files) {
        if (auto done = read_authorities(file); !done) return done;
    }
    for (const auto& file : settings_.crl_files) {
        if (auto done = read_revocations(file); !done) return done;
    }
    if (!settings_.crl_files.empty()) {
        X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(native_.get()),
                                    X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    }
    return {};
}

Result<void> TlsContext::read_own_certificate() {
    const auto& file = settings_.certificate_file;
    if (SSL_CTX_use_certificate_chain_file(native_.get(), file.c_str()) != 1) return bad_file("certificate", file);
    note("certificate", SSL_CTX_get0_certificate(native_.get()), file);
    if (SSL_CTX_use_PrivateKey_file(native_.get(), settings_.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
        return bad_file("key", settings_.key_file);
    }
    if (SSL_CTX_check_private_key(native_.get()) != 1) return bad_file("key", settings_.key_file);
    return {};
}

Result<void> TlsContext::read_authorities(const std::string& path) {
    auto file = open_file("authorities", path);
    if (!file) return tl::make_unexpected(std::move(file.error()));
    unsigned found = 0;
    const auto free = [](X509* certificate) { X509_free(certificate); };
    while (const auto authority =
               std::unique_ptr<X509, decltype(free)>(PEM_read_X509(file->get(), nullptr, no_password, nullptr), free)) {
        X509_STORE_add_cert(SSL_CTX_get_cert_store(native_.get()), authority.get());
        if (settings_.role == TlsRole::server) SSL_CTX_add_client_CA(native_.get(), authority.get());
        note("authority", authority.get(), path);
        ++found;
    }
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE || found == 0)
        return bad_file("authorities", path);
    ERR_clear_error();
    return {};
}

Result<void> TlsContext::read_revocations(const std::string& path) {
    auto file = open_file("revocation list", path);
    if (!file) return tl::make_unexpected(std::move(file.error()));
    unsigned found = 0;
    const auto free = [](X509_CRL* list) { X509_CRL_free(list); };
    while (const auto list = std::unique_ptr<X509_CRL, decltype(free)>(
               PEM_read_X509_CRL(file->get(), nullptr, no_password, nullptr), free)) {
        X509_STORE_add_crl(SSL_CTX_get_cert_store(native_.get()), list.get());
        const auto begins = time_of(X509_CRL_get0_lastUpdate(list.get()));
        const auto ends = time_of(X509_CRL_get0_nextUpdate(list.get()));
        // A list without nextUpdate holds until there is another.
        dated_.push_back({"revocation list", text_of(X509_CRL_get_issuer(list.get())), path,
                          begins.value_or(UtcTime::min()), ends.value_or(UtcTime::max())});
        ++found;
    }
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE || found == 0) {
        return bad_file("revocation list", path);
    }
    ERR_clear_error();
    return {};
}

void TlsContext::note(const std::string& what, const X509* certificate, const std::string& file) {
    dated_.push_back({what, subject_of(certificate), file,
                      time_of(X509_get0_notBefore(certificate)).value_or(UtcTime::min()),
                      time_of(X509_get0_notAfter(certificate)).value_or(UtcTime::min())});
}

bool TlsContext::allows(const std::string& fingerprint) const {
    return settings_.allowed.empty() || std::ranges::find(settings_.allowed, fingerprint) != settings_.allowed.end();
}

}  // namespace busbar::net
