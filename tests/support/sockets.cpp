#include "support/sockets.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace busbar::tests {

namespace {

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

Address parse(const std::string& text) {
    Address result;
    if (text.find('/') != std::string::npos) {
        sockaddr_un path{};
        path.sun_family = AF_UNIX;
        if (text.size() >= sizeof(path.sun_path)) throw std::runtime_error(text + ": the path is too long");
        std::memcpy(path.sun_path, text.c_str(), text.size() + 1);
        std::memcpy(&result.storage, &path, sizeof(path));
        result.size = sizeof(path);
        return result;
    }
    const auto colon = text.rfind(':');
    sockaddr_in ip{};
    ip.sin_family = AF_INET;
    if (colon == std::string::npos || inet_pton(AF_INET, text.substr(0, colon).c_str(), &ip.sin_addr) != 1) {
        throw std::runtime_error("'" + text + "' is neither HOST:PORT nor a path");
    }
    ip.sin_port = htons(static_cast<std::uint16_t>(std::stoi(text.substr(colon + 1))));
    std::memcpy(&result.storage, &ip, sizeof(ip));
    result.size = sizeof(ip);
    return result;
}

[[noreturn]] void give_up(int descriptor, const std::string& address) {
    const std::string reason = std::generic_category().message(errno);
    ::close(descriptor);
    throw std::runtime_error(address + ": " + reason);
}

}  // namespace

int connect_to(const std::string& text, const std::string& source) {
    const Address address = parse(text);
    const int descriptor = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (!source.empty()) {
        const Address from = parse(source);
        if (::bind(descriptor, from.get(), from.size) != 0) give_up(descriptor, source);
    }
    if (::connect(descriptor, address.get(), address.size) != 0) give_up(descriptor, text);
    const int on = 1;
    if (address.storage.ss_family == AF_INET) ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return descriptor;
}

int listen_on(const std::string& text, int backlog) {
    const Address address = parse(text);
    const int descriptor = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (address.storage.ss_family == AF_UNIX) ::unlink(text.c_str());
    if (::bind(descriptor, address.get(), address.size) != 0 || ::listen(descriptor, backlog) != 0) {
        give_up(descriptor, text);
    }
    return descriptor;
}

std::uint16_t local_port(int descriptor) {
    sockaddr_in address{};
    socklen_t size = sizeof(address);
    ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
    return address.sin_family == AF_INET ? ntohs(address.sin_port) : std::uint16_t{0};
}

void reset_connection(int descriptor) {
    const linger at_once{1, 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    ::close(descriptor);
}

}  // namespace busbar::tests
