#include "manage/actions/settings.hpp"

#include <boost/json.hpp>

#include "manage/actions/audit.hpp"
#include "manage/database/user_rows.hpp"
#include "manage/live/kept_updates.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

constexpr std::string_view name_setting = "name of the installation";

std::string name_of(Database& database) {
    const auto text = find_setting(database, name_setting);
    return text ? std::string(json::parse(*text).as_string()) : std::string();
}

json::object changeable(Database& database) {
    const auto kept = kept_updates(database);
    return {{"name", name_of(database)},
            {"kept_updates",
             {{"entries", json::value_from(kept.entries)},
              {"bytes", json::value_from(kept.bytes)},
              {"age", json::value_from(kept.age)}}}};
}

void take(const json::object& given, std::string_view name, std::optional<std::uint64_t>& limit) {
    const auto* value = given.if_contains(name);
    if (value == nullptr) return;
    limit = value->is_null() ? std::nullopt : std::optional(value->to_number<std::uint64_t>());
}

}  // namespace

json::object settings_of(Installation& installation) {
    json::object settings = changeable(installation.database);
    settings["version"] = BUSBAR_VERSION;
    settings["store"] = {{"up", installation.store.is_connected()}, {"detail", installation.store.down_reason()}};
    settings["required_consumers"] =
        json::parse(retention_text(installation.database, installation.publication.connectors())).at("required");
    return settings;
}

Outcome<void> change_settings(Installation& installation, const Actor& actor, const json::object& change) {
    Database& database = installation.database;
    const auto before = json::serialize(changeable(database));
    Change transaction(database);
    if (const auto* name = change.if_contains("name")) save_setting(database, name_setting, json::serialize(*name));
    if (const auto* given = change.if_contains("kept_updates")) {
        KeptUpdates kept = kept_updates(database);
        take(given->as_object(), "entries", kept.entries);
        take(given->as_object(), "bytes", kept.bytes);
        take(given->as_object(), "age", kept.age);
        if (!kept.entries && !kept.bytes)
            return refuse(Problem::Kind::invalid, "no_limit", "the store's memory is finite: limit entries or bytes",
                          {{"kept_updates", "neither entries nor bytes"}});
        save_kept_updates(database, kept);
    }
    add_audit(installation, actor, "settings changed", "", before, json::serialize(changeable(database)));
    transaction.commit();
    installation.publication.check();
    return {};
}

}  // namespace busbar::manage
