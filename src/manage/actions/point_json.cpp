#include "manage/actions/point_json.hpp"

#include <boost/json.hpp>

namespace busbar::manage {

namespace json = boost::json;

namespace {

void read_text(const json::object& members, std::string_view name, std::string& text) {
    if (const auto* value = members.if_contains(name); value != nullptr && value->is_string())
        text = value->as_string();
}

std::optional<double> read_number(const json::object& members, std::string_view name) {
    const auto* value = members.if_contains(name);
    if (value == nullptr || !value->is_number()) return std::nullopt;
    return value->to_number<double>();
}

}  // namespace

json::object to_json(const PointRow& row) {
    json::object point{{"casdu", row.address.casdu},
                       {"ioa", row.address.ioa},
                       {"command_ioa", nullptr},
                       {"enabled", row.enabled},
                       {"kind", nullptr},
                       {"name", row.name},
                       {"description", row.description},
                       {"unit", row.unit},
                       {"site", row.site},
                       {"device", row.device},
                       {"factor", row.factor},
                       {"low", nullptr},
                       {"high", nullptr},
                       {"states", json::parse(row.states)},
                       {"metadata", json::parse(row.metadata)}};
    if (row.command_ioa) point["command_ioa"] = *row.command_ioa;
    if (!row.kind.empty()) point["kind"] = row.kind;
    if (row.low) point["low"] = *row.low;
    if (row.high) point["high"] = *row.high;
    return point;
}

PointRow point_of_json(PointAddress address, const json::object& members) {
    PointRow row;
    row.address = address;
    if (const auto* ioa = members.if_contains("command_ioa"); ioa != nullptr && ioa->is_number())
        row.command_ioa = ioa->to_number<std::uint32_t>();
    if (const auto* enabled = members.if_contains("enabled")) row.enabled = enabled->as_bool();
    read_text(members, "kind", row.kind);
    read_text(members, "name", row.name);
    read_text(members, "description", row.description);
    read_text(members, "unit", row.unit);
    read_text(members, "site", row.site);
    read_text(members, "device", row.device);
    row.factor = read_number(members, "factor").value_or(1);
    row.low = read_number(members, "low");
    row.high = read_number(members, "high");
    if (const auto* states = members.if_contains("states")) row.states = json::serialize(*states);
    if (const auto* metadata = members.if_contains("metadata")) row.metadata = json::serialize(*metadata);
    return row;
}

PointRow point_of_json(const json::object& members) {
    return point_of_json({members.at("casdu").to_number<std::uint16_t>(), members.at("ioa").to_number<std::uint32_t>()},
                         members);
}

}  // namespace busbar::manage
