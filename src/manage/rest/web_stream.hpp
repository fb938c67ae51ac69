#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <memory>
#include <string>
#include <utility>

#include "net/tls_context.hpp"

namespace busbar::manage {

/// A connection of a web server, plain or with TLS: an AsyncStream of Beast, so that what is built on it is compiled
/// once for both.
class WebStream {
public:
    using Tcp = boost::beast::tcp_stream;
    using Socket = boost::asio::ip::tcp::socket;
    using executor_type = Tcp::executor_type;
    using Error = boost::beast::error_code;

    explicit WebStream(Socket socket) : plain_(std::make_unique<Tcp>(std::move(socket))) {}
    WebStream(Socket socket, const net::TlsContext& rules) {
        SSL_CTX_up_ref(rules.native());
        context_ = std::make_unique<boost::asio::ssl::context>(rules.native());  // gives back what was taken
        secure_ = std::make_unique<Secure>(std::move(socket), *context_);
    }

    bool is_secure() const { return secure_ != nullptr; }
    /// Below TLS: for its clock.
    Tcp& tcp() { return secure_ ? boost::beast::get_lowest_layer(*secure_) : *plain_; }
    executor_type get_executor() { return tcp().get_executor(); }
    /// Of the peer, "127.0.0.1"; empty if it has gone.
    std::string address() {
        Error error;
        const auto peer = tcp().socket().remote_endpoint(error);
        return error ? std::string() : peer.address().to_string();
    }

    /// `done(error)`. A plain one is ready at once.
    template <class Done>
    void handshake(Done done) {
        if (!secure_) return boost::asio::post(get_executor(), [done] { done(Error{}); });
        secure_->async_handshake(boost::asio::ssl::stream_base::server, std::move(done));
    }
    /// Says over TLS that nothing more comes; `done(error)`.
    template <class Done>
    void say_end(Done done) {
        if (!secure_) return boost::asio::post(get_executor(), [done] { done(Error{}); });
        secure_->async_shutdown(std::move(done));
    }
    void close() {
        Error ignored;
        tcp().socket().shutdown(Socket::shutdown_both, ignored);
        tcp().close();
    }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        return boost::asio::async_initiate<Token, void(Error, std::size_t)>(
            [this](auto handler, const Buffers& into) {
                secure_ ? secure_->async_read_some(into, std::move(handler))
                        : plain_->async_read_some(into, std::move(handler));
            },
            token, buffers);
    }
    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        return boost::asio::async_initiate<Token, void(Error, std::size_t)>(
            [this](auto handler, const Buffers& from) {
                secure_ ? secure_->async_write_some(from, std::move(handler))
                        : plain_->async_write_some(from, std::move(handler));
            },
            token, buffers);
    }

    // What Beast's WebSocket asks of a stream that is not one of its own.
    friend void beast_close_socket(WebStream& stream) { stream.close(); }
    friend void teardown(boost::beast::role_type, WebStream& stream, Error& error) {
        error = {};
        stream.close();
    }
    template <class Handler>
    friend void async_teardown(boost::beast::role_type, WebStream& stream, Handler&& handler) {
        stream.say_end([held = std::make_shared<std::decay_t<Handler>>(std::forward<Handler>(handler))](Error error) {
            (*held)(error);
        });
    }

private:
    using Secure = boost::beast::ssl_stream<Tcp>;
    std::unique_ptr<boost::asio::ssl::context> context_;
    std::unique_ptr<Tcp> plain_;
    std::unique_ptr<Secure> secure_;
};

}  // namespace busbar::manage
