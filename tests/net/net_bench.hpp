#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/local/stream_protocol.hpp>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

#include "net/connection.hpp"
#include "net/event_loop.hpp"
#include "net/native.hpp"
#include "net/session.hpp"
#include "net/socket_stream.hpp"

namespace busbar::net {

using namespace std::chrono_literals;

constexpr Duration patience = 20s;  // of real time, for what ought to happen at once

/// A session that does as it is told and remembers what it was told. Lives on after its connection, for the test.
struct Script {
    std::string received;
    OctetBuffer output;  // to be taken next
    std::optional<TimePoint> deadline;
    std::optional<std::string> closed, barred;
    std::function<void(std::string_view)> on_receive;
    std::function<void()> on_deadline;
    int deadlines = 0, takes = 0, disconnects = 0;
    std::string reason;
    bool in_callback = false, nested = false;

    void say(std::string_view text) { std::ranges::copy(text, std::back_inserter(output)); }
};

class ScriptedSession : public Session {
public:
    explicit ScriptedSession(std::shared_ptr<Script> script) : script_(std::move(script)) {}

    void receive(Octets octets, TimePoint) override {
        const Callback inside(*script_);
        const std::string text(octets.begin(), octets.end());
        script_->received += text;
        if (script_->on_receive) script_->on_receive(text);
    }
    void on_deadline(TimePoint) override {
        const Callback inside(*script_);
        ++script_->deadlines;
        script_->deadline.reset();
        if (script_->on_deadline) script_->on_deadline();
    }
    void take_output(OctetBuffer& into, TimePoint) override {
        const Callback inside(*script_);
        ++script_->takes;
        into.clear();
        into.swap(script_->output);
    }
    std::optional<TimePoint> next_deadline() const override { return script_->deadline; }
    std::optional<std::string> closed() const override { return script_->closed; }
    std::optional<std::string> barred(TimePoint) const override { return script_->barred; }
    void disconnected(const std::string& reason, TimePoint) override {
        const Callback inside(*script_);
        ++script_->disconnects;
        script_->reason = reason;
    }

private:
    struct Callback {
        explicit Callback(Script& into) : script(into) {
            script.nested |= script.in_callback;
            script.in_callback = true;
        }
        ~Callback() { script.in_callback = false; }
        Script& script;
    };
    std::shared_ptr<Script> script_;
};

inline Connection::MakeSession play(std::shared_ptr<Script> script) {
    return [script = std::move(script)](const PeerAddress&, Connection&) {
        return std::make_unique<ScriptedSession>(script);
    };
}

/// The test's side of a connection: a plain blocking socket.
class Peer {
public:
    explicit Peer(int descriptor) : descriptor_(descriptor) {}
    Peer(Peer&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    ~Peer() { close(); }

    void send(std::string_view text) { ::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL); }
    /// What is there now, at most `most`.
    std::string read(std::size_t most = 65536) {
        std::string text(most, '\0');
        const auto count = ::recv(descriptor_, text.data(), text.size(), MSG_DONTWAIT);
        text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        received_ += text;
        return text;
    }
    /// All that came so far.
    const std::string& received() {
        while (!read().empty()) {
        }
        return received_;
    }
    bool is_closed() {
        std::array<char, 1> octet;
        const auto count = ::recv(descriptor_, octet.data(), 1, MSG_DONTWAIT | MSG_PEEK);
        return count == 0 || (count < 0 && errno != EAGAIN);
    }
    void close() {
        if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
    }
    int descriptor() const { return descriptor_; }
    int release() { return std::exchange(descriptor_, -1); }

private:
    int descriptor_;
    std::string received_;
};

/// A connection over a pair of sockets, driven by a loop of its own.
struct ConnectionBench {
    explicit ConnectionBench(int send_buffer = 0) {
        std::array<int, 2> ends{};
        ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data());
        if (send_buffer) ::setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof(send_buffer));
        peer.emplace(ends[1]);
        SocketStream::Socket socket(loop.native().io, boost::asio::generic::stream_protocol(AF_UNIX, 0), ends[0]);
        connection = Connection::open(loop, std::make_unique<SocketStream>(std::move(socket)), play(script),
                                      [this](Connection&) { connection.reset(); });
    }

    [[nodiscard]] bool wait(const std::function<bool()>& done) { return loop.run_until(done, patience); }
    [[nodiscard]] bool wait_until_gone() {
        return wait([this] { return script->disconnects > 0; });
    }
    /// Lets everything happen that is due now.
    void settle() {
        for (int i = 0; i < 3; ++i) {
            bool reached = false;
            loop.post([&reached] { reached = true; });
            loop.run_until([&reached] { return reached; }, patience);
            loop.native().io.poll();
        }
    }

    EventLoop loop;
    std::shared_ptr<Script> script = std::make_shared<Script>();
    std::optional<Peer> peer;
    std::shared_ptr<Connection> connection;
};

}  // namespace busbar::net
