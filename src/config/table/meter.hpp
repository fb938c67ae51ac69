#pragma once

#include "config/meter.hpp"
#include "config/table/common.hpp"

namespace busbar::config {

template <>
inline constexpr std::array<std::string_view, 4> names<UtilityPreset> = {"iberdrola", "endesa", "naturgy", "viesgo"};
template <>
inline constexpr std::array<std::string_view, 2> names<MeterConnection> = {"tcp", "serial"};
template <>
inline constexpr std::array<std::string_view, 5> names<MeterParity> = {"none", "even", "mark", "odd", "space"};
template <>
inline constexpr std::array<std::string_view, 1> names<MeterGroup> = {"instantaneous"};
template <>
inline constexpr std::array<std::string_view, 2> names<RatioSource> = {"configured", "meter"};
template <>
inline constexpr std::array<std::string_view, 2> names<TagTime> = {"receipt", "meter"};
template <>
inline constexpr std::array<std::string_view, 24> names<MeterVariable> = {
    "energy.active.imported", "energy.active.exported", "energy.reactive.q1",    "energy.reactive.q2",
    "energy.reactive.q3",     "energy.reactive.q4",     "power.active.total",    "power.reactive.total",
    "power.factor.total",     "power.active.phase1",    "power.reactive.phase1", "power.factor.phase1",
    "power.active.phase2",    "power.reactive.phase2",  "power.factor.phase2",   "power.active.phase3",
    "power.reactive.phase3",  "power.factor.phase3",    "current.phase1",        "voltage.phase1",
    "current.phase2",         "voltage.phase2",         "current.phase3",        "voltage.phase3"};

// clang-format off
template <>
inline constexpr auto options<MeterTcp> = std::tuple{
    Option{"host", &MeterTcp::host, "", {1, 253}, required | restarts, "Host name or address of the meter or converter."},
    Option{"port", &MeterTcp::port, "", {1, 65535}, restarts, "TCP port of the meter or converter."},
    Option{"reconnect_delay_ms", &MeterTcp::reconnect_delay, "ms", {1000, 86400000}, restarts, "Wait before the next attempt after a connection failed."},
};

template <>
inline constexpr auto options<MeterSerial> = std::tuple{
    Option{"port", &MeterSerial::port, "", {1, 256}, required | restarts, "Serial port as the operating system names it, /dev/ttyS0."},
    Option{"baud", &MeterSerial::baud, "baud", {50, 4000000}, restarts, "Speed: one of the usual rates such as 300, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200."},
    Option{"data_bits", &MeterSerial::data_bits, "bits", {5, 8}, restarts, "Data bits of a character."},
    Option{"stop_bits", &MeterSerial::stop_bits, "bits", {1, 2}, restarts, "Stop bits of a character."},
    Option{"parity", &MeterSerial::parity, "", {}, restarts, "Parity of a character."},
    Option{"rts", &MeterSerial::rts, "", {}, restarts, "Whether the control line RTS is on while the port is open."},
    Option{"dtr", &MeterSerial::dtr, "", {}, restarts, "Whether the control line DTR is on while the port is open."},
    Option{"buffer_size", &MeterSerial::buffer_size, "octets", {261, 1048576}, restarts, "Most octets that are kept for the line in either direction: of one read, and of those that it, or the client of a gateway, has not taken yet. A client that exceeds it is disconnected. A frame has up to 261."},
    Option{"reconnect_delay_ms", &MeterSerial::reconnect_delay, "ms", {1000, 86400000}, restarts, "Wait before the next attempt after the port could not be opened or failed."},
};

template <>
inline constexpr auto options<MeterGateway> = std::tuple{
    Option{"port", &MeterGateway::port, "", {0, 65535}, live, "TCP port to listen on, used by no other gateway or program; 0 takes a free one."},
    Option{"interface", &MeterGateway::interface_address, "", {1, 64}, live, "Address of the interface to listen on: 0.0.0.0 is every one, 127.0.0.1 or localhost this machine alone.", &interface_address},
    Option{"priority", &MeterGateway::priority, "", {1, 10}, live, "1 (highest) to 10: a client of a higher one takes the line from a lower one. Unique in the channel."},
    Option{"max_connections", &MeterGateway::max_connections, "connections", {1, 1}, live, "Most clients at the same time; one more is refused."},
    Option{"inactivity_timeout_ms", &MeterGateway::inactivity_timeout, "ms", {0, 86400000}, live, "A client without an octet in either direction for so long is disconnected; 0 is never."},
};

template <>
inline constexpr auto options<AutoDemotion> = std::tuple{
    Option{"enabled", &AutoDemotion::enabled, "", {}, live, "Whether a meter that does not answer is left alone for a while (off-scan)."},
    Option{"failures", &AutoDemotion::failures, "rounds", {1, 1000000}, live, "Failed rounds of timeouts and retries, one after the other, after which it is."},
    Option{"delay_ms", &AutoDemotion::delay, "ms", {1000, 86400000}, live, "How long; then it is tried again, with no failure counted."},
};

template <>
inline constexpr auto options<MeterDevice> = std::tuple{
    Option{"name", &MeterDevice::name, "", {1, 64}, required, "Name; with that of its channel (channel/device) tags refer to it.", &plain_name},
    Option{"enabled", &MeterDevice::enabled, "", {}, live, "Whether the meter is read; its tags are bad (uninitialized) otherwise."},
    Option{"link_address", &MeterDevice::link_address, "", {0, 65535}, live, "Link address of the meter, unique in the channel."},
    Option{"point_address", &MeterDevice::point_address, "", {0, 65535}, live, "Address of the measuring point in the meter."},
    Option{"password", &MeterDevice::password, "", {0, 10}, secret, "Password for reading, a number; empty: 0.", &meter_password},
    Option{"password_file", &MeterDevice::password_file, "", {0, 4096}, live, "File whose first line is the password."},
    Option{"auto_demotion", &MeterDevice::auto_demotion, "", {}, live, "What becomes of a meter that does not answer."},
    Option{"utc_offset_minutes", &MeterDevice::utc_offset, "min", {-720, 840}, live, "Offset of the meter's winter time from UTC; its time labels say themselves when it is summer time."},
    Option{"ratios", &MeterDevice::ratios, "", {}, live, "Where the ratios of the transformers come from: configured (the two below), or meter, which is asked for them; currents and voltages are bad until it has said them."},
    Option{"current_ratio", &MeterDevice::current_ratio, "", {0.001, 1000000}, live, "Currents are multiplied by this: the ratio of the current transformers where the meter gives secondary values."},
    Option{"voltage_ratio", &MeterDevice::voltage_ratio, "", {0.001, 1000000}, live, "Voltages are multiplied by this: the ratio of the voltage transformers where the meter gives secondary values."},
};

template <>
inline constexpr auto options<MeterChannel> = std::tuple{
    Option{"name", &MeterChannel::name, "", {1, 64}, required, "Name; part of a tag's device.", &plain_name},
    Option{"enabled", &MeterChannel::enabled, "", {}, live, "Whether data is collected on this line."},
    Option{"preset", &MeterChannel::preset, "", {}, live, "A utility whose usual values are filled in where nothing else is given: format of the serial line, point address, password, and link address where it is the same for all."},
    Option{"request_timeout_ms", &MeterChannel::request_timeout, "ms", {100, 600000}, live, "Longest wait for an answer; then the request is repeated."},
    Option{"retries", &MeterChannel::retries, "", {0, 100}, live, "Repeats of a request without answer: 3 are four attempts in all."},
    Option{"inter_request_delay_ms", &MeterChannel::inter_request_delay, "ms", {0, 600000}, live, "Wait between an answer and the next request."},
    Option{"gateway_lock_limit_ms", &MeterChannel::gateway_lock_limit, "ms", {0, 604800000}, live, "Time that a gateway's client may have the line until the tags are bad (out of service); 0 is no limit."},
    Option{"connection", &MeterChannel::connection, "", {}, restarts, "How the meters are reached: type tcp or serial."},
    Option{"gateways", &MeterChannel::gateways, "", {}, live, "Ports through which other programs can have the line."},
    Option{"devices", &MeterChannel::devices, "", {}, live, "The meters on the line."},
};

template <>
inline constexpr auto options<MeterTag> = std::tuple{
    Option{"name", &MeterTag::name, "", {1, 256}, required, "Name for people; unique."},
    Option{"enabled", &MeterTag::enabled, "", {}, live, "Whether the point is kept up to date from the meter; otherwise only other programs write it."},
    Option{"device", &MeterTag::device, "", {0, 129}, live, "The meter, channel/device."},
    Option{"group", &MeterTag::group, "", {}, live, "Group of data."},
    Option{"variable", &MeterTag::variable, "", {}, live, "What is measured, in kWh, kVArh, kW, kVAr, A, V; power factors are plain numbers."},
    Option{"scan_rate_ms", &MeterTag::scan_rate, "ms", {100, 86400000}, live, "Time between two readings; a slow line reads as often as it can."},
    Option{"casdu", &MeterTag::casdu, "", {0, 65535}, required, "Common address in the store."},
    Option{"ioa", &MeterTag::ioa, "", {0, 16777215}, required, "Information object address in the store, with the common address unique among enabled tags."},
    Option{"type", &MeterTag::type, "", {1, 127}, live, "Type identification: 36 or 13 (short float), for energies also 37 or 15 (integrated total); 36 and 37 carry a time tag."},
    Option{"scale", &MeterTag::scale, "", {}, live, "The value is multiplied by this."},
    Option{"offset", &MeterTag::offset, "", {}, live, "Added after scaling."},
    Option{"deadband", &MeterTag::deadband, "", {0, std::numeric_limits<double>::max()}, live, "Change, after scaling, below which no update is written; 0 is none."},
    Option{"time", &MeterTag::time, "", {}, live, "Time tag of a value: when it was received, or the meter's own label (to the minute)."},
};

template <>
inline constexpr auto options<MeterStreams> = std::tuple{
    Option{"updates", &MeterStreams::updates, "", {1, 256}, live, "Stream that received values are written to.", &store_key},
    Option{"error", &MeterStreams::error, "", {1, 256}, live, "Stream that takes what could not be used.", &store_key},
    Option{"max_length", &MeterStreams::max_length, "entries", {1, 1000000000}, live, "Length that the updates stream is cut to, unless its retention is managed."},
};

template <>
inline constexpr auto options<MeterConfig> = std::tuple{
    Option{"revision", &MeterConfig::revision, "", {0, 9007199254740991}, managed, "Counts the changes made by management; reported back in the status."},
    Option{"log_level", &MeterConfig::log_level, "", {}, live, "How much is logged."},
    Option{"channels", &MeterConfig::channels, "", {}, live, "Lines, each with the meters on it."},
    Option{"tags", &MeterConfig::tags, "", {}, live, "Points that are read from meters."},
    Option{"streams", &MeterConfig::streams, "", {}, live, "Streams in the store."},
    Option{"debug", &MeterConfig::debug, "", {}, live, "Publishes every frame on the trace channel, even if nobody listens."},
    Option{"service", &MeterConfig::service, "", {}, managed, "How supervision treats the connector."},
};
// clang-format on

}  // namespace busbar::config
