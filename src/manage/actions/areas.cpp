#include "manage/actions/areas.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "manage/actions/audit.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

tl::unexpected<Problem> no_such_area(std::string_view name) {
    return refuse(Problem::Kind::not_found, "no_such_area", fmt::format("there is no area {}", name));
}

std::string text_of(const AreaRow& row) {
    json::array stations;
    for (const auto& each : row.stations) stations.push_back({{"first", each.first}, {"last", each.last}});
    return json::serialize(json::object{{"stations", std::move(stations)},
                                        {"connectors", json::array(row.connectors.begin(), row.connectors.end())}});
}

/// In order, each once; the faults.
std::vector<Problem::Fault> settle(AreaRow& row) {
    std::vector<Problem::Fault> faults;
    const auto by_first = [](const auto& left, const auto& right) { return left.first < right.first; };
    std::sort(row.stations.begin(), row.stations.end(), by_first);
    for (std::size_t i = 0; i < row.stations.size(); ++i) {
        const auto& each = row.stations[i];
        if (each.first > each.last)
            faults.push_back({"stations", fmt::format("{} to {} is no range", each.first, each.last)});
        if (i > 0 && each.first <= row.stations[i - 1].last)
            faults.push_back({"stations", fmt::format("{} is there twice", each.first)});
    }
    std::sort(row.connectors.begin(), row.connectors.end());
    if (const auto twice = std::adjacent_find(row.connectors.begin(), row.connectors.end());
        twice != row.connectors.end())
        faults.push_back({"connectors", *twice + " is there twice"});
    return faults;
}

Outcome<AreaRow> save(Installation& installation, const Actor& actor, AreaRow wanted,
                      const std::optional<AreaRow>& present) {
    if (auto faults = settle(wanted); !faults.empty())
        return refuse(Problem::Kind::invalid, "invalid_area", "this area makes no sense", std::move(faults));
    SQLite::Transaction transaction(installation.database.handle());
    save_area(installation.database, wanted);
    add_audit(installation, actor, present ? "area changed" : "area created", wanted.name,
              present ? std::optional(text_of(*present)) : std::nullopt, text_of(wanted));
    transaction.commit();
    return wanted;
}

}  // namespace

Outcome<AreaRow> create_area(Installation& installation, const Actor& actor, AreaRow wanted) {
    if (find_area(installation.database, wanted.name))
        return refuse(Problem::Kind::conflict, "area_exists", wanted.name + " is there already");
    if (all_areas(installation.database).size() >= max_areas)
        return refuse(Problem::Kind::conflict, "too_many_areas", fmt::format("there are {} areas", max_areas));
    return save(installation, actor, std::move(wanted), std::nullopt);
}

Outcome<AreaRow> put_area(Installation& installation, const Actor& actor, std::string_view name, AreaRow wanted) {
    const auto present = find_area(installation.database, name);
    if (!present) return no_such_area(name);
    wanted.id = present->id;
    wanted.name = present->name;
    return save(installation, actor, std::move(wanted), present);
}

Outcome<void> remove_area(Installation& installation, const Actor& actor, std::string_view name) {
    const auto present = find_area(installation.database, name);
    if (!present) return no_such_area(name);
    SQLite::Transaction transaction(installation.database.handle());
    remove_area(installation.database, present->id);
    add_audit(installation, actor, "area removed", present->name, text_of(*present));
    transaction.commit();
    return {};
}

void add_area_rights(Database& database, std::int64_t user, Role most, Actor& actor) {
    for (const UserArea& each : areas_of_user(database, user)) {
        auto area = find_area(database, each.area);
        if (area) actor.areas.push_back({std::move(*area), std::min(*role_named(each.role), most)});
    }
}

}  // namespace busbar::manage
