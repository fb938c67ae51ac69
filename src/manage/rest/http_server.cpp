#include "manage/rest/http_server.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/version.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <list>
#include <optional>
#include <set>

#include "manage/rest/open_line.hpp"
#include "net/native.hpp"
#include "net/tls_end.hpp"

// Beast's asynchronous operations are instantiated here and in web_socket.cpp only: they take a minute of a compiler's
// time.

namespace busbar::manage {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

namespace {

constexpr auto goodbye_limit = std::chrono::seconds{2};

class Conversation;
using Conversations = std::list<std::shared_ptr<Conversation>>;  // the longest waiting first

/// What conversations share; outlives the server while answers are under way.
struct Shared {
    HttpHandler handler;
    HttpServer::Limits limits;
    Conversations conversations;
    std::set<std::shared_ptr<OpenLine>> lines;  // WebSockets and server-sent events
    bool closing = false;

    void abandon_lines() const {
        const auto all = lines;  // each may leave meanwhile
        for (const auto& line : all) line->abandon();
    }
};

/// Programs that are started from here do not inherit it. Asio has no say in how it opens a socket; children are
/// started by the loop's thread, as this is called.
void keep_to_ourselves(int socket) { ::fcntl(socket, F_SETFD, FD_CLOEXEC); }

/// A client that is gone without a word is given up when what was sent to him has not arrived for so long; otherwise he
/// would have his place for a quarter of an hour.
void give_up_the_silent(int socket) {
    const unsigned milliseconds = 60'000;
    ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
}

bool keeps_simple(std::string_view text) {
    return text.find('\r') == std::string_view::npos && text.find('\n') == std::string_view::npos;
}

/// One connection: request, response, and again.
class Conversation : public std::enable_shared_from_this<Conversation> {
public:
    Conversation(WebStream stream, std::shared_ptr<Shared> shared)
        : stream_(std::move(stream)), shared_(std::move(shared)), address_(stream_.address()) {}

    void begin(Conversations::iterator place) {
        place_ = place;
        waiting_ = true;
        stream_.tcp().expires_after(shared_->limits.read);
        stream_.handshake([self = shared_from_this()](beast::error_code error) {
            error || self->shared_->closing ? self->leave() : self->read();
        });
    }
    /// Waits for a request, or for the rest of one.
    bool is_waiting() const { return waiting_; }
    void close() { stream_.close(); }

private:
    void read() {
        waiting_ = true;
        shared_->conversations.splice(shared_->conversations.end(), shared_->conversations, *place_);
        parser_.emplace();
        parser_->header_limit(shared_->limits.header_octets);
        parser_->body_limit(shared_->limits.largest_body);
        stream_.tcp().expires_after(shared_->limits.read);
        http::async_read_header(
            stream_, buffer_, *parser_,
            [self = shared_from_this()](beast::error_code error, std::size_t) { self->header_was_read(error); });
    }

    void header_was_read(beast::error_code error) {
        if (error || parser_->is_done()) return was_read(error);
        const auto& limits = shared_->limits;
        const auto most = limits.body_of && !shared_->closing ? limits.body_of(take_header()) : limits.body_octets;
        if (parser_->content_length().value_or(0) > most) return was_read(http::error::body_limit);
        parser_->body_limit(most);
        if (most > limits.body_octets) stream_.tcp().expires_after(limits.read_large);
        http::async_read(
            stream_, buffer_, *parser_,
            [self = shared_from_this()](beast::error_code failed, std::size_t) { self->was_read(failed); });
    }

    void was_read(beast::error_code error) {
        waiting_ = false;
        if (error == http::error::body_limit)
            return respond({413, {}, "the body is larger than this service takes\n"}, true);
        if (error == http::error::header_limit) return respond({431, {}, "the header is too large\n"}, true);
        if (error.category() == http::make_error_code(http::error::bad_method).category() &&
            error != http::error::end_of_stream && error != http::error::partial_message)
            return respond({400, {}, "this is not HTTP\n"}, true);
        if (error) return leave();
        if (shared_->closing) return respond({503, {}, "the service is stopping\n"}, true);
        version_ = parser_->get().version();
        keep_alive_ = parser_->get().keep_alive();
        is_head_ = parser_->get().method() == http::verb::head;
        HttpRequest request = take_request();
        if (beast::websocket::is_upgrade(parser_->get())) upgrade_ = parser_->release();
        parser_.reset();
        shared_->handler(std::move(request), [self = shared_from_this()](HttpResponse response) {
            self->respond(std::move(response), !self->keep_alive_);
        });
    }

    HttpRequest take_request() {
        HttpRequest request = take_header();
        request.body = std::move(parser_->get().body());
        return request;
    }

    HttpRequest take_header() {
        auto& message = parser_->get();
        HttpRequest request;
        request.method = message.method_string();
        request.target = message.target();
        for (const auto& field : message) {
            std::string name(field.name_string());
            std::transform(name.begin(), name.end(), name.begin(),
                           [](char letter) { return letter >= 'A' && letter <= 'Z' ? char(letter + 32) : letter; });
            request.headers.emplace_back(std::move(name), std::string(field.value()));
        }
        request.address = address_;
        request.secure = stream_.is_secure();
        return request;
    }

    void respond(HttpResponse response, bool last) {
        if (response_ || !shared_->handler) return;  // said already, or the server has gone
        if (response.live && !is_head_) return go_live(std::move(response));
        response_.emplace(static_cast<http::status>(response.status), version_);
        for (auto& [name, value] : response.headers) {
            if (keeps_simple(value)) response_->insert(name, value);
        }
        response_->body() = std::move(response.body);
        response_->keep_alive(!last && !shared_->closing);
        const auto size = response_->body().size();
        if (is_head_) response_->body().clear();
        if (response.status != 204 && response.status != 304) response_->content_length(size);
        stream_.tcp().expires_after(shared_->limits.write);
        http::async_write(stream_, *response_, [self = shared_from_this()](beast::error_code error, std::size_t) {
            const bool goes_on = !error && self->response_->keep_alive();
            self->response_.reset();
            goes_on ? self->read() : self->say_goodbye();
        });
    }

