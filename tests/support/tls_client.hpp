#pragma once

#include <memory>
#include <string>

namespace busbar::tests {

/// A TLS client that may break every rule, over a connected socket. Never blocks: each call goes as far as it can.
class TlsClient {
public:
    struct Manner {
        std::string certificate{}, key{};  // none: does not show one
        int version = 0;                   // TLS1_1_VERSION …; 0: what both can
        std::string suites{};              // of TLS 1.2 and older
    };
    TlsClient(int descriptor, const Manner& manner);
    ~TlsClient();
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;

    /// One step of the handshake; true when it is done, well or not.
    bool shake_hands();
    bool is_connected() const;
    /// What went wrong, in OpenSSL's words.
    const std::string& error() const { return error_; }
    void send(const std::string& text);
    /// All that came so far.
    const std::string& received();
    bool is_closed();
    /// Begins to renegotiate (TLS 1.2), as far as its first message.
    void renegotiate();
    /// Asks for new keys (TLS 1.3).
    void update_keys();
    /// Subject of the certificate that the server has shown.
    std::string server() const;

private:
    struct Native;
    std::unique_ptr<Native> native_;
    std::string error_, received_;
    bool closed_ = false;
};

}  // namespace busbar::tests
