#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "net/tls_sessions.hpp"
#include "net/tls_settings.hpp"

namespace busbar::net {

/// One conversation as the rules see it; hangs on its SSL object.
struct TlsConversation {
    class TlsContext* rules = nullptr;
    TimePoint now;             // when the handshake began
    TimePoint session_since;   // full handshake of the session that is resumed
    std::string session_name;  // client: under which to keep sessions
    std::string refusal;       // why the peer's certificate is refused
};

/// What the files of TlsSettings said when they were read, and the rules of IEC 62351-3: TLS 1.2 with ECDHE and GCM or
/// 1.3, keys of RSA 2048 or better, certificates of 8 kB at most, no renegotiation. Never changes: other files make
/// another context, and running connections keep theirs.
class TlsContext {
public:
    /// Octets that all certificates of a peer may have together.
    static constexpr long max_chain_octets = 8192;
    static constexpr int security_level = 2;  // of OpenSSL: 112 bits, RSA 2048, no SHA-1

    /// The error names the file.
    static Result<std::shared_ptr<TlsContext>> read(const TlsSettings& settings);

    SSL_CTX* native() const { return native_.get(); }
    const TlsSettings& settings() const { return settings_; }
    /// Whether a certificate with this fingerprint may be used, as far as `allowed` says.
    bool allows(const std::string& fingerprint) const;
    TlsSessions& sessions() { return sessions_; }

    const std::vector<TlsDated>& dated() const { return dated_; }

    /// Verifies the certificates of the peer of `ssl` by these rules. Empty: they are good, else why not.
    std::string refusal_of(SSL* ssl);

    static TlsConversation& conversation_of(const SSL* ssl);
    static void attach(SSL* ssl, TlsConversation& conversation);

private:
    explicit TlsContext(const TlsSettings& settings);
    void set_rules();
    void set_session_rules();
    Result<void> read_files();
    Result<void> read_own_certificate();
    Result<void> read_authorities(const std::string& file);
    Result<void> read_revocations(const std::string& file);
    void note(const std::string& what, const X509* certificate, const std::string& file);

    struct Free {
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };
    TlsSettings settings_;
    std::vector<TlsDated> dated_;
    TlsSessions sessions_;
    std::unique_ptr<SSL_CTX, Free> native_;
};

}  // namespace busbar::net