    /// Over TLS the client is told that nothing more comes: it can tell the end from a cut.
    void say_goodbye() {
        stream_.tcp().expires_after(goodbye_limit);
        stream_.say_end([self = shared_from_this()](beast::error_code) { self->leave(); });
    }

    /// The socket goes to a line of its own; what was asked and said here is over.
    void go_live(HttpResponse response) {
        if (response.status == 101 && !upgrade_)
            return respond({400, {}, "this is no handshake of a WebSocket\n"}, true);
        const auto shared = shared_;
        const auto ended = [shared](const std::shared_ptr<OpenLine>& line) { shared->lines.erase(line); };
        stream_.tcp().expires_never();
        WebStream stream = std::move(stream_);
        std::shared_ptr<OpenLine> line =
            upgrade_ && response.status == 101
                ? make_web_socket(std::move(stream), std::move(*upgrade_), std::move(response.live), ended)
                : make_event_source(std::move(stream), header_of(response), std::move(response.live), ended);
        shared->lines.insert(line);
        give_up_place();
        line->begin();
    }

    static std::string header_of(const HttpResponse& response) {
        std::string header = "HTTP/1.1 200 OK\r\nconnection: close\r\n";
        for (const auto& [name, value] : response.headers) header += name + ": " + value + "\r\n";
        return header + "\r\n";
    }

    void leave() {
        close();
        give_up_place();
    }

    void give_up_place() {
        if (place_) {
            const auto place = *place_;
            place_.reset();
            shared_->conversations.erase(place);
        }
    }

    WebStream stream_;
    std::shared_ptr<Shared> shared_;
    std::string address_;
    std::optional<Conversations::iterator> place_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    std::optional<http::response<http::string_body>> response_;
    std::optional<Upgrade> upgrade_;
    unsigned version_ = 11;
    bool keep_alive_ = false, is_head_ = false, waiting_ = false;
};

}  // namespace

struct HttpServer::State : std::enable_shared_from_this<HttpServer::State> {
    State(net::EventLoop& given, HttpHandler handler, Limits limits, std::shared_ptr<net::TlsEnd> end)
        : loop(given), tls(std::move(end)), acceptor(given.native().io), shared(std::make_shared<Shared>()) {
        shared->handler = std::move(handler);
        shared->limits = limits;
    }

    void accept() {
        acceptor.async_accept([self = shared_from_this()](beast::error_code error, tcp::socket socket) {
            if (!self->acceptor.is_open()) return;
            if (!error) self->take(std::move(socket));
            self->accept();
        });
    }

    void take(tcp::socket socket) {
        keep_to_ourselves(socket.native_handle());
        give_up_the_silent(socket.native_handle());
        auto& all = shared->conversations;
        if (all.size() >= shared->limits.connections) {
            const auto waiting =
                std::find_if(all.begin(), all.end(), [](const auto& each) { return each->is_waiting(); });
            if (waiting == all.end()) return;  // everyone is being served: the new one is refused
            (*waiting)->close();
        }
        all.push_back(std::make_shared<Conversation>(to_stream(std::move(socket)), shared));
        const auto place = std::prev(all.end());
        (*place)->begin(place);
    }

    WebStream to_stream(tcp::socket socket) {
        if (!tls) return WebStream(std::move(socket));
        tls->look();  // new connections take new files, once these fit together
        return {std::move(socket), *tls->in_force()};
    }

    net::EventLoop& loop;
    std::shared_ptr<net::TlsEnd> tls;  // null: plain
    tcp::acceptor acceptor;
    std::shared_ptr<Shared> shared;
};

HttpServer::HttpServer(net::EventLoop& loop, HttpHandler handler, Limits limits, std::shared_ptr<net::TlsEnd> tls)
    : state_(std::make_shared<State>(loop, std::move(handler), std::move(limits), std::move(tls))) {}

HttpServer::~HttpServer() {
    close();
    state_->shared->handler = nullptr;
    for (const auto& conversation : state_->shared->conversations) conversation->close();
    state_->shared->abandon_lines();
}

Result<void> HttpServer::open(const std::string& address, std::uint16_t port) {
    const auto where = fmt::format("{}:{}", address, port);
    beast::error_code error;
    const auto host = asio::ip::make_address(address, error);
    if (error) return fail(where + ": not an address");
    if (state_->tls) {
        if (const auto rules = state_->tls->context(); !rules) return fail(where + ": " + rules.error().what);
    }
    const tcp::endpoint endpoint(host, port);
    auto& acceptor = state_->acceptor;
    acceptor.open(endpoint.protocol(), error);
    if (!error) keep_to_ourselves(acceptor.native_handle());
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return fail(where + ": " + error.message());
    state_->accept();
    return {};
}

std::uint16_t HttpServer::port() const {
    beast::error_code ignored;
    return state_->acceptor.local_endpoint(ignored).port();
}

std::size_t HttpServer::connections() const { return state_->shared->conversations.size(); }

void HttpServer::close() {
    beast::error_code ignored;
    state_->acceptor.close(ignored);
    state_->shared->closing = true;
    for (const auto& conversation : state_->shared->conversations) {
        if (conversation->is_waiting()) conversation->close();
    }
    state_->shared->abandon_lines();
}

}  // namespace busbar::manage
