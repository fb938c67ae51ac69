#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "net/serial_settings.hpp"
#include "net/stream.hpp"

namespace busbar::net {

class EventLoop;
class TlsEnd;

/// Where to connect to: TCP, or a unix socket if `path` is not empty, or the serial port `path` if `serial` is there.
struct StreamAddress {
    std::string host{};
    std::uint16_t port = 0;
    std::string path{};
    std::shared_ptr<TlsEnd> tls{};  // null: none
    std::optional<SerialSettings> serial{};
    std::string to_string() const;  // "10.1.0.9:2404", "/run/store.sock", "/dev/ttyS0"
};

/// Makes one outgoing connection at a time: resolves the name, tries its addresses in turn, does the TLS handshake, all
/// within one time limit (t0). A serial port is opened at once or not at all.
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
