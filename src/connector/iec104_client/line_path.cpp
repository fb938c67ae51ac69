#include "connector/iec104_client/line_path.hpp"

#include <utility>

namespace busbar::connector {

using iec104::ControllingSession;

/// Puts the protocol session behind the net's interface.
class LinePath::Adapter : public net::Session {
public:
    Adapter(LinePath& path, const iec104::ControllingConfig& config, TimePoint now)
        : path_(path), session_(config, now) {}

    void receive(Octets octets, TimePoint now) override {
        path_.owner_.path_octets(path_, false, octets);
        session_.receive(octets, now);
        drain(now);
        path_.owner_.path_read_done(path_);
    }
    void on_deadline(TimePoint now) override {
        session_.on_deadline(now);
        drain(now);
    }
    void take_output(OctetBuffer& into, TimePoint now) override {
        drain(now);
        session_.take_output(into, now);
        if (!into.empty()) path_.owner_.path_octets(path_, true, into);
    }
    std::optional<TimePoint> next_deadline() const override { return session_.next_deadline(); }
    std::optional<std::string> closed() const override { return closed_; }
    std::optional<std::string> barred(TimePoint) const override { return path_.owner_.path_barred(); }
    void disconnected(const std::string& reason, TimePoint) override { path_.lost(reason); }

    /// Events of wishes (close, keep, allow) come out here too.
    void drain(TimePoint now) {
        while (auto event = session_.take_event(now)) {
            if (const auto* closed = std::get_if<ControllingSession::Closed>(&*event)) {
                closed_ = closed->reason;
                path_.closing_ = true;
            }
            path_.owner_.path_event(path_, *event);
        }
    }

    ControllingSession& session() { return session_; }

private:
    LinePath& path_;
    ControllingSession session_;
    std::optional<std::string> closed_;
};

LinePath::LinePath(net::EventLoop& loop, const LineConfig& config, net::StreamAddress address, Owner& owner)
    : loop_(loop),
      config_(config),
      address_(std::move(address)),
      owner_(owner),
      connector_(loop),
      retry_(loop),
      delay_(config.reconnect, config.reconnect_max) {}

LinePath::~LinePath() = default;

void LinePath::configure() {
    delay_ = net::ReconnectDelay(config_.reconnect, config_.reconnect_max);
    with_session([this](auto& session, TimePoint now) {
        session.configure(config_.session, now);
        return true;
    });
}

void LinePath::connect() {
    if (tcp_ != Tcp::disconnected) return;
    retry_.cancel();
    tcp_ = Tcp::connecting;
    connector_.connect(address_, config_.t0, [this](auto stream) { connected(std::move(stream)); });
}

void LinePath::connect_later() {
    if (tcp_ == Tcp::disconnected && !retry_.is_running()) retry_.after(delay_.next(), [this] { connect(); });
}

void LinePath::rest() {
    retry_.cancel();
    if (tcp_ != Tcp::connecting) return;
    connector_.cancel();
    tcp_ = Tcp::disconnected;
}

void LinePath::connected(Result<std::unique_ptr<net::Stream>> stream) {
    if (!stream) {
        tcp_ = Tcp::disconnected;
        last_fault_ = stream.error().what;
        owner_.path_refused(*this, last_fault_);
        return;
    }
    delay_.reset();
    last_fault_.clear();
    tcp_ = Tcp::connected;
    closing_ = false;
    number_ = owner_.path_connected(*this);
    connection_ = net::Connection::open(loop_, std::move(*stream), [this](const auto&, auto&) {
        auto adapter = std::make_unique<Adapter>(*this, config_.session, loop_.now());
        adapter_ = adapter.get();
        return adapter;
    });
    owner_.path_ready(*this);
}

void LinePath::lost(const std::string& reason) {
    const auto ended = std::move(connection_);
    tcp_ = Tcp::disconnected;
    last_fault_ = reason;
    const auto counters = std::exchange(adapter_, nullptr)->session().link().counters();
    owner_.path_lost(*this, reason, counters);
}

void LinePath::close(const std::string& reason) {
    if (!is_usable()) return;
    closing_ = true;
    connection_->close(reason);
}

bool LinePath::with_session(const std::function<bool(ControllingSession&, TimePoint)>& request) {
    if (!connection_) return false;
    const bool taken = request(adapter_->session(), loop_.now());
    connection_->wake();
    return taken;
}

void LinePath::pause_reading(bool pause) {
    if (!connection_) return;
    pause ? connection_->pause_reading() : connection_->resume_reading();
}

void LinePath::validate_again() {
    if (connection_) connection_->validate_again();
}

const ControllingSession* LinePath::session() const { return adapter_ ? &adapter_->session() : nullptr; }

iec104::TransferState LinePath::transfer() const {
    return connection_ ? adapter_->session().link().state() : iec104::TransferState::closed;
}

}  // namespace busbar::connector
