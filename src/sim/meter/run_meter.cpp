#include "sim/meter/run_meter.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <utility>

#include "net/event_loop.hpp"
#include "net/stream_connector.hpp"
#include "net/tcp_listener.hpp"
#include "net/timer.hpp"
#include "sim/wire/line_reader.hpp"
#include "sim/wire/ready.hpp"
#include "sim/wire/recording_session.hpp"

namespace busbar::sim {

namespace {

constexpr auto longest_goodbye = std::chrono::seconds(2);
constexpr auto between_attempts = std::chrono::seconds(1);

/// A line of simulated meters on a TCP port or at a serial one.
class MeterServer {
public:
    explicit MeterServer(MeterRunOptions options);
    int run();

private:
    std::unique_ptr<net::Session> make_session(const std::string& peer);
    void listen();
    void open_serial(bool first);
    void tell_ready();
    void order(const std::string& text);
    void stop();
    void tell_end();

    MeterRunOptions options_;
    net::EventLoop loop_;
    Journal journal_;
    std::unique_ptr<CaptureWriter> capture_;
    MeterLine line_;
    net::TcpListener listener_;
    net::StreamConnector connector_;
    net::Timer again_;
    std::shared_ptr<net::Connection> serial_;
    std::string failure_;
    std::unique_ptr<LineReader> reader_;
};

MeterServer::MeterServer(MeterRunOptions options)
    : options_(std::move(options)),
      journal_([this] { return loop_.utc_now(); }),
      line_(options_.line, journal_),
      listener_(loop_, [this](const auto& peer, auto&) { return make_session(peer.to_string()); }),
      connector_(loop_),
      again_(loop_) {
    if (!options_.log.empty()) journal_.write_to(LineLog(options_.log));
    if (!options_.capture.empty()) capture_ = std::make_unique<CaptureWriter>(options_.capture);
    net::AcceptLimits limits;
    limits.connections = options_.max_connections;
    listener_.set_limits(std::move(limits));
}

std::unique_ptr<net::Session> MeterServer::make_session(const std::string& peer) {
    auto session = line_.connect(peer);
    if (!capture_) return session;
    const Endpoint own = parse_endpoint(fmt::format("{}:{}", options_.host, listener_.port()));
    return std::make_unique<RecordingSession>(std::move(session), *capture_, RecordedConnection::server, own,
                                              parse_endpoint(peer), [this] { return loop_.utc_now(); });
}

void MeterServer::listen() {
    if (const auto opened = listener_.open(options_.host, options_.port); !opened)
        throw std::runtime_error(opened.error().what);
    tell_ready();
}

/// A port that was there once and has gone is waited for.
void MeterServer::open_serial(bool first) {
    const net::StreamAddress address{.path = options_.serial_port, .serial = options_.serial};
    connector_.connect(address, between_attempts, [this, first](Result<std::unique_ptr<net::Stream>> opened) {
        if (!opened && first) {
            failure_ = opened.error().what;
            return loop_.stop();
        }
        if (!opened) return again_.after(between_attempts, [this] { open_serial(false); });
        serial_ = net::Connection::open(
            loop_, std::move(*opened), [this](const auto&, auto&) { return make_session(options_.serial_port); },
            [this](net::Connection&) { again_.after(between_attempts, [this] { open_serial(false); }); });
        if (first) tell_ready();
    });
}

void MeterServer::tell_ready() {
    std::string ready;
    JsonLine line(ready);
    line.add("what", "listening");
    if (options_.serial_port.empty())
        line.add("host", options_.host).add("port", listener_.port());
    else
        line.add("serial", options_.serial_port).add("format", to_string(options_.serial));
    line.end();
    LineLog::standard_output().write(ready);
    if (!options_.ready_file.empty()) write_ready_file(options_.ready_file, listener_.port());
}

void MeterServer::order(const std::string& text) {
    if (text == "quit") return loop_.stop();
    const auto done = line_.order(text);
    if (done) return;
    journal_.line("order_failed").add("order", text).add("reason", done.error().what).end();
    journal_.flush();
}

int MeterServer::run() {
    loop_.on_signal({SIGINT, SIGTERM}, [this](int) { loop_.stop(); });
    if (options_.serial_port.empty())
        listen();
    else
        open_serial(true);
    if (options_.read_orders) {
        reader_ = std::make_unique<LineReader>(
            STDIN_FILENO, [this](std::string line) { loop_.post([this, line = std::move(line)] { order(line); }); });
    }
    loop_.run();
    reader_.reset();
    if (!failure_.empty()) throw std::runtime_error(failure_);
    stop();
    tell_end();
    return options_.strict && line_.counters().violations > 0 ? 1 : 0;
}

void MeterServer::stop() {
    again_.cancel();
    connector_.cancel();
    listener_.close();
    listener_.close_connections("simulator stopped");
    loop_.run_until([this] { return listener_.connections() == 0; }, longest_goodbye);
    serial_.reset();
}

/// On standard output and at the end of the log.
void MeterServer::tell_end() {
    journal_.write_to(LineLog::standard_output());
    const MasterCounters seen = line_.counters();
    std::string violations = "{";
    for (const auto& [what, count] : line_.violations()) {
        if (violations.size() > 1) violations += ',';
        append_json_text(violations, what);
        violations += fmt::format(":{}", count);
    }
    violations += '}';
    journal_.line("stopped")
        .add("connections", line_.connections())
        .add("frames", seen.frames)
        .add("foreign", line_.foreign_frames())
        .add("repeats", seen.repeats)
        .add("requests", seen.requests)
        .add("polls", seen.polls)
        .add("logins", seen.logins)
        .add("refused_logins", seen.refused_logins)
        .add_json("violations", violations)
        .end();
    journal_.flush();
}

}  // namespace

int run_meter(MeterRunOptions options) { return MeterServer(std::move(options)).run(); }

}  // namespace busbar::sim
