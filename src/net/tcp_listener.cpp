#include "net/tcp_listener.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <cerrno>
#include <optional>
#include <unordered_map>

#include "net/handshakes.hpp"
#include "net/native.hpp"
#include "net/socket_stream.hpp"

namespace busbar::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr int accepts_a_turn = 64;  // so that a crowd at the door does not keep others waiting
constexpr Duration wait_after_error = std::chrono::milliseconds{100};
constexpr Duration between_reports = std::chrono::seconds{1};

/// "::" and the other literal addresses as they are; a name by its first address.
Result<tcp::endpoint> resolve(asio::io_context& io, const std::string& host, std::uint16_t port) {
    boost::system::error_code error;
    if (const auto literal = asio::ip::make_address(host, error); !error) return tcp::endpoint(literal, port);
    const auto found = tcp::resolver(io).resolve(host, std::to_string(port), tcp::resolver::passive, error);
    if (error) return fail(host + ": " + error.message());
    return found.begin()->endpoint();
}

}  // namespace

struct TcpListener::State : std::enable_shared_from_this<TcpListener::State> {
    State(EventLoop& event_loop, Connection::MakeSession on_accept, OnRefused on_refused)
        : loop(event_loop),
          make_session(std::move(on_accept)),
          tell_refused(std::move(on_refused)),
          pause(loop),
          handshakes(loop) {}

    Result<void> open(const std::string& host, std::uint16_t port) {
        close();
        const auto endpoint = resolve(loop.native().io, host, port);
        if (!endpoint) return tl::make_unexpected(endpoint.error());
        boost::system::error_code error;
        acceptor.emplace(loop.native().io);
        acceptor->open(endpoint->protocol(), error);
        if (!error) acceptor->set_option(tcp::acceptor::reuse_address(true), error);
        if (!error && endpoint->address().is_v6()) acceptor->set_option(asio::ip::v6_only(false), error);
        if (!error) acceptor->bind(*endpoint, error);
        if (!error) acceptor->listen(tcp::acceptor::max_listen_connections, error);
        if (!error) acceptor->native_non_blocking(true, error);
        if (error) {
            acceptor.reset();
            return fail(host + ":" + std::to_string(port) + ": " + error.message());
        }
        wait();
        return {};
    }

    void close() {
        pause.cancel();
        acceptor.reset();
        ++opened;
    }

    void wait() {
        acceptor->async_wait(tcp::acceptor::wait_read,
                             [weak = weak_from_this(), mine = opened](const boost::system::error_code&) {
                                 const auto self = weak.lock();
                                 if (self && self->opened == mine) self->accept_waiting();
                             });
    }

