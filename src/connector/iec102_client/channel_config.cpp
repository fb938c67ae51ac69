#include "connector/iec102_client/channel_config.hpp"

#include <algorithm>

namespace busbar::connector {
namespace {

using namespace std::chrono_literals;

// A converter or modem makes pauses within a frame; a serial port of our own hardly any.
constexpr auto gap_limit_tcp = 1000ms, gap_limit_serial = 500ms;

constexpr std::size_t buffer_limit_tcp = 65536;

net::SerialSettings serial_settings(const config::MeterSerial& serial) {
    return {serial.baud, serial.data_bits, serial.stop_bits,  static_cast<net::Parity>(serial.parity),
            serial.rts,  serial.dtr,       serial.buffer_size};
}

}  // namespace

net::StreamAddress address_of(const config::MeterConnection& connection) {
    if (const auto* tcp = std::get_if<config::MeterTcp>(&connection)) return {.host = tcp->host, .port = tcp->port};
    const auto& serial = std::get<config::MeterSerial>(connection);
    return {.path = serial.port, .serial = serial_settings(serial)};
}

std::chrono::milliseconds reconnect_delay(const config::MeterConnection& connection) {
    return std::visit([](const auto& any) { return std::chrono::milliseconds{any.reconnect_delay}; }, connection);
}

std::size_t buffer_limit(const config::MeterConnection& connection) {
    const auto* serial = std::get_if<config::MeterSerial>(&connection);
    return serial ? serial->buffer_size : buffer_limit_tcp;
}

iec102::ChannelConfig channel_config(const config::MeterChannel& channel) {
    iec102::ChannelConfig made;
    made.retries = channel.retries;
    made.line.request_timeout = channel.request_timeout;
    made.line.inter_request_delay = channel.inter_request_delay;
    const auto* serial = std::get_if<config::MeterSerial>(&channel.connection);
    made.line.gap_limit = serial ? gap_limit_serial : gap_limit_tcp;
    if (serial) made.line.baud = serial->baud;
    return made;
}

std::string device_path(const config::MeterChannel& channel, const config::MeterDevice& device) {
    return channel.name + "/" + device.name;
}

std::vector<iec102::DeviceConfig> device_configs(const config::MeterChannel& channel,
                                                 const std::vector<config::MeterTag>& tags) {
    std::vector<iec102::DeviceConfig> made;
    for (const config::MeterDevice& device : channel.devices) {
        iec102::DeviceConfig config;
        config.name = device_path(channel, device);
        config.enabled = channel.enabled && device.enabled;
        config.link_address = device.link_address;
        config.point_address = device.point_address;
        config.password = iec102::Password{device.password_number()};
        config.demotion = {device.auto_demotion.enabled, device.auto_demotion.failures, device.auto_demotion.delay};
        for (const config::MeterTag& tag : tags) {
            if (!tag.enabled || !tag.variable || tag.device != config.name) continue;
            auto& period = config.periods[iec102::row_of(variable_of(*tag.variable)).object - iec102::energy_object];
            const std::chrono::milliseconds scan_rate = tag.scan_rate;
            period = period ? std::min(*period, scan_rate) : scan_rate;
        }
        config.read_ratios = device.ratios == config::RatioSource::meter && config.periods.back();
        made.push_back(std::move(config));
    }
    return made;
}

iec102::Variable variable_of(config::MeterVariable variable) { return static_cast<iec102::Variable>(variable); }

}  // namespace busbar::connector
