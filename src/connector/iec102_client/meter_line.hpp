#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/meter.hpp"
#include "connector/iec102_client/gateway.hpp"
#include "iec102/meter/channel.hpp"
#include "net/connection.hpp"
#include "net/stream_connector.hpp"
#include "net/timer.hpp"

namespace busbar::connector {

/// One channel of a meter client: the connection to its line (TCP or serial), the dialogues with its meters, and the
/// gateways through which another program can have the line.
class MeterLine {
public:
    enum class Tcp : std::uint8_t { disconnected, connecting, connected };

    struct Owner {
        std::function<void(const iec102::ChannelEvent& event)> on_event;
        std::function<void(MeterLine& line)> on_up;
        std::function<void(MeterLine& line, const std::string& reason)> on_lost;
        std::function<void(MeterLine& line, const std::string& reason)> on_refused;
        std::function<void(MeterLine& line, const Gateway& gateway)> on_client;
        std::function<void(MeterLine& line, const Gateway& gateway, const std::string& reason)> on_client_left;
        std::function<void(MeterLine& line, const std::string& reason)> on_gateway_failed;
        /// A gateway's client has had the line for as long as tags may stay good.
        std::function<void(MeterLine& line)> on_lock_limit;
        /// A whole frame of ours, for a trace, its password concealed. What a gateway's client says is its own affair.
        std::function<void(MeterLine& line, bool sent, Octets octets)> on_frame;
        /// Asked before each write: why nothing may be sent any more.
        std::function<std::optional<std::string>()> barred;
    };

    MeterLine(net::EventLoop& loop, const config::MeterChannel& config,
              const std::vector<iec102::DeviceConfig>& devices, Owner owner);
    ~MeterLine();
    MeterLine(const MeterLine&) = delete;
    MeterLine& operator=(const MeterLine&) = delete;

    /// The connection is made anew only where its address or port settings differ.
    void configure(const config::MeterChannel& config, const std::vector<iec102::DeviceConfig>& devices);
    /// Logs out of open sessions, then closes; `done` is called when it is over.
    void stop(std::function<void()> done);
    bool is_stopped() const { return stopped_; }
    void reconnect(const std::string& reason);
    /// False: there is no gateway client.
    bool close_gateway_client(const std::string& reason);

    std::optional<std::string> request(std::string_view device, iec102::Request request);
    bool end_demotion(std::string_view device);

    const std::string& name() const { return config_.name; }
    std::string peer() const { return address_.to_string(); }
    Tcp tcp() const { return tcp_; }
    const std::string& last_fault() const { return last_fault_; }
    std::uint64_t connections_made() const { return connections_made_; }
    const iec102::Channel& channel() const { return channel_; }
    const Gateway* holder() const { return holder_; }
    const std::vector<std::unique_ptr<Gateway>>& gateways() const { return gateways_; }

private:
    class Adapter;

    void connect();
    void connected(Result<std::unique_ptr<net::Stream>> stream);
    void connect_later();
    void disconnect(const std::string& reason);
    void finish_stop();
    void lost(const std::string& reason);
    void received(Octets octets, TimePoint now);
    void trace_received(Octets octets, TimePoint now);
    void trace_frame(bool sent, Octets octets);
    void take_output(OctetBuffer& into);
    /// After everything that was said to the channel.
    void drain();
    void handle(const iec102::ChannelEvent& event);

    void make_gateways();
    std::string take_client(Gateway& gateway);
    void client_left(Gateway& gateway, const std::string& reason);
    void client_said(const Gateway& gateway, Octets octets);

    net::EventLoop& loop_;
    config::MeterChannel config_;
    Owner owner_;
    net::StreamAddress address_;
    iec102::Channel channel_;
    iec102::FrameReader trace_reader_;
    net::StreamConnector connector_;
    net::Timer retry_, alarm_, lock_limit_, stop_limit_;
    std::shared_ptr<net::Connection> connection_;
    Tcp tcp_ = Tcp::disconnected;
    bool at_once_ = false;  // we close it ourselves: no waiting before the next one
    bool closing_ = false;  // we close it ourselves: no meter is to blame
    std::string last_fault_;
    std::uint64_t connections_made_ = 0;

    std::vector<std::unique_ptr<Gateway>> gateways_;
    Gateway* holder_ = nullptr;  // whose client has the line, or is about to get it
    bool given_away_ = false;    // all sessions are ended: octets pass through
    OctetBuffer from_client_;    // not written to the line yet
    std::function<void()> stopping_;
    bool stopped_ = false;
};

}  // namespace busbar::connector
