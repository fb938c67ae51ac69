#include "manage/live/kept_updates.hpp"

#include <boost/json.hpp>

#include "manage/database/user_rows.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

constexpr std::string_view setting = "kept updates";

json::object to_json(const KeptUpdates& kept) {
    return {{"entries", json::value_from(kept.entries)},
            {"bytes", json::value_from(kept.bytes)},
            {"age", json::value_from(kept.age)}};
}

}  // namespace

KeptUpdates kept_updates(Database& database) {
    const auto text = find_setting(database, setting);
    if (!text) return {};
    const auto saved = json::parse(*text);
    const auto number = [&saved](std::string_view name) -> std::optional<std::uint64_t> {
        const auto& value = saved.at(name);
        if (value.is_null()) return std::nullopt;
        return value.to_number<std::uint64_t>();
    };
    return {number("entries"), number("bytes"), number("age")};
}

void save_kept_updates(Database& database, const KeptUpdates& kept) {
    save_setting(database, setting, json::serialize(to_json(kept)));
}

std::string retention_text(Database& database, const std::vector<KnownConnector>& connectors) {
    json::array required;
    for (const KnownConnector& each : connectors) {
        if (!each.service.enabled) continue;
        for (const std::string& group : each.required_groups)
            required.push_back(json::string(each.head.id + '/' + group));
    }
    json::object text = to_json(kept_updates(database));
    text["required"] = std::move(required);
    return json::serialize(text);
}

}  // namespace busbar::manage
