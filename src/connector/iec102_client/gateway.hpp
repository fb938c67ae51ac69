#pragma once

#include <functional>
#include <memory>
#include <string>

#include "config/meter.hpp"
#include "net/tcp_listener.hpp"

namespace busbar::connector {

/// One gateway of a channel: a TCP port whose client talks to the line as if it had it alone. One client at a time.
class Gateway {
public:
    struct Owner {
        /// A client is here. Empty: it is let in; else why not.
        std::function<std::string(Gateway& gateway)> on_client;
        std::function<void(Gateway& gateway, Octets octets)> on_octets;
        std::function<void(Gateway& gateway, const std::string& reason)> on_left;
    };

    Gateway(net::EventLoop& loop, const config::MeterGateway& config, Owner owner);
    ~Gateway();

    /// Begins to listen. The error says where and why not.
    Result<void> open();
    /// For the client; one that leaves more than `limit` octets untaken is disconnected.
    void give(Octets octets, std::size_t limit);
    /// Disconnects the client; `on_left` comes later.
    void drop(const std::string& reason);

    bool has_client() const { return client_ != nullptr; }
    std::string client() const;
    std::uint16_t port() const { return listener_.port(); }
    const config::MeterGateway& config() const { return config_; }

private:
    class Client;
    net::EventLoop& loop_;
    config::MeterGateway config_;
    Owner owner_;
    Client* client_ = nullptr;
    net::TcpListener listener_;
};

}  // namespace busbar::connector
