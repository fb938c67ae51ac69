#include "connector/iec102_client/gateway.hpp"

#include <utility>

#include "net/event_loop.hpp"

namespace busbar::connector {
/// The connection of a gateway's client.
class Gateway::Client : public net::Session {
public:
    Client(Gateway& gateway, net::Connection& connection, TimePoint now)
        : gateway_(gateway), connection_(connection), last_octets_(now) {}

    void receive(Octets octets, TimePoint now) override {
        last_octets_ = now;
        gateway_.owner_.on_octets(gateway_, octets);
    }
    void on_deadline(TimePoint now) override {
        const auto deadline = next_deadline();
        if (deadline && now >= *deadline) end("no octet in either direction for too long");
    }
    void take_output(OctetBuffer& into, TimePoint) override {
        into.clear();
        std::swap(into, output_);
    }
    std::optional<TimePoint> next_deadline() const override {
        const std::chrono::milliseconds limit = gateway_.config_.inactivity_timeout;
        if (limit.count() == 0) return std::nullopt;
        return last_octets_ + limit;
    }
    std::optional<std::string> closed() const override { return closed_; }
    void disconnected(const std::string& reason, TimePoint) override {
        gateway_.client_ = nullptr;
        gateway_.owner_.on_left(gateway_, reason);
    }

    void give(Octets octets, std::size_t limit, TimePoint now) {
        last_octets_ = now;
        if (output_.size() + connection_.unwritten() + octets.size() > limit)
            return end("does not take what the line says");
        output_.insert(output_.end(), octets.begin(), octets.end());
        connection_.wake();
    }
    void end(std::string reason) {
        closed_ = std::move(reason);
        connection_.wake();
    }
    std::string peer() const { return connection_.peer().to_string(); }

private:
    Gateway& gateway_;
    net::Connection& connection_;
    TimePoint last_octets_;
    OctetBuffer output_;
    std::optional<std::string> closed_;
};

Gateway::Gateway(net::EventLoop& loop, const config::MeterGateway& config, Owner owner)
    : loop_(loop),
      config_(config),
      owner_(std::move(owner)),
      listener_(loop, [this](const net::PeerAddress&, net::Connection& connection) -> std::unique_ptr<net::Session> {
          if (client_) return nullptr;
          auto client = std::make_unique<Client>(*this, connection, loop_.now());
          client_ = client.get();
          if (owner_.on_client(*this).empty()) return client;
          client_ = nullptr;
          return nullptr;
      }) {}

Gateway::~Gateway() = default;

Result<void> Gateway::open() { return listener_.open(config_.interface_address, config_.port); }

void Gateway::give(Octets octets, std::size_t limit) {
    if (client_) client_->give(octets, limit, loop_.now());
}

void Gateway::drop(const std::string& reason) {
    if (client_) client_->end(reason);
}

std::string Gateway::client() const { return client_ ? client_->peer() : ""; }

}  // namespace busbar::connector
