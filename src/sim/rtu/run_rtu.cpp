#include "sim/rtu/run_rtu.hpp"

#include <fmt/format.h>

#include <csignal>
#include <stdexcept>
#include <utility>

#include "net/event_loop.hpp"
#include "net/tcp_listener.hpp"
#include "net/timer.hpp"
#include "sim/wire/ready.hpp"
#include "sim/wire/recording_session.hpp"
#include "sim/wire/tls_line.hpp"

namespace busbar::sim {
namespace {

constexpr auto longest_goodbye = std::chrono::seconds(2);

/// A simulated RTU, or a replayed one, on a port.
class RtuServer {
public:
    explicit RtuServer(RtuRunOptions options);
    int run();

private:
    std::unique_ptr<net::Session> make_session(const net::PeerAddress& peer, net::Connection& connection);
    /// Something happened: the work may be done, and the next deadline may be another.
    void look_again();
    void stop();

    RtuRunOptions options_;
    net::EventLoop loop_;
    Journal journal_;
    std::unique_ptr<CaptureWriter> capture_;
    std::optional<Rtu> rtu_;
    std::optional<Replay> replay_;
    net::Timer timer_;
    net::TcpListener listener_;
};

RtuServer::RtuServer(RtuRunOptions options)
    : options_(std::move(options)),
      journal_([this] { return loop_.utc_now(); }),
      timer_(loop_),
      listener_(loop_, [this](const auto& peer, auto& connection) { return make_session(peer, connection); }) {
    if (!options_.log.empty()) journal_.write_to(LineLog(options_.log));
    if (!options_.capture.empty()) capture_ = std::make_unique<CaptureWriter>(options_.capture);
    if (options_.recording) {
        replay_.emplace(options_.replay, *options_.recording, journal_, [this] { look_again(); });
    } else {
        rtu_.emplace(options_.rtu, std::move(options_.substation), journal_, loop_.now(), [this] { look_again(); });
    }
    listener_.set_limits(options_.limits);
    listener_.set_tls(options_.tls, [this](const auto& peer, const std::string& why) {
        journal_.line("tls_refused").add("peer", peer.to_string()).add("reason", why).end();
        journal_.flush();
    });
}

std::unique_ptr<net::Session> RtuServer::make_session(const net::PeerAddress& peer, net::Connection& connection) {
    if (const auto* tls = connection.tls_peer()) tell_tls(journal_, peer.to_string(), *tls);
    const auto wake = [&connection] { connection.wake(); };
    auto session = rtu_ ? rtu_->connect(peer, wake, loop_.now()) : replay_->connect(peer, loop_.now());
    if (!session) return nullptr;
    if (!options_.rtu.faults.empty())
        session = std::make_unique<FaultySession>(std::move(session), options_.rtu.faults);
    if (capture_) {
        const Endpoint own = parse_endpoint(fmt::format("{}:{}", options_.host, listener_.port()));
        session =
            std::make_unique<RecordingSession>(std::move(session), *capture_, RecordedConnection::server, own,
                                               parse_endpoint(peer.to_string()), [this] { return loop_.utc_now(); });
    }
    return session;
}

void RtuServer::look_again() {
    const bool done = rtu_ ? rtu_->is_done() : replay_->is_done();
    if (done && options_.exit_when_done) return loop_.stop();
    const auto deadline = rtu_ ? rtu_->next_deadline() : std::nullopt;
    if (!deadline) return timer_.cancel();
    timer_.at(*deadline, [this] {
        rtu_->on_deadline(loop_.now());
        look_again();
    });
}

int RtuServer::run() {
    if (const auto opened = listener_.open(options_.host, options_.port); !opened) {
        throw std::runtime_error(opened.error().what);
    }
    loop_.on_signal({SIGINT, SIGTERM}, [this](int) { loop_.stop(); });
    std::string ready;
    JsonLine(ready).add("what", "listening").add("host", options_.host).add("port", listener_.port()).end();
    LineLog::standard_output().write(ready);
    if (!options_.ready_file.empty()) write_ready_file(options_.ready_file, listener_.port());
    look_again();
    loop_.run();
    stop();
    return 0;
}

void RtuServer::stop() {
    listener_.close();
    listener_.close_connections("simulator stopped");
    loop_.run_until([this] { return listener_.connections() == 0; }, longest_goodbye);
    journal_.line("stopped").end();
    journal_.flush();
}

}  // namespace

int run_rtu(RtuRunOptions options) { return RtuServer(std::move(options)).run(); }

}  // namespace busbar::sim
