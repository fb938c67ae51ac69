#include "net/stream_connector.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "net/native.hpp"
#include "net/serial_stream.hpp"
#include "net/socket_stream.hpp"
#include "net/timer.hpp"
#include "net/tls_stream.hpp"

namespace busbar::net {

namespace asio = boost::asio;
using asio::ip::tcp;

std::string StreamAddress::to_string() const {
    if (!path.empty()) return path;
    return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
}

/// One call of `connect`. What the loop still holds of it after the end finds no handler and does nothing.
struct StreamConnector::Attempt : std::enable_shared_from_this<Attempt> {
    Attempt(EventLoop& event_loop, StreamAddress to, Handler then)
        : loop(event_loop), address(std::move(to)), handler(std::move(then)), limit(loop), resolver(loop.native().io) {}

    void start(Duration time_limit) {
        limit.after(time_limit, [this] { finish(error("no connection in time (" + last_error + ")")); });
        if (address.tls) {
            if (auto context = address.tls->context(); !context) return finish_soon(error(context.error().what));
        }
        if (address.serial) return open_serial();
        if (!address.path.empty()) return start_path();
        boost::system::error_code not_literal;
        const auto literal = asio::ip::make_address(address.host, not_literal);
        if (not_literal) return resolve();
        endpoints.emplace_back(tcp::endpoint(literal, address.port));
        try_next();
    }

    void open_serial() {
        auto opened = SerialStream::open(loop, address.path, *address.serial);
        if (!opened) return finish_soon(error(opened.error().what));
        finish_soon(std::unique_ptr<Stream>(std::move(*opened)));
    }

    void start_path() {
        if (address.path.size() >= sizeof(sockaddr_un::sun_path)) return finish_soon(error("the path is too long"));
        endpoints.emplace_back(asio::local::stream_protocol::endpoint(address.path));
        try_next();
    }

    void resolve() {
        last_error = "name not resolved";
        resolver.async_resolve(address.host, std::to_string(address.port),
                               [self = shared_from_this()](const boost::system::error_code& failed, const auto& found) {
                                   if (self->is_over()) return;
                                   if (failed) return self->finish(self->error(failed.message()));
                                   for (const auto& entry : found) self->endpoints.emplace_back(entry.endpoint());
                                   self->try_next();
                               });
    }

    void try_next() {
        if (next == endpoints.size()) return finish(error(last_error));
        last_error = "no answer";
        socket.emplace(loop.native().io);
        socket->async_connect(endpoints[next++], [self = shared_from_this()](const boost::system::error_code& failed) {
            if (!self->is_over()) self->connected(failed);
        });
    }

    void connected(const boost::system::error_code& failed) {
        if (failed) {
            last_error = failed.message();
            return try_next();
        }
        auto plain = std::make_unique<SocketStream>(std::move(*socket));
        if (!address.tls) return finish(std::unique_ptr<Stream>(std::move(plain)));
        last_error = "TLS handshake not finished";
        auto stream = TlsStream::make(std::move(plain), address.tls, address.host, loop.now());
        if (!stream) return finish(error(stream.error().what));
        tls = std::move(*stream);
        shake_hands();
    }

    void shake_hands() {
        const auto self = shared_from_this();
        const Transfer step = tls->handshake();
        if (step.state == Transfer::State::blocked) return tls->when_handshake([this] { shake_hands(); });
        if (step.state == Transfer::State::ended) return finish(error(step.reason));
        finish(std::unique_ptr<Stream>(std::move(tls)));
    }

    tl::unexpected<Error> error(const std::string& what) const { return fail(address.to_string() + ": " + what); }

    bool is_over() const { return !handler; }

    void finish_soon(Result<std::unique_ptr<Stream>> result) {
        asio::post(loop.native().io, [self = shared_from_this(), result = std::move(result)]() mutable {
            if (!self->is_over()) self->finish(std::move(result));
        });
    }

    void finish(Result<std::unique_ptr<Stream>> result) {
        const auto keep = shared_from_this();
        const auto then = std::exchange(handler, nullptr);
        cancel();
        then(std::move(result));
    }

    void cancel() {
        handler = nullptr;
        limit.cancel();
        resolver.cancel();
        socket.reset();
        tls.reset();
    }

    EventLoop& loop;
    StreamAddress address;
    Handler handler;
    Timer limit;
    tcp::resolver resolver;
    std::vector<SocketStream::Socket::endpoint_type> endpoints;
    std::size_t next = 0;
    std::optional<SocketStream::Socket> socket;
    std::unique_ptr<TlsStream> tls;
    std::string last_error;
};

StreamConnector::StreamConnector(EventLoop& loop) : loop_(loop) {}
StreamConnector::~StreamConnector() { cancel(); }

void StreamConnector::connect(const StreamAddress& address, Duration limit, Handler handler) {
    cancel();
    attempt_ = std::make_shared<Attempt>(loop_, address, std::move(handler));
    attempt_->start(limit);
}

void StreamConnector::cancel() {
    if (attempt_) attempt_->cancel();
    attempt_.reset();
}

bool StreamConnector::is_connecting() const { return attempt_ && !attempt_->is_over(); }

}  // namespace busbar::net
