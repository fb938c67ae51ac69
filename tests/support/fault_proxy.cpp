#include "support/fault_proxy.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <stdexcept>
#include <vector>

#include "support/resp_messages.hpp"
#include "support/sockets.hpp"

namespace busbar::tests {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t most_on_the_way = std::size_t{64} << 20;

/// Octets on their way to one side.
struct Flow {
    struct Piece {
        Clock::time_point due;
        std::string octets;
    };

    void add(std::string octets, Faults::Time delay) {
        const auto due = Clock::now() + std::chrono::duration_cast<Clock::duration>(delay);
        on_the_way += octets.size();
        pieces.push_back({pieces.empty() ? due : std::max(due, pieces.back().due), std::move(octets)});
    }
    bool is_due(Clock::time_point now) const { return !pieces.empty() && pieces.front().due <= now; }

    int descriptor = -1;  // to where
    std::deque<Piece> pieces;
    std::size_t on_the_way = 0;
    bool is_last = false;  // the other side has ended
};

}  // namespace

struct FaultProxy::Pair {
    enum class End { open, closed, reset };

    Flow to_server, to_client;
    std::optional<bool> is_resp;  // known after the first octet of the client
    RespMessages commands, answers;
    std::deque<std::optional<Faults::Rule>> expected;  // one for each command under way
    End end = End::open;

    ~Pair() {
        for (const int descriptor : {to_server.descriptor, to_client.descriptor}) {
            if (end == End::reset) {
                reset_connection(descriptor);
            } else {
                ::close(descriptor);
            }
        }
    }
};

FaultProxy::FaultProxy(std::string listen, std::string server, std::string source)
    : server_(std::move(server)),
      source_(std::move(source)),
      listener_(listen_on(listen)),
      wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    port_ = local_port(listener_);
    thread_ = std::thread([this] { run(); });
}

FaultProxy::~FaultProxy() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
        ::eventfd_write(wake_, 1);
    }
    thread_.join();
    ::close(listener_);
    ::close(wake_);
}

std::string FaultProxy::tell(std::string_view command) {
    const std::lock_guard lock(mutex_);
    ::eventfd_write(wake_, 1);
    if (command == "reset" || command == "close") {
        for (const auto& pair : pairs_) pair->end = command == "reset" ? Pair::End::reset : Pair::End::closed;
        return "ok";
    }
    if (command == "count") {
        return "connections " + std::to_string(pairs_.size()) + " accepted " + std::to_string(accepted_) +
               " requests " + std::to_string(requests_) + " replies " + std::to_string(replies_);
    }
    return faults_.apply(command);
}

void FaultProxy::run() {
    for (;;) {
        std::vector<pollfd> polled{{listener_, POLLIN, 0}, {wake_, POLLIN, 0}};
        int timeout_ms = -1;
        {
            const std::lock_guard lock(mutex_);
            pairs_.remove_if([](const auto& pair) { return pair->end != Pair::End::open; });
            if (ending_) return pairs_.clear();
            const auto now = Clock::now();
            for (const auto& pair : pairs_) {
                if (faults_.stall) continue;
                for (const auto& [flow, other] :
                     {std::pair{&pair->to_server, &pair->to_client}, std::pair{&pair->to_client, &pair->to_server}}) {
                    short events = flow->is_due(now) ? POLLOUT : 0;
                    if (!other->is_last && other->on_the_way < most_on_the_way) events |= POLLIN;
                    if (events != 0) polled.push_back({flow->descriptor, events, 0});
                    if (flow->pieces.empty() || flow->is_due(now)) continue;
                    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(flow->pieces.front().due - now);
                    const auto wait_ms = static_cast<int>(wait.count());
                    timeout_ms = timeout_ms < 0 ? wait_ms : std::min(timeout_ms, wait_ms);
                }
            }
        }
        ::poll(polled.data(), polled.size(), timeout_ms);
        const std::lock_guard lock(mutex_);
        eventfd_t ignored = 0;
        ::eventfd_read(wake_, &ignored);
        if (polled[0].revents != 0) accept();
        for (const auto& pair : pairs_) serve(*pair);
    }
}

void FaultProxy::accept() {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    ++accepted_;
    auto pair = std::make_unique<Pair>();
    pair->to_client.descriptor = client;
    try {
        if (!faults_.refuse) pair->to_server.descriptor = connect_to(server_, source_);
    } catch (const std::runtime_error&) {
        // the client sees the end that the server would have shown it
    }
    if (pair->to_server.descriptor < 0) return;
    for (const int descriptor : {client, pair->to_server.descriptor}) ::fcntl(descriptor, F_SETFL, O_NONBLOCK);
    const int on = 1;
    ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    pairs_.push_back(std::move(pair));
}

