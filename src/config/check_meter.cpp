#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "config/check.hpp"

namespace busbar::config {

namespace {

/// Where each thing was first seen, so that a second one can name the first.
template <class Key>
class FirstSeen {
public:
    /// The path of the first one; nullopt if this is it.
    std::optional<std::string> note(const Key& key, const std::string& path) {
        const auto [place, first] = places_.try_emplace(key, path);
        if (first) return std::nullopt;
        return place->second;
    }
    bool has(const Key& key) const { return places_.contains(key); }

private:
    std::map<Key, std::string> places_;
};

/// What must be unique over all channels, or is looked up from the tags.
struct Lines {
    FirstSeen<std::string> channel_names, serial_ports, endpoints;
    FirstSeen<std::uint16_t> gateway_ports;
    FirstSeen<std::string> devices;  // "channel/device"
};

void check(const MeterSerial& serial, const std::string& path, Lines& lines, Findings& findings) {
    if (!std::ranges::binary_search(baud_rates(), serial.baud))
        findings.conflict(path + ".baud",
                          fmt::format("{} must be one of {}", serial.baud, fmt::join(baud_rates(), ", ")));
    if (const auto first = lines.serial_ports.note(serial.port, path))
        findings.conflict(path + ".port", fmt::format("\"{}\" is also that of {}", serial.port, *first));
}

void check(const MeterTcp& tcp, const std::string& path, Lines& lines, Findings& findings) {
    if (const auto first = lines.endpoints.note(to_string(Endpoint{tcp.host, tcp.port}), path))
        findings.warn(path + ".port", fmt::format("{} of {} is also that of {}: most converters take one connection",
                                                  tcp.port, tcp.host, *first));
}

void check(const std::vector<MeterGateway>& gateways, const std::string& path, Lines& lines, Findings& findings) {
    FirstSeen<std::uint8_t> priorities;
    for (std::size_t index = 0; index < gateways.size(); ++index) {
        const MeterGateway& gateway = gateways[index];
        const std::string here = fmt::format("{}.gateways[{}]", path, index);
        if (const auto first = priorities.note(gateway.priority, here))
            findings.conflict(here + ".priority", fmt::format("{} is also that of {}", gateway.priority, *first));
        if (gateway.port == 0) continue;  // whatever is free
        if (const auto first = lines.gateway_ports.note(gateway.port, here))
            findings.conflict(here + ".port", fmt::format("{} is also that of {}", gateway.port, *first));
    }
}

void check(const MeterChannel& channel, const std::string& path, Lines& lines, Findings& findings) {
    FirstSeen<std::uint16_t> link_addresses;
    for (std::size_t index = 0; index < channel.devices.size(); ++index) {
        const MeterDevice& device = channel.devices[index];
        const std::string here = fmt::format("{}.devices[{}]", path, index);
        if (const auto first = lines.devices.note(channel.name + "/" + device.name, here))
            findings.conflict(here + ".name", fmt::format("\"{}\" is also that of {}", device.name, *first));
        if (const auto first = link_addresses.note(device.link_address, here))
            findings.conflict(here + ".link_address",
                              fmt::format("{} is also that of {}", device.link_address, *first));
        if (!device.password.empty() && !device.password_file.empty())
            findings.conflict(here + ".password_file", "and password must not be given together");
        if (device.ratios != RatioSource::meter) continue;
        constexpr std::string_view twice = "must not be given where the ratios are the meter's";
        if (device.current_ratio != 1) findings.conflict(here + ".current_ratio", std::string(twice));
        if (device.voltage_ratio != 1) findings.conflict(here + ".voltage_ratio", std::string(twice));
    }
}

void check_type(const MeterTag& tag, const std::string& path, Findings& findings) {
    const bool is_float = tag.type == 36 || tag.type == 13;
    const bool is_total = tag.type == 37 || tag.type == 15;
    if (!is_float && !is_total)
        findings.conflict(path + ".type", fmt::format("{} must be 36 or 13, for energies also 37 or 15", tag.type));
    else if (is_total && tag.variable && !is_energy(*tag.variable))
        findings.conflict(path + ".type", fmt::format("{} is for energies; this must be 36 or 13", tag.type));
}

void check_source(const MeterTag& tag, const std::string& path, const Lines& lines, Findings& findings) {
    if (!tag.enabled) return;  // a memory tag has no source
    if (!tag.variable) findings.conflict(path + ".variable", "is missing: an enabled tag needs one");
    if (tag.device.empty()) return findings.conflict(path + ".device", "is missing: an enabled tag needs one");
    if (!lines.devices.has(tag.device))
        findings.conflict(path + ".device", fmt::format("\"{}\" must be the channel/device of a device", tag.device));
}

void check(const std::vector<MeterTag>& tags, const Lines& lines, Findings& findings) {
    FirstSeen<std::string> tag_names;
    FirstSeen<std::pair<std::uint16_t, std::uint32_t>> addresses;
    for (std::size_t index = 0; index < tags.size(); ++index) {
        const MeterTag& tag = tags[index];
        const std::string path = fmt::format("tags[{}]", index);
        if (const auto first = tag_names.note(tag.name, path))
            findings.conflict(path + ".name", fmt::format("\"{}\" is also that of {}", tag.name, *first));
        check_type(tag, path, findings);
        if (tag.scale == 0) findings.conflict(path + ".scale", "0 must be another number");
        check_source(tag, path, lines, findings);
        if (!tag.enabled) continue;
        if (const auto first = addresses.note({tag.casdu, tag.ioa}, path))
            findings.conflict(path + ".ioa",
                              fmt::format("casdu {}, ioa {} is also that of {}", tag.casdu, tag.ioa, *first));
    }
}

}  // namespace

void check(const MeterConfig& config, Findings& findings) {
    Lines lines;
    for (std::size_t index = 0; index < config.channels.size(); ++index) {
        const MeterChannel& channel = config.channels[index];
        const std::string path = fmt::format("channels[{}]", index);
        if (const auto first = lines.channel_names.note(channel.name, path))
            findings.conflict(path + ".name", fmt::format("\"{}\" is also that of {}", channel.name, *first));
        std::visit([&](const auto& connection) { check(connection, path + ".connection", lines, findings); },
                   channel.connection);
        check(channel.gateways, path, lines, findings);
        check(channel, path, lines, findings);
    }
    check(config.tags, lines, findings);
    if (config.streams.updates == config.streams.error)
        findings.conflict("streams.error", fmt::format("\"{}\" must not be the same as updates", config.streams.error));
}

}  // namespace busbar::config
