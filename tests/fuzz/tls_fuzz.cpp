// A caller at a port with TLS who sends anything, or a real client whose octets are changed on the way: no crash, the
// handshake ends, and nobody gets in without a certificate that is good.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "net/native.hpp"
#include "net/tls_stream.hpp"
#include "support/certificates.hpp"

namespace {

using namespace busbar;
using net::Transfer;

void check(bool good) {
    if (!good) std::abort();
}

/// What does not change from one input to the next.
struct World {
    World() {
        const auto own = authority.issue({.name = "station"}), peer = authority.issue({.name = "scada"});
        server = end(net::TlsRole::server, own);
        client = end(net::TlsRole::client, peer);
        std::filesystem::remove_all(folder);  // what was read stays in force
    }
    std::shared_ptr<net::TlsEnd> end(net::TlsRole role, const tests::Certificates& files) const {
        net::TlsSettings settings;
        settings.role = role;
        settings.any_host = true;
        settings.ca_files = {authority.file()};
        settings.certificate_file = files.certificate;
        settings.key_file = files.key;
        auto end = std::make_shared<net::TlsEnd>(settings);
        end->look();
        return end;
    }
    static std::filesystem::path make_folder() {
        std::string name = std::filesystem::temp_directory_path() / "busbar-fuzz-XXXXXX";
        check(::mkdtemp(name.data()) != nullptr);
        return name;
    }
    std::filesystem::path folder = make_folder();
    tests::CertificateAuthority authority{folder};
    std::shared_ptr<net::TlsEnd> server, client;
    net::EventLoop loop;
};

World& world() {
    static World instance;
    return instance;
}

std::unique_ptr<net::TlsStream> stream_on(int descriptor, const std::shared_ptr<net::TlsEnd>& end) {
    net::SocketStream::Socket socket(world().loop.native().io, boost::asio::generic::stream_protocol(AF_UNIX, 0),
                                     descriptor);
    auto stream =
        net::TlsStream::make(std::make_unique<net::SocketStream>(std::move(socket)), end, "fuzz", TimePoint{});
    check(stream.has_value());
    return std::move(*stream);
}

std::array<int, 2> socket_pair() {
    std::array<int, 2> ends{};
    check(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
    return ends;
}

/// Octets as they are, in pieces.
void raw(Octets octets) {
    const auto [ours, theirs] = socket_pair();
    const auto stream = stream_on(ours, world().server);
    auto state = Transfer::State::blocked;
    while (!octets.empty() && state == Transfer::State::blocked) {
        const auto piece = octets.first(std::min<std::size_t>(octets.size(), 1u + octets.front()));
        if (::send(theirs, piece.data(), piece.size(), MSG_NOSIGNAL) < 0) break;
        octets = octets.subspan(piece.size());
        state = stream->handshake().state;
    }
    check(state != Transfer::State::moved);
    check(stream->tls_peer() == nullptr);
    stream->close();
    ::close(theirs);
}

/// Carries what `from` has to `to`, and changes octets at places that the input says: place (2 octets), what to xor.
class Tamperer {
public:
    explicit Tamperer(Octets plan) : plan_(plan) {}
    bool carry(int from, int to) {
        std::array<Octet, 4096> buffer{};
        const auto count = ::recv(from, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (count <= 0) return false;
        const auto size = static_cast<std::size_t>(count);
        for (std::size_t i = 0; i + 2 < plan_.size(); i += 3) {
            const std::size_t place = static_cast<std::size_t>(plan_[i]) << 8 | plan_[i + 1];
            if (place >= carried_ && place < carried_ + size) buffer[place - carried_] ^= plan_[i + 2];
        }
        carried_ += size;
        check(::send(to, buffer.data(), size, MSG_NOSIGNAL) >= 0);
        return true;
    }

private:
    Octets plan_;
    std::size_t carried_ = 0;
};

/// A real client on a line that spoils what it says.
void spoiled(Octets plan) {
    const auto [server_end, server_line] = socket_pair();
    const auto [client_end, client_line] = socket_pair();
    const auto server = stream_on(server_end, world().server), client = stream_on(client_end, world().client);
    Tamperer up(plan), down({});
    auto state = Transfer::State::blocked;
    for (bool moves = true; moves && state == Transfer::State::blocked;) {
        const bool calls = client->handshake().state != Transfer::State::ended;
        moves = up.carry(client_line, server_line);
        state = server->handshake().state;
        moves = down.carry(server_line, client_line) || moves;
        if (!calls && !moves) break;
    }
    if (plan.empty()) check(state == Transfer::State::moved);
    if (state == Transfer::State::moved) check(server->tls_peer()->subject == "CN=scada");
    server->close();
    client->close();
    ::close(server_line);
    ::close(client_line);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const Octets octets(data + 1, size - 1);
    if ((data[0] & 1) == 0) {
        raw(octets);
    } else {
        spoiled(octets);
    }
    return 0;
}
