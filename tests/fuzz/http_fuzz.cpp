// Any octets on a connection to the HTTP server with the whole API behind it: no crash, and the connection ends. Who
// sends the cookie and the CSRF token of the seeds is an admin.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "manage/installation_bench.hpp"
#include "manage/rest/http_server.hpp"

namespace {

using namespace busbar::manage;

void check(bool good) {
    if (!good) std::abort();
}

struct Bench : InstallationBench {
    Bench() {
        check(server.open("127.0.0.1", 0).has_value());
        log_in_as("anna", Role::admin);
    }
    int runs = 0;
    HttpServer server{
        loop, [this](HttpRequest request, const Respond& respond) { api.handle(std::move(request), respond); }, {}};
};

Bench& bench() {
    static std::unique_ptr<Bench> one;
    if (!one || ++one->runs > 500) one = std::make_unique<Bench>();
    return *one;
}

/// From many addresses: each port rests for a minute after its use, and one address has not enough for so many runs.
void choose_address(int line) {
    static std::uint32_t turn = 0;
    sockaddr_in from{};
    from.sin_family = AF_INET;
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + turn++ % 1000);
    check(bind(line, reinterpret_cast<const sockaddr*>(&from), sizeof from) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 60'000) return 0;  // fits into the socket's buffer
    Bench& here = bench();
    const int line = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    choose_address(line);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(here.server.port());
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(connect(line, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
    check(send(line, data, size, MSG_NOSIGNAL) == static_cast<ssize_t>(size));
    shutdown(line, SHUT_WR);
    char heard[4096];
    const auto ended = [&] {
        ssize_t got = 0;
        while ((got = recv(line, heard, sizeof heard, MSG_DONTWAIT)) > 0) {
        }
        return got == 0 || errno != EAGAIN;
    };
    check(here.loop.run_until(ended, std::chrono::seconds{5}));
    close(line);
    return 0;
}
