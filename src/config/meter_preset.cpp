#include "config/meter_preset.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>

#include "config/table/meter.hpp"

namespace busbar::config {

namespace json = boost::json;

namespace {

struct Preset {
    MeterParity parity;  // 9600 baud, 8 data bits and 1 stop bit have all of them
    std::optional<std::uint16_t> link_address;
    std::string_view password;
};

constexpr unsigned baud = 9600, data_bits = 8, stop_bits = 1, point_address = 1;

/// By UtilityPreset. Where there is no link address it is the last five digits of the meter's number.
constexpr std::array<Preset, 4> presets{{{MeterParity::none, {}, "7"},
                                         {MeterParity::even, {}, "1"},
                                         {MeterParity::none, 1, "1"},
                                         {MeterParity::none, 1, "1"}}};

void fill(json::object& table, std::string_view key, const json::value& value) {
    if (!table.contains(key)) table[key] = value;
}

void fill_connection(json::object& connection, const Preset& preset) {
    const json::value* type = connection.if_contains(discriminator);
    if (!type || *type != "serial") return;
    fill(connection, "baud", baud);
    fill(connection, "data_bits", data_bits);
    fill(connection, "stop_bits", stop_bits);
    fill(connection, "parity", json::string(names<MeterParity>[static_cast<std::size_t>(preset.parity)]));
}

void fill_device(json::object& device, const Preset& preset) {
    if (preset.link_address) fill(device, "link_address", *preset.link_address);
    fill(device, "point_address", point_address);
    if (!device.contains("password_file")) fill(device, "password", json::string(preset.password));
}

const Preset* preset_of(const json::object& channel) {
    const json::value* value = channel.if_contains("preset");
    const json::string* word = value ? value->if_string() : nullptr;
    if (!word) return nullptr;
    const auto* name = std::ranges::find(names<UtilityPreset>, std::string_view(*word));
    if (name == names<UtilityPreset>.end()) return nullptr;
    return &presets[static_cast<std::size_t>(name - names<UtilityPreset>.begin())];
}

void fill_channel(json::object& channel) {
    const Preset* preset = preset_of(channel);
    if (!preset) return;
    if (json::value* connection = channel.if_contains("connection"); connection && connection->is_object())
        fill_connection(connection->get_object(), *preset);
    json::value* devices = channel.if_contains("devices");
    if (!devices || !devices->is_array()) return;
    for (json::value& device : devices->get_array())
        if (device.is_object()) fill_device(device.get_object(), *preset);
}

}  // namespace

void fill_in_presets(json::object& document) {
    json::value* channels = document.if_contains("channels");
    if (!channels || !channels->is_array()) return;
    for (json::value& channel : channels->get_array())
        if (channel.is_object()) fill_channel(channel.get_object());
}

}  // namespace busbar::config