    void accept_waiting() {
        const auto mine = opened;
        for (int i = 0; i < accepts_a_turn; ++i) {
            asio::generic::stream_protocol::endpoint from;
            auto length = static_cast<socklen_t>(from.capacity());
            const int descriptor =
                ::accept4(acceptor->native_handle(), from.data(), &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (descriptor < 0) {
                if (errno == ECONNABORTED || errno == EINTR) continue;
                if (errno == EAGAIN || errno == EWOULDBLOCK) break;
                return wait_for_descriptors();
            }
            from.resize(length);
            welcome(descriptor, peer_address(from), from.protocol());
            if (opened != mine) return;  // a session's maker closed the listener
        }
        wait();
    }

    /// Out of file descriptors or memory: the kernel keeps the callers until there is room again.
    void wait_for_descriptors() {
        ++counters.accept_errors;
        pause.after(wait_after_error, [this] { accept_waiting(); });
    }

    void welcome(int descriptor, const PeerAddress& peer, const asio::generic::stream_protocol& protocol) {
        auto why = gate.enter(peer.address, loop.now());
        if (why == Refusal::full && handshakes.end_oldest()) why = gate.enter(peer.address, loop.now());
        if (why) {
            ::close(descriptor);
            return refuse(peer, *why);
        }
        SocketStream::Socket socket(loop.native().io);
        boost::system::error_code error;
        socket.assign(protocol, descriptor, error);
        if (error) {
            ::close(descriptor);
            gate.left(peer.address);
            ++counters.accept_errors;
            return;
        }
        auto stream = std::make_unique<SocketStream>(std::move(socket));
        if (!tls) return serve(std::move(stream), peer);
        auto secured = TlsStream::make(std::move(stream), tls, {}, loop.now());
        if (!secured) return handshake_failed(peer, secured.error().what);
        handshakes.begin(std::move(*secured), peer.address, [this, peer](auto shaken) {
            if (!shaken) return handshake_failed(peer, shaken.error().what);
            serve(std::move(*shaken), peer);
        });
    }

    void serve(std::unique_ptr<Stream> stream, const PeerAddress& peer) {
        auto connection = Connection::open(loop, std::move(stream), make_session,
                                           [weak = weak_from_this(), address = peer.address](Connection& ended) {
                                               const auto self = weak.lock();
                                               if (!self) return;
                                               self->gate.left(address);
                                               self->connections.erase(&ended);
                                           });
        if (!connection) {
            gate.left(peer.address);
            return refuse(peer, Refusal::by_owner);
        }
        ++counters.accepted;
        connections.emplace(connection.get(), connection);
    }

    void handshake_failed(const PeerAddress& peer, const std::string& why) {
        gate.left(peer.address);
        ++counters.handshakes_failed;
        if (tell_handshake_failed) tell_handshake_failed(peer, why);
    }

    /// Those under way have not got as far as a session: nobody need hear of them.
    void cancel_handshakes() {
        for (const auto& address : handshakes.cancel()) gate.left(address);
    }

    void refuse(const PeerAddress& peer, Refusal why) {
        ++counters.refused[static_cast<std::size_t>(why)];
        const TimePoint now = loop.now();
        if (last_told && now - *last_told < between_reports) {
            ++untold;
            return;
        }
        last_told = now;
        if (tell_refused) tell_refused(peer, why, std::exchange(untold, 0));
    }

    EventLoop& loop;
    Connection::MakeSession make_session;
    OnRefused tell_refused;
    Timer pause;
    std::optional<tcp::acceptor> acceptor;
    std::uint64_t opened = 0;  // tells a wait of an acceptor that is no more
    AcceptGate gate;
    std::unordered_map<Connection*, std::shared_ptr<Connection>> connections;
    Counters counters;
    std::optional<TimePoint> last_told;
    std::uint64_t untold = 0;
    std::shared_ptr<TlsEnd> tls;
    OnHandshakeFailed tell_handshake_failed;
    Handshakes handshakes;
};

TcpListener::TcpListener(EventLoop& loop, Connection::MakeSession on_accept, OnRefused on_refused)
    : state_(std::make_shared<State>(loop, std::move(on_accept), std::move(on_refused))) {}

TcpListener::~TcpListener() {
    close();
    state_->cancel_handshakes();
    state_->connections.clear();
}

Result<void> TcpListener::open(const std::string& host, std::uint16_t port) { return state_->open(host, port); }

void TcpListener::set_limits(AcceptLimits limits) { state_->gate.set_limits(std::move(limits)); }

std::uint16_t TcpListener::port() const {
    if (!state_->acceptor) return 0;
    boost::system::error_code ignored;
    return state_->acceptor->local_endpoint(ignored).port();
}

void TcpListener::close() { state_->close(); }

void TcpListener::set_tls(std::shared_ptr<TlsEnd> tls, OnHandshakeFailed on_handshake_failed) {
    state_->tls = std::move(tls);
    state_->tell_handshake_failed = std::move(on_handshake_failed);
}

void TcpListener::validate_again() {
    for (const auto& [key, connection] : state_->connections) connection->validate_again();
}

void TcpListener::close_connections(const std::string& reason) {
    state_->cancel_handshakes();
    for (const auto& [key, connection] : state_->connections) connection->close(reason);
}

std::size_t TcpListener::connections() const { return state_->connections.size(); }

const TcpListener::Counters& TcpListener::counters() const { return state_->counters; }

}  // namespace busbar::net