namespace {

/// What there is to read; empty: nothing now. Sets `ended` at the end.
std::string read_some(int descriptor, bool& ended) {
    std::array<char, 65536> buffer;
    const ssize_t count = ::recv(descriptor, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count > 0) return {buffer.data(), static_cast<std::size_t>(count)};
    ended = count == 0 || (errno != EAGAIN && errno != EINTR);
    return {};
}

/// What goes before a cut: the server takes it soon, or has gone.
void write_now(int descriptor, std::string_view octets) {
    while (!octets.empty()) {
        const ssize_t count = ::send(descriptor, octets.data(), octets.size(), MSG_NOSIGNAL);
        if (count < 0 && errno != EAGAIN && errno != EINTR) return;
        if (count > 0) octets.remove_prefix(static_cast<std::size_t>(count));
    }
}

/// Writes what is due, at most `limit` octets in all; false: the connection is no more.
bool write_due(Flow& flow, std::optional<std::uint64_t>& limit, std::uint64_t& total) {
    while (flow.is_due(Clock::now()) && limit != 0u) {
        std::string& octets = flow.pieces.front().octets;
        const auto size = limit ? std::min<std::uint64_t>(*limit, octets.size()) : octets.size();
        const ssize_t count = ::send(flow.descriptor, octets.data(), size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0) return errno == EAGAIN || errno == EINTR;
        const auto written = static_cast<std::size_t>(count);
        total += written;
        flow.on_the_way -= written;
        if (limit) *limit -= written;
        octets.erase(0, written);
        if (octets.empty()) flow.pieces.pop_front();
    }
    return true;
}

}  // namespace

void FaultProxy::serve(Pair& pair) {
    if (faults_.stall || pair.end != Pair::End::open) return;
    if (pair.to_server.on_the_way < most_on_the_way) read_requests(pair);
    if (pair.to_client.on_the_way < most_on_the_way) read_replies(pair);
    if (pair.end == Pair::End::open) write(pair);
}

void FaultProxy::read_requests(Pair& pair) {
    std::string octets = read_some(pair.to_client.descriptor, pair.to_server.is_last);
    if (octets.empty()) return;
    if (!pair.is_resp) pair.is_resp = octets[0] == '*';
    if (*pair.is_resp) {
        pair.commands.add(octets);
        octets.clear();
        while (const auto command = pair.commands.take()) {
            const auto start = command_start(*command);
            const auto rule = faults_.hit(start.name, start.key);
            if (rule && rule->action == Faults::Rule::Action::reset_before) {
                for (const auto& piece : pair.to_server.pieces) write_now(pair.to_server.descriptor, piece.octets);
                write_now(pair.to_server.descriptor, octets);
                pair.end = Pair::End::reset;
                return;
            }
            octets += *command;
            pair.expected.push_back(rule);
        }
        if (octets.empty()) return;
    }
    pair.to_server.add(std::move(octets), faults_.delay_requests);
}

void FaultProxy::read_replies(Pair& pair) {
    std::string octets = read_some(pair.to_server.descriptor, pair.to_client.is_last);
    if (octets.empty()) return;
    if (pair.is_resp.value_or(false)) {
        pair.answers.add(octets);
        octets.clear();
        while (const auto answer = pair.answers.take()) {
            std::optional<Faults::Rule> rule;
            if (!pair.expected.empty()) {
                rule = std::move(pair.expected.front());
                pair.expected.pop_front();
            }
            if (rule && rule->action == Faults::Rule::Action::reset_before_reply) {
                pair.end = Pair::End::reset;
                return;
            }
            octets += rule ? rule->reply : *answer;
        }
    }
    if (octets.empty()) return;
    if (faults_.halve_pause <= Faults::Time{}) return pair.to_client.add(std::move(octets), faults_.delay_replies);
    const std::size_t half = octets.size() / 2;
    if (half > 0) pair.to_client.add(octets.substr(0, half), faults_.delay_replies);
    pair.to_client.add(octets.substr(half), faults_.delay_replies + faults_.halve_pause);
}

void FaultProxy::write(Pair& pair) {
    const bool served = write_due(pair.to_server, faults_.cut_requests_after, requests_);
    const bool answered = write_due(pair.to_client, faults_.cut_replies_after, replies_);
    const bool cut = faults_.cut_requests_after == 0u || faults_.cut_replies_after == 0u;
    const bool drained = (pair.to_server.is_last && pair.to_server.pieces.empty()) ||
                         (pair.to_client.is_last && pair.to_client.pieces.empty());
    if (cut) {
        pair.end = faults_.cut_by_reset ? Pair::End::reset : Pair::End::closed;
        faults_.cut_requests_after.reset();
        faults_.cut_replies_after.reset();
    } else if (!served || !answered || drained) {
        pair.end = Pair::End::closed;
    }
}

}  // namespace busbar::tests
