#pragma once

#include <functional>
#include <list>
#include <memory>
#include <vector>

#include "net/timer.hpp"
#include "net/tls_stream.hpp"

namespace busbar::net {

/// Accepted connections whose TLS handshake is under way: a bounded number of them, each for a bounded time, so that
/// callers who never finish cost little and keep nobody out.
class Handshakes {
public:
    static constexpr std::size_t most = 64;
    static constexpr Duration limit = std::chrono::seconds{10};
    using Done = std::function<void(Result<std::unique_ptr<Stream>>)>;

    explicit Handshakes(EventLoop& loop) : loop_(loop) {}
    ~Handshakes() { cancel(); }
    Handshakes(const Handshakes&) = delete;
    Handshakes& operator=(const Handshakes&) = delete;

    /// Calls `done` once, now or later, with the stream or why there is none. One too many ends the oldest.
    void begin(std::unique_ptr<TlsStream> stream, const IpAddress& address, Done done);
    /// To make room; false if there is none.
    bool end_oldest();
    /// Ends all without calling anybody; whose they were.
    std::vector<IpAddress> cancel();
    std::size_t size() const { return under_way_.size(); }

private:
    struct Handshake;
    void step(const std::shared_ptr<Handshake>& handshake);
    void finish(const std::shared_ptr<Handshake>& handshake, Result<std::unique_ptr<Stream>> result);

    EventLoop& loop_;
    std::list<std::shared_ptr<Handshake>> under_way_;  // the oldest first
};

}  // namespace busbar::net
