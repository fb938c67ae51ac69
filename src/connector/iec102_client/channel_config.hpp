#pragma once

#include <string>
#include <vector>

#include "config/meter.hpp"
#include "iec102/meter/channel.hpp"
#include "iec102/meter/variable.hpp"
#include "net/stream_connector.hpp"

/// What the configuration of a meter client says to net and protocol.
namespace busbar::connector {

net::StreamAddress address_of(const config::MeterConnection& connection);
std::chrono::milliseconds reconnect_delay(const config::MeterConnection& connection);

/// Most octets that are kept for a line in either direction: those that it, or the client of a gateway, has not taken
/// yet.
std::size_t buffer_limit(const config::MeterConnection& connection);

iec102::ChannelConfig channel_config(const config::MeterChannel& channel);

/// "COM1/meter-1", as tags name a device.
std::string device_path(const config::MeterChannel& channel, const config::MeterDevice& device);

/// The devices of a channel; each object is read as often as the fastest of its enabled tags wants.
std::vector<iec102::DeviceConfig> device_configs(const config::MeterChannel& channel,
                                                 const std::vector<config::MeterTag>& tags);

iec102::Variable variable_of(config::MeterVariable variable);

}  // namespace busbar::connector
