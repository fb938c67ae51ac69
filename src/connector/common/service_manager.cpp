#include "connector/common/service_manager.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

namespace busbar::connector {

namespace {

std::string take_variable(const char* name) {
    const char* text = std::getenv(name);
    std::string taken = text == nullptr ? "" : text;
    unsetenv(name);
    return taken;
}

/// A path, or "@name" in the abstract namespace; -1: no such socket.
int connect_to(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (name.empty() || name.size() >= sizeof address.sun_path) return -1;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name.front() == '@') address.sun_path[0] = '\0';
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket < 0) return -1;
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), size) == 0) return socket;
    close(socket);
    return -1;
}

std::optional<std::int64_t> number(const std::string& text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

ServiceManager::ServiceManager(net::EventLoop& loop) : watchdog_(loop) {
    socket_ = connect_to(take_variable("NOTIFY_SOCKET"));
    const auto period = number(take_variable("WATCHDOG_USEC"));
    const auto pid = number(take_variable("WATCHDOG_PID"));
    if (period && *period > 0 && (!pid || *pid == getpid())) period_ = std::chrono::microseconds(*period);
}

ServiceManager::~ServiceManager() {
    if (socket_ >= 0) close(socket_);
}

void ServiceManager::ready(std::string_view status) {
    status_ = status;
    send(fmt::format("READY=1\nSTATUS={}", status));
    if (socket_ < 0 || period_ == Duration::zero()) return;
    watchdog_.every(period_ / 2, [this] { send("WATCHDOG=1"); });
}

void ServiceManager::status(std::string_view sentence) {
    if (status_ == sentence) return;
    status_ = sentence;
    send(fmt::format("STATUS={}", sentence));
}

void ServiceManager::stopping() { send("STOPPING=1"); }

/// Never waits: a message that finds no room is one that nobody reads.
void ServiceManager::send(std::string_view text) {
    if (socket_ >= 0) (void)!::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
}

}  // namespace busbar::connector
