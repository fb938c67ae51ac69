#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "net/stream.hpp"

namespace busbar::net {

class EventLoop;

/// TLS as the connecting side. The server's certificate must be valid for `host_name` and signed by a known authority.
struct TlsClientOptions {
    std::string ca_file{};           // PEM; empty: the authorities of the system
    std::string host_name{};         // empty: the host of the address
    std::string certificate_file{};  // PEM, with chain; empty: no certificate of our own
    std::string key_file{};
    std::string min_version = "1.2";  // "1.2" or "1.3"
};

/// Where to connect to: TCP, or a unix socket if `path` is not empty.
struct StreamAddress {
    std::string host{};
    std::uint16_t port = 0;
    std::string path{};
    std::optional<TlsClientOptions> tls{};
    std::string to_string() const;  // "10.1.0.9:2404", "/run/store.sock"
};

/// Makes one outgoing connection at a time: resolves the name, tries its addresses in turn, does the TLS handshake, all
/// within one time limit (t0).
class StreamConnector {
public:
    using Handler = std::function<void(Result<std::unique_ptr<Stream>>)>;

    explicit StreamConnector(EventLoop& loop);
    ~StreamConnector();
    StreamConnector(const StreamConnector&) = delete;
    StreamConnector& operator=(const StreamConnector&) = delete;

    /// Calls `handler` once, later. The error says where and why: "10.1.0.9:2404: Connection refused".
    void connect(const StreamAddress& address, Duration limit, Handler handler);
    /// The handler is not called any more. So does destruction.
    void cancel();
    bool is_connecting() const;

private:
    struct Attempt;
    EventLoop& loop_;
    std::shared_ptr<Attempt> attempt_;
};

}  // namespace busbar::net
