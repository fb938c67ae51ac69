#include "manage/actions/areas.hpp"

#include <boost/json.hpp>

#include "manage/rest/json_members.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

json::object to_json(const AreaRow& row) {
    json::array stations;
    for (const auto& each : row.stations) stations.push_back({{"first", each.first}, {"last", each.last}});
    return {{"name", row.name},
            {"stations", std::move(stations)},
            {"connectors", json::array(row.connectors.begin(), row.connectors.end())}};
}

AreaRow area_of(const json::object& body) {
    AreaRow row;
    for (const json::value& each : body.at("stations").as_array()) {
        const auto& range = each.as_object();
        const auto first = range.at("first").to_number<std::uint16_t>();
        const auto* last = range.if_contains("last");
        row.stations.push_back({first, last != nullptr ? last->to_number<std::uint16_t>() : first});
    }
    if (const auto* connectors = body.if_contains("connectors")) {
        for (const json::value& each : connectors->as_array()) row.connectors.emplace_back(each.as_string());
    }
    return row;
}

Outcome<Answer> list(Installation& installation, const Call&) {
    json::array areas;
    for (const AreaRow& row : all_areas(installation.database)) areas.push_back(to_json(row));
    return Answer{200, {{"areas", std::move(areas)}}, {}};
}

Outcome<Answer> create(Installation& installation, const Call& call) {
    AreaRow wanted = area_of(call.body.as_object());
    wanted.name = text(call.body, "name");
    return create_area(installation, call.actor, std::move(wanted)).map([](const AreaRow& row) {
        return Answer{201, to_json(row), {}};
    });
}

Outcome<Answer> put(Installation& installation, const Call& call) {
    return put_area(installation, call.actor, call.at("name"), area_of(call.body.as_object()))
        .map([](const AreaRow& row) {
            return Answer{200, to_json(row), {}};
        });
}

Outcome<Answer> remove(Installation& installation, const Call& call) {
    return remove_area(installation, call.actor, call.at("name")).map([] { return Answer{204, nullptr, {}}; });
}

}  // namespace

std::vector<Route> area_routes() {
    constexpr std::string_view one = "/api/v1/areas/{name}";
    return {
        {"GET",
         "/api/v1/areas",
         "listAreas",
         "Users",
         "All areas: stations and connectors where users may have more rights than elsewhere",
         Role::admin,
         {},
         "Areas",
         200,
         {},
         false,
         {},
         at_once(list)},
        {"POST",
         "/api/v1/areas",
         "createArea",
         "Users",
         "Makes an area",
         Role::admin,
         "NewArea",
         "Area",
         201,
         {},
         false,
         {"area_exists", "invalid_area", "too_many_areas"},
         at_once(create)},
        {"PUT",
         one,
         "putArea",
         "Users",
         "Replaces the stations and connectors of an area",
         Role::admin,
         "AreaPlaces",
         "Area",
         200,
         {},
         false,
         {"no_such_area", "invalid_area"},
         at_once(put)},
        {"DELETE",
         one,
         "removeArea",
         "Users",
         "Removes an area, and all rights in it",
         Role::admin,
         {},
         {},
         204,
         {},
         false,
         {"no_such_area"},
         at_once(remove)},
    };
}

}  // namespace busbar::manage
