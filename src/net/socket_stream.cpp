#include "net/socket_stream.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace busbar::net {

namespace {

Transfer moved_or_not(ssize_t count) {
    if (count > 0) return {Transfer::State::moved, static_cast<std::size_t>(count), {}};
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {};
    return {Transfer::State::ended, 0, std::generic_category().message(errno)};
}

}  // namespace

PeerAddress peer_address(const boost::asio::generic::stream_protocol::endpoint& endpoint) {
    boost::asio::ip::tcp::endpoint ip;
    const int family = endpoint.data()->sa_family;
    if ((family != AF_INET && family != AF_INET6) || endpoint.size() > ip.capacity()) return {};
    std::memcpy(ip.data(), endpoint.data(), endpoint.size());
    const auto address = ip.address();
    return {address.is_v4() ? IpAddress::v4(address.to_v4().to_bytes()) : IpAddress::v6(address.to_v6().to_bytes()),
            ip.port()};
}

/// Outlives the stream as long as the loop still holds one of its waits.
struct SocketStream::Waiting {
    Socket socket;
    std::function<void()> for_reading, for_writing;
};

SocketStream::SocketStream(Socket socket) : waiting_(std::make_shared<Waiting>(Waiting{std::move(socket), {}, {}})) {
    boost::system::error_code error;
    waiting_->socket.native_non_blocking(true, error);
    const auto remote = waiting_->socket.remote_endpoint(error);
    if (error) return;  // gone again already: the first read will say so
    peer_ = peer_address(remote);
    if (remote.protocol().family() != AF_UNIX) {
        waiting_->socket.set_option(boost::asio::ip::tcp::no_delay(true), error);
    }
}

SocketStream::~SocketStream() { close(); }

Transfer SocketStream::read(std::span<Octet> into) {
    const auto count = ::recv(waiting_->socket.native_handle(), into.data(), into.size(), 0);
    if (count == 0) return {Transfer::State::ended, 0, "closed by the peer"};
    return moved_or_not(count);
}

Transfer SocketStream::write(Octets octets) {
    return moved_or_not(::send(waiting_->socket.native_handle(), octets.data(), octets.size(), MSG_NOSIGNAL));
}

void SocketStream::when_readable(std::function<void()> ready) {
    waiting_->for_reading = std::move(ready);
    waiting_->socket.async_wait(Socket::wait_read, [waiting = waiting_](const boost::system::error_code&) {
        if (const auto call = std::exchange(waiting->for_reading, nullptr)) call();
    });
}

void SocketStream::when_writable(std::function<void()> ready) {
    waiting_->for_writing = std::move(ready);
    waiting_->socket.async_wait(Socket::wait_write, [waiting = waiting_](const boost::system::error_code&) {
        if (const auto call = std::exchange(waiting->for_writing, nullptr)) call();
    });
}

void SocketStream::when_asked_again(std::function<void()> ready) {
    waiting_->for_reading = std::move(ready);
    boost::asio::post(waiting_->socket.get_executor(), [waiting = waiting_] {
        if (const auto call = std::exchange(waiting->for_reading, nullptr)) call();
    });
}

void SocketStream::close() {
    waiting_->for_reading = nullptr;
    waiting_->for_writing = nullptr;
    boost::system::error_code ignored;
    waiting_->socket.close(ignored);
}

int SocketStream::descriptor() { return waiting_->socket.native_handle(); }

}  // namespace busbar::net
