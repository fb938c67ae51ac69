#include "manage/rest/http_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <vector>

namespace busbar::manage {
namespace {

/// Sockets of this process that a program started by it would inherit.
std::vector<int> sockets_to_inherit() {
    std::vector<int> found;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code gone;
        const auto what = std::filesystem::read_symlink(entry, gone).string();
        const int number = std::stoi(entry.path().filename().string());
        if (what.starts_with("socket:") && (::fcntl(number, F_GETFD) & FD_CLOEXEC) == 0) found.push_back(number);
    }
    return found;
}

int connect_to(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return -1;
    return socket;
}

TEST(HttpServer, ItsSocketsAreNotInherited) {
    const auto before = sockets_to_inherit();
    net::EventLoop loop;
    HttpServer server(loop, [](HttpRequest, const auto& respond) { respond({}); }, {});
    ASSERT_TRUE(server.open("127.0.0.1", 0));
    const int client = connect_to(server.port());
    ASSERT_GE(client, 0);
    ASSERT_TRUE(loop.run_until([&server] { return server.connections() == 1; }, std::chrono::seconds{10}));
    EXPECT_EQ(sockets_to_inherit(), before);
    ::close(client);
    EXPECT_TRUE(loop.run_until([&server] { return server.connections() == 0; }, std::chrono::seconds{10}));
}

}  // namespace
}  // namespace busbar::manage
