#include "manage/actions/meters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "config/meter.hpp"
#include "manage/actions/ask_connector.hpp"
#include "manage/actions/connectors.hpp"
#include "manage/live/live.hpp"
#include "manage/live/point_list.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

constexpr std::array<std::string_view, 9> device_actions{"read",  "time",   "identification", "configuration", "ratios",
                                                         "curve", "tariff", "events",         "end_demotion"};
constexpr std::array<std::string_view, 2> channel_actions{"close_gateway", "reconnect"};

/// What the connector says of its lines, by their names.
json::object said_of_lines(const Installation& installation, const std::string& connector) {
    const auto& fields = installation.states.fields(connector);
    const auto found = fields.find("line");
    json::object by_name;
    json::error_code error;
    const auto lines = found == fields.end() ? json::value() : json::parse(found->second, error);
    if (error || !lines.is_array()) return by_name;
    for (const auto& line : lines.as_array()) {
        const auto* name = line.is_object() ? line.as_object().if_contains("channel") : nullptr;
        if (name != nullptr && name->is_string()) by_name[name->as_string()] = line;
    }
    return by_name;
}

/// The member `name` of the element that says it is `wanted`; null: there is none.
const json::object* said_of(const json::object& line, std::string_view list, std::string_view member,
                            std::string_view wanted) {
    const auto* all = line.if_contains(list);
    if (all == nullptr || !all->is_array()) return nullptr;
    for (const auto& each : all->as_array()) {
        const auto* name = each.is_object() ? each.as_object().if_contains(member) : nullptr;
        if (name != nullptr && name->is_string() && name->as_string() == wanted) return &each.as_object();
    }
    return nullptr;
}

json::object device_json(const config::MeterChannel& channel, const config::MeterDevice& device,
                         const config::MeterConfig& config, const json::object& said_of_line) {
    const auto path = channel.name + '/' + device.name;
    const auto belongs = [&path](const config::MeterTag& tag) { return tag.device == path; };
    const auto works = [&path](const config::MeterTag& tag) { return tag.device == path && tag.enabled; };
    json::object object{{"name", device.name},
                        {"enabled", device.enabled},
                        {"link_address", device.link_address},
                        {"point_address", device.point_address},
                        {"tags", std::ranges::count_if(config.tags, belongs)},
                        {"tags_enabled", std::ranges::count_if(config.tags, works)}};
    // The connector calls its meters channel/device, or by their own name alone.
    const auto* said = said_of(said_of_line, "devices", "device", path);
    if (said == nullptr) said = said_of(said_of_line, "devices", "device", device.name);
    if (said != nullptr) {
        object["status"] = *said;
        object["status"].as_object().erase("device");
    }
    return object;
}

json::object channel_json(const ConnectorHead& row, const config::MeterChannel& channel,
                          const config::MeterConfig& config, const json::object& lines) {
    const auto* found = lines.if_contains(channel.name);
    const json::object said = found != nullptr ? found->as_object() : json::object();
    json::object object{{"connector", row.id}, {"name", channel.name}, {"enabled", channel.enabled}};
    json::array devices;
    for (const auto& device : channel.devices) devices.push_back(device_json(channel, device, config, said));
    object["devices"] = std::move(devices);
    if (found == nullptr) return object;
    json::object status = said;
    status.erase("devices");
    status.erase("channel");
    object["status"] = std::move(status);
    return object;
}

json::object tag_json(Installation& installation, const json::value& configured, const config::MeterTag& tag) {
    json::object object = configured.as_object();
    const store::ImageAddress address{tag.casdu, tag.ioa};
    const PointTable& table = installation.live.points.table();
    if (const LivePoint* live = table.find(address)) {
        std::string text;
        write_point(text, address, live, nullptr, table, installation.loop.utc_now());
        object["point"] = json::parse(text);
    }
    return object;
}

}  // namespace

json::array meter_channels(Installation& installation) {
    json::array channels;
    for (const ConnectorHead& row : connector_heads(installation.database)) {
        if (row.kind != meter_kind) continue;
        const auto config = config::read_meter_config(*config_of_connector(installation.database, row.id), {}).value;
        const auto lines = said_of_lines(installation, row.id);
        for (const auto& channel : config.channels) channels.push_back(channel_json(row, channel, config, lines));
    }
    return channels;
}

Outcome<json::array> meter_tags(Installation& installation, std::string_view connector, std::string_view device) {
    const auto row = find(installation, connector);
    if (!row) return tl::make_unexpected(row.error());
    const json::value document = json::parse(row->config);
    const auto* configured = document.as_object().if_contains("tags");
    const auto tags = config::read_meter_config(row->config, {}).value.tags;
    json::array found;
    if (configured == nullptr || row->kind != meter_kind) return found;
    for (std::size_t index = 0; index < tags.size() && index < configured->as_array().size(); ++index) {
        if (device.empty() || tags[index].device == device)
            found.push_back(tag_json(installation, configured->as_array()[index], tags[index]));
    }
    return found;
}

void ask_meter(Installation& installation, const Actor& actor, const MeterPlace& place, const std::string& action,
               json::object data, std::function<void(Outcome<std::string>)> done) {
    const bool of_device = !place.device.empty();
    const std::span<const std::string_view> actions = of_device ? std::span<const std::string_view>(device_actions)
                                                                : std::span<const std::string_view>(channel_actions);
    if (std::ranges::find(actions, action) == actions.end())
        return done(
            refuse(Problem::Kind::not_found, "no_such_action",
                   fmt::format("a {} can be asked for {}", of_device ? "meter" : "line", fmt::join(actions, ", "))));
    if (of_device) {
        data["device"] = place.channel + '/' + place.device;
    } else {
        data["channel"] = place.channel;
    }
    ask_connector(installation, actor, place.connector, action, json::serialize(data), std::move(done));
}

}  // namespace busbar::manage
