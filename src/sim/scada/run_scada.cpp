#include "sim/scada/run_scada.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <utility>

#include "net/connection.hpp"
#include "net/event_loop.hpp"
#include "net/reconnect_delay.hpp"
#include "net/timer.hpp"
#include "sim/wire/line_reader.hpp"
#include "sim/wire/ready.hpp"
#include "sim/wire/recording_session.hpp"
#include "sim/wire/tls_line.hpp"

namespace busbar::sim {
namespace {

using namespace std::chrono_literals;

constexpr Duration longest_goodbye = 5s;
constexpr Duration redraw = 250ms;
/// A capture needs a port of ours, and nobody asks which it really was.
constexpr std::uint16_t recorded_port = 50000;

/// A table for a terminal, lines for anything else.
std::unique_ptr<Screen> make_screen(const ScadaRunOptions& options) {
    if (options.json || options.quiet) return nullptr;
    winsize size{};
    if (::isatty(STDOUT_FILENO) == 1 && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0) {
        return std::make_unique<TableScreen>(size.ws_row, size.ws_col, options.names);
    }
    return std::make_unique<LineScreen>(options.names);
}

/// A simulated control room and its line.
class ScadaProgram {
public:
    explicit ScadaProgram(ScadaRunOptions options);
    int run();

private:
    void connect();
    void connected(Result<std::unique_ptr<net::Stream>> stream);
    std::unique_ptr<net::Session> make_session(const net::PeerAddress& peer, net::Connection& connection);
    /// Something happened: the work may be done, the line lost.
    void look_again();
    void lost();
    void draw();
    void request(const std::string& line);

    ScadaRunOptions options_;
    net::EventLoop loop_;
    Journal journal_;
    std::unique_ptr<CaptureWriter> capture_;
    std::unique_ptr<Screen> screen_;
    LineLog output_ = LineLog::standard_output();
    Scada scada_;
    net::StreamConnector connector_;
    net::ReconnectDelay delay_;
    net::Timer retry_, limit_, redraw_;
    std::shared_ptr<net::Connection> connection_;
    std::unique_ptr<LineReader> reader_;
    bool ready_ = false;
    bool failed_ = false;
    bool ending_ = false;
};

ScadaProgram::ScadaProgram(ScadaRunOptions options)
    : options_(std::move(options)),
      journal_([this] { return loop_.utc_now(); }),
      screen_(make_screen(options_)),
      scada_(options_.scada, journal_, screen_.get(), [this] { look_again(); }),
      connector_(loop_),
      delay_(options_.reconnect_delay, options_.reconnect_delay),
      retry_(loop_),
      limit_(loop_),
      redraw_(loop_) {
    // The file comes first: what standard output shows can be found there.
    if (!options_.log.empty()) journal_.write_to(LineLog(options_.log));
    if (options_.json) journal_.write_to(LineLog::standard_output());
    if (!options_.capture.empty()) capture_ = std::make_unique<CaptureWriter>(options_.capture);
}

void ScadaProgram::connect() {
    connector_.connect(options_.address, options_.t0, [this](auto stream) { connected(std::move(stream)); });
}

void ScadaProgram::connected(Result<std::unique_ptr<net::Stream>> stream) {
    if (!stream) {
        const std::string peer = options_.address.to_string();
        std::string reason = stream.error().what;
        if (reason.starts_with(peer + ": ")) reason.erase(0, peer.size() + 2);
        scada_.tell("connect_failed", peer, reason);
        return lost();
    }
    delay_.reset();
    connection_ = net::Connection::open(loop_, std::move(*stream), [this](const auto& peer, auto& connection) {
        return make_session(peer, connection);
    });
}

std::unique_ptr<net::Session> ScadaProgram::make_session(const net::PeerAddress& peer, net::Connection& connection) {
    if (const auto* tls = connection.tls_peer()) tell_tls(journal_, peer.to_string(), *tls);
    std::unique_ptr<net::Session> session = scada_.connect(
        peer.to_string(), [&connection] { connection.wake(); }, loop_.now());
    if (!options_.faults.empty()) session = std::make_unique<FaultySession>(std::move(session), options_.faults);
    if (capture_) {
        session = std::make_unique<RecordingSession>(
            std::move(session), *capture_, RecordedConnection::client, Endpoint{{127, 0, 0, 1}, recorded_port},
            parse_endpoint(peer.to_string()), [this] { return loop_.utc_now(); });
    }
    return session;
}

void ScadaProgram::lost() {
    if (ending_) return;
    if (!options_.reconnect) {
        failed_ = true;
        return loop_.stop();
    }
    retry_.after(delay_.next(), [this] { connect(); });
}

void ScadaProgram::look_again() {
    if (scada_.was_started() && !std::exchange(ready_, true) && !options_.ready_file.empty()) {
        write_ready_file(options_.ready_file, options_.address.port);
    }
    if (options_.count != 0 && scada_.objects() >= options_.count) loop_.stop();
    if (!scada_.is_connected() && connection_) {
        loop_.post([this, gone = std::exchange(connection_, nullptr)] { lost(); });
    }
    // A table is redrawn a few times a second at most, lines come at once.
    if (screen_ && !redraw_.is_running()) redraw_.after(redraw, [this] { draw(); });
}

void ScadaProgram::draw() {
    if (screen_) output_.write(screen_->take(loop_.utc_now()));
}

void ScadaProgram::request(const std::string& line) {
    if (line == "quit") return loop_.stop();
    scada_.try_request(line, loop_.now());
}

int ScadaProgram::run() {
    loop_.on_signal({SIGINT, SIGTERM}, [this](int) { loop_.stop(); });
    if (options_.duration > 0ms) limit_.after(options_.duration, [this] { loop_.stop(); });
    if (options_.read_requests) {
        reader_ = std::make_unique<LineReader>(
            STDIN_FILENO, [this](std::string line) { loop_.post([this, line = std::move(line)] { request(line); }); });
    }
    connect();
    loop_.run();
    ending_ = true;
    reader_.reset();
    retry_.cancel();
    connector_.cancel();
    scada_.stop(loop_.now());
    if (scada_.is_connected()) {
        loop_.run_until([this] { return !scada_.is_connected(); }, longest_goodbye);
    }
    journal_.line("stopped").add("objects", scada_.objects()).end();
    journal_.flush();
    draw();
    const bool reached = options_.count == 0 || scada_.objects() >= options_.count;
    return ready_ && reached && !failed_ ? 0 : 1;
}

}  // namespace

int run_scada(ScadaRunOptions options) { return ScadaProgram(std::move(options)).run(); }

}  // namespace busbar::sim
