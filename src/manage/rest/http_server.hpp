#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "manage/rest/http.hpp"
#include "net/event_loop.hpp"
#include "net/tls_end.hpp"

namespace busbar::manage {

/// HTTP/1.1 on one address, plain or over TLS. A crowd of slow or idle connections cannot keep others out: when all
/// places are taken, the one that has waited longest for its next request makes room.
class HttpServer {
public:
    struct Limits {
        std::size_t connections = 512;
        std::uint32_t header_octets = 16 << 10;
        std::uint64_t body_octets = 1 << 20;
        /// By a request's header, where its body may have more: up to `largest_body`, and for longer.
        std::function<std::uint64_t(const HttpRequest& header)> body_of = {};
        std::uint64_t largest_body = body_octets;
        Duration read_large = std::chrono::minutes{10};
        Duration read = std::chrono::seconds{15};   // for a whole request, and for the next one to come
        Duration write = std::chrono::seconds{60};  // for a whole response
    };

    /// `tls`: null for plain HTTP. New files are taken for new connections.
    HttpServer(net::EventLoop& loop, HttpHandler handler, Limits limits, std::shared_ptr<net::TlsEnd> tls = nullptr);
    /// Closes all connections.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// Port 0: any. The error says where and why.
    Result<void> open(const std::string& address, std::uint16_t port);
    std::uint16_t port() const;
    std::size_t connections() const;
    /// No new connections and requests; responses that are under way are finished.
    void close();

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace busbar::manage
