#include "connector/iec104_client/line.hpp"

#include <utility>

#include "connector/common/counters.hpp"

namespace busbar::connector {

using iec104::ControllingSession;

/// Puts the protocol session behind the net's interface.
class Line::Adapter : public net::Session {
public:
    Adapter(Line& line, const iec104::ControllingConfig& config, std::uint64_t number, TimePoint now)
        : line_(line), number_(number), session_(config, now) {}

    void receive(Octets octets, TimePoint now) override {
        line_.owner_.on_octets(false, octets);
        session_.receive(octets, now);
        drain(now);
        line_.owner_.on_read_done(number_);
    }
    void on_deadline(TimePoint now) override {
        session_.on_deadline(now);
        drain(now);
    }
    void take_output(OctetBuffer& into, TimePoint now) override {
        drain(now);
        session_.take_output(into, now);
        if (!into.empty()) line_.owner_.on_octets(true, into);
    }
    std::optional<TimePoint> next_deadline() const override { return session_.next_deadline(); }
    std::optional<std::string> closed() const override { return closed_; }
    void disconnected(const std::string& reason, TimePoint) override { line_.lost(reason); }

    /// Events of wishes (close, keep, allow) come out here too.
    void drain(TimePoint now) {
        while (auto event = session_.take_event(now)) {
            if (const auto* closed = std::get_if<ControllingSession::Closed>(&*event)) closed_ = closed->reason;
            if (line_.stopping_ && std::holds_alternative<ControllingSession::TransferStopped>(*event))
                closed_ = "stopped";
            line_.owner_.on_event(*event, number_);
        }
    }

    ControllingSession& session() { return session_; }

private:
    Line& line_;
    std::uint64_t number_;
    ControllingSession session_;
    std::optional<std::string> closed_;
};

Line::Line(net::EventLoop& loop, LineConfig config, Owner owner)
    : loop_(loop),
      config_(std::move(config)),
      owner_(std::move(owner)),
      connector_(loop),
      retry_(loop),
      stop_limit_(loop),
      delay_(config_.reconnect, config_.reconnect_max) {
    connect();
}

Line::~Line() = default;

void Line::configure(LineConfig config) {
    config_ = std::move(config);
    delay_ = net::ReconnectDelay(config_.reconnect, config_.reconnect_max);
    with_session([this](auto& session, TimePoint now) {
        session.configure(config_.session, now);
        return true;
    });
}

void Line::connect() {
    retry_.cancel();
    tcp_ = Tcp::connecting;
    peer_ = address().to_string();
    connector_.connect(address(), config_.t0, [this](auto stream) { connected(std::move(stream)); });
}

void Line::connected(Result<std::unique_ptr<net::Stream>> stream) {
    if (!stream) {
        tcp_ = Tcp::disconnected;
        ++next_address_;
        owner_.on_refused(peer_, stream.error().what);
        connect_later();
        return;
    }
    delay_.reset();
    held_ = false;
    tcp_ = Tcp::connected;
    ++number_;
    connection_ = net::Connection::open(loop_, std::move(*stream), [this](const auto&, auto&) {
        auto adapter = std::make_unique<Adapter>(*this, config_.session, number_, loop_.now());
        adapter_ = adapter.get();
        return adapter;
    });
    owner_.on_up(peer_);
    allow_transfer(allowed_);
}

void Line::lost(const std::string& reason) {
    past_ = sum(past_, adapter_->session().link().counters());
    adapter_ = nullptr;
    tcp_ = Tcp::disconnected;
    ++next_address_;
    const auto ended = std::move(connection_);
    owner_.on_lost(peer_, reason);
    if (stopping_) {
        stop_limit_.cancel();
        std::exchange(stopping_, nullptr)();
    } else {
        connect_later();
    }
}

void Line::connect_later() {
    if (!retry_.is_running()) retry_.after(delay_.next(), [this] { connect(); });
}

void Line::reconnect(const std::string& reason) {
    next_address_ = 0;
    if (connection_) {
        connection_->close(reason);
        return;
    }
    connector_.cancel();
    connect();
}

void Line::stop(std::function<void()> done) {
    retry_.cancel();
    connector_.cancel();
    if (!connection_) {
        tcp_ = Tcp::disconnected;
        loop_.post(std::move(done));
        return;
    }
    stopping_ = std::move(done);
    if (adapter_->session().link().state() != iec104::TransferState::started) {
        close("stopped");
        return;
    }
    adapter_->session().stop_transfer(loop_.now());
    connection_->wake();
    stop_limit_.after(config_.session.link.t1, [this] { close("stopped"); });
}

void Line::allow_transfer(bool allowed) {
    allowed_ = allowed;
    with_session([&](auto& session, TimePoint now) {
        session.allow_transfer(allowed_ && !held_, now);
        return true;
    });
}

void Line::stop_transfer() {
    held_ = true;
    with_session([](auto& session, TimePoint now) {
        session.allow_transfer(false, now);
        session.stop_transfer(now);
        return true;
    });
}

void Line::start_transfer() {
    held_ = false;
    allow_transfer(allowed_);
}

void Line::keep(std::uint64_t number, std::uint64_t connection) {
    if (connection != number_) return;
    with_session([&](auto& session, TimePoint now) {
        session.keep(number, now);
        return true;
    });
}

void Line::close(const std::string& reason) {
    if (connection_) connection_->close(reason);
}

void Line::validate_again() {
    if (connection_) connection_->validate_again();
}

void Line::pause_reading() {
    if (connection_) connection_->pause_reading();
}

void Line::resume_reading() {
    if (connection_) connection_->resume_reading();
}

bool Line::with_session(const std::function<bool(ControllingSession&, TimePoint)>& request) {
    if (!adapter_) return false;
    const bool taken = request(adapter_->session(), loop_.now());
    connection_->wake();
    return taken;
}

const ControllingSession* Line::session() const { return adapter_ ? &adapter_->session() : nullptr; }

}  // namespace busbar::connector
