#include "connector/iec102_client/meter_line.hpp"

#include <algorithm>
#include <utility>

#include "connector/iec102_client/channel_config.hpp"
#include "iec102/meter/conceal.hpp"
#include "net/event_loop.hpp"

namespace busbar::connector {
namespace {

using namespace std::chrono_literals;

constexpr auto connect_limit = 10s, longest_stop = 3s;

}  // namespace

/// Puts the channel, or a gateway's client, behind the net's interface.
class MeterLine::Adapter : public net::Session {
public:
    explicit Adapter(MeterLine& line) : line_(line) {}

    void receive(Octets octets, TimePoint now) override { line_.received(octets, now); }
    void on_deadline(TimePoint now) override {
        line_.channel_.on_deadline(now);
        line_.drain();
    }
    void take_output(OctetBuffer& into, TimePoint) override { line_.take_output(into); }
    std::optional<TimePoint> next_deadline() const override { return line_.channel_.next_deadline(); }
    std::optional<std::string> closed() const override { return std::nullopt; }
    std::optional<std::string> barred(TimePoint) const override { return line_.owner_.barred(); }
    void disconnected(const std::string& reason, TimePoint) override { line_.lost(reason); }

private:
    MeterLine& line_;
};

MeterLine::MeterLine(net::EventLoop& loop, const config::MeterChannel& config,
                     const std::vector<iec102::DeviceConfig>& devices, Owner owner)
    : loop_(loop),
      config_(config),
      owner_(std::move(owner)),
      address_(address_of(config.connection)),
      channel_(channel_config(config)),
      trace_reader_(1s),
      connector_(loop),
      retry_(loop),
      alarm_(loop),
      lock_limit_(loop),
      stop_limit_(loop) {
    channel_.set_devices(devices, loop_.now());
    make_gateways();
    connect();
    drain();
}

MeterLine::~MeterLine() = default;

void MeterLine::configure(const config::MeterChannel& config, const std::vector<iec102::DeviceConfig>& devices) {
    const config::MeterChannel before = std::exchange(config_, config);
    address_ = address_of(config.connection);
    channel_.configure(channel_config(config), loop_.now());
    channel_.set_devices(devices, loop_.now());
    if (before.gateways != config.gateways || before.enabled != config.enabled) make_gateways();
    if (!config.enabled) {
        disconnect("data collection is off");
    } else if (before.connection != config.connection) {
        reconnect("configuration changed");
    } else {
        connect();
    }
    drain();
}

// --- the connection

void MeterLine::connect() {
    if (tcp_ != Tcp::disconnected || !config_.enabled || stopping_ || stopped_) return;
    retry_.cancel();
    tcp_ = Tcp::connecting;
    connector_.connect(address_, connect_limit, [this](auto stream) { connected(std::move(stream)); });
}

void MeterLine::connect_later() {
    if (!config_.enabled || stopping_ || stopped_) return;
    retry_.after(reconnect_delay(config_.connection), [this] { connect(); });
}

void MeterLine::connected(Result<std::unique_ptr<net::Stream>> stream) {
    if (!stream) {
        tcp_ = Tcp::disconnected;
        last_fault_ = stream.error().what;
        owner_.on_refused(*this, last_fault_);
        channel_.closed(last_fault_, loop_.now());
        close_gateway_client("the line is not connected");
        connect_later();
        return drain();
    }
    last_fault_.clear();
    tcp_ = Tcp::connected;
    ++connections_made_;
    connection_ = net::Connection::open(loop_, std::move(*stream),
                                        [this](const auto&, auto&) { return std::make_unique<Adapter>(*this); });
    owner_.on_up(*this);
    channel_.connected(loop_.now());
    drain();
}

void MeterLine::disconnect(const std::string& reason) {
    retry_.cancel();
    connector_.cancel();
    if (tcp_ == Tcp::connecting) tcp_ = Tcp::disconnected;
    if (!connection_) return;
    closing_ = true;
    connection_->close(reason);
}

void MeterLine::reconnect(const std::string& reason) {
    disconnect(reason);
    at_once_ = tcp_ == Tcp::connected;
    connect();
}

void MeterLine::lost(const std::string& reason) {
    const auto ended = std::move(connection_);
    tcp_ = Tcp::disconnected;
    last_fault_ = reason;
    from_client_.clear();
    owner_.on_lost(*this, reason);
    if (std::exchange(closing_, false) || owner_.barred()) {
        channel_.closed(reason, loop_.now());
    } else {
        channel_.lost(reason, loop_.now());
    }
    close_gateway_client("the line was lost: " + reason);
    if (std::exchange(at_once_, false)) {
        connect();
    } else {
        connect_later();
    }
    drain();
}

void MeterLine::received(Octets octets, TimePoint now) {
    if (given_away_) {
        if (holder_) holder_->give(octets, buffer_limit(config_.connection));
        return;
    }
    trace_received(octets, now);
    channel_.receive(octets, now);
    drain();
}

void MeterLine::trace_received(Octets octets, TimePoint now) {
    trace_reader_.receive(octets, now);
    while (const auto frame = trace_reader_.take_frame(now)) trace_frame(false, frame->octets);
}

void MeterLine::trace_frame(bool sent, Octets octets) {
    OctetBuffer shown(octets.begin(), octets.end());
    iec102::conceal_password(shown);
    owner_.on_frame(*this, sent, shown);
}

void MeterLine::take_output(OctetBuffer& into) {
    if (given_away_) {
        into.clear();
        std::swap(into, from_client_);
    } else {
        channel_.take_output(into);
        if (!into.empty()) trace_frame(true, into);
    }
}

void MeterLine::drain() {
    while (const auto event = channel_.take_event()) handle(*event);
    if (connection_) return connection_->wake();
    // Without a connection nobody else looks at the end of a demotion.
    const auto deadline = channel_.next_deadline();
    if (!deadline) return alarm_.cancel();
    alarm_.at(*deadline, [this] {
        channel_.on_deadline(loop_.now());
        drain();
    });
}

void MeterLine::handle(const iec102::ChannelEvent& event) {
    if (!std::holds_alternative<iec102::LineFree>(event)) return owner_.on_event(event);
    if (stopping_) return finish_stop();
    given_away_ = holder_ != nullptr;
}

void MeterLine::stop(std::function<void()> done) {
    stopping_ = std::move(done);
    retry_.cancel();
    if (tcp_ != Tcp::connected || given_away_) return finish_stop();
    channel_.pause(loop_.now());
    // One time-out each for the frame that is outstanding and for logging out.
    const Duration limit = std::chrono::milliseconds{config_.request_timeout} * 2;
    stop_limit_.after(std::min<Duration>(limit, longest_stop), [this] { finish_stop(); });
    drain();
}

void MeterLine::finish_stop() {
    if (!stopping_) return;
    stop_limit_.cancel();
    close_gateway_client("stopping");
    disconnect("stopped");
    stopped_ = true;
    std::exchange(stopping_, nullptr)();
}

// --- requests

std::optional<std::string> MeterLine::request(std::string_view device, iec102::Request request) {
    auto refused = channel_.request(device, std::move(request), loop_.now());
    drain();
    return refused;
}

bool MeterLine::end_demotion(std::string_view device) {
    const bool ended = channel_.end_demotion(device, loop_.now());
    drain();
    return ended;
}

// --- gateways

void MeterLine::make_gateways() {
    if (holder_) client_left(*holder_, "the gateways were changed");
    gateways_.clear();
    if (!config_.enabled) return;
    for (const config::MeterGateway& gateway : config_.gateways) {
        gateways_.push_back(std::make_unique<Gateway>(
            loop_, gateway,
            Gateway::Owner{.on_client = [this](Gateway& who) { return take_client(who); },
                           .on_octets = [this](Gateway& who, Octets octets) { client_said(who, octets); },
                           .on_left = [this](Gateway& who, const std::string& why) { client_left(who, why); }}));
        if (const auto opened = gateways_.back()->open(); !opened) owner_.on_gateway_failed(*this, opened.error().what);
    }
}

/// A client of a higher priority takes the line from one of a lower; the other way round it is refused.
std::string MeterLine::take_client(Gateway& gateway) {
    if (stopping_ || stopped_) return "stopping";
    if (holder_ && holder_->config().priority <= gateway.config().priority)
        return "a client of another gateway has the line";
    Gateway* before = std::exchange(holder_, &gateway);
    from_client_.clear();
    owner_.on_client(*this, gateway);
    if (before) {
        before->drop("a client of a gateway of higher priority has taken the line");
        return "";
    }
    const std::chrono::milliseconds limit = config_.gateway_lock_limit;
    if (limit.count() != 0) lock_limit_.after(limit, [this] { owner_.on_lock_limit(*this); });
    channel_.pause(loop_.now());
    retry_.cancel();
    connect();  // no waiting for the reconnect delay while somebody wants the line
    drain();
    return "";
}

void MeterLine::client_left(Gateway& gateway, const std::string& reason) {
    owner_.on_client_left(*this, gateway, reason);
    if (holder_ != &gateway) return;
    holder_ = nullptr;
    given_away_ = false;
    from_client_.clear();
    lock_limit_.cancel();
    if (stopping_ || stopped_) return;
    channel_.resume(loop_.now());
    drain();
}

void MeterLine::client_said(const Gateway& gateway, Octets octets) {
    if (holder_ != &gateway) return;
    const std::size_t unwritten = from_client_.size() + (connection_ ? connection_->unwritten() : 0);
    if (unwritten + octets.size() > buffer_limit(config_.connection)) {
        close_gateway_client("sends more than the line takes");
        return;
    }
    from_client_.insert(from_client_.end(), octets.begin(), octets.end());
    if (connection_) connection_->wake();
}

bool MeterLine::close_gateway_client(const std::string& reason) {
    if (!holder_) return false;
    holder_->drop(reason);
    return true;
}

}  // namespace busbar::connector
