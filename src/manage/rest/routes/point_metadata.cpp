#include <boost/json.hpp>

#include "manage/actions/point_check.hpp"
#include "manage/actions/point_json.hpp"
#include "manage/actions/points.hpp"
#include "manage/rest/point_path.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

Outcome<Answer> put(Installation& installation, const Call& call) {
    const auto address = point_address(call);
    if (!address) return tl::make_unexpected(address.error());
    const auto& body = call.body.as_object();
    const auto* comment = body.if_contains("comment");
    return put_point(installation, call.actor, point_of_json(*address, body), call.expected_version(),
                     comment != nullptr ? std::string(comment->as_string()) : "")
        .map([](const PointRow& row) {
            return Answer{200, to_json(row), {{"etag", '"' + version_of(row) + '"'}}};
        });
}

Outcome<Answer> remove(Installation& installation, const Call& call) {
    const auto address = point_address(call);
    if (!address) return tl::make_unexpected(address.error());
    return remove_point(installation, call.actor, *address, call.expected_version()).map([] {
        return Answer{204, nullptr, {}};
    });
}

}  // namespace

std::vector<Route> point_metadata_routes() {
    constexpr std::string_view one = "/api/v1/points/{casdu}/{ioa}";
    std::vector<Route> routes{
        {"PUT",
         one,
         "putPoint",
         "Points",
         "Replaces what is known of a point: its name, unit, states …",
         Role::engineer,
         "PointMetadata",
         "KnownPoint",
         200,
         {},
         true,
         {"invalid_address", "invalid_point", "changed_meanwhile"},
         at_once(put)},
        {"DELETE",
         one,
         "removePoint",
         "Points",
         "Forgets what is known of a point; its value in the store stays",
         Role::engineer,
         {},
         {},
         204,
         {},
         true,
         {"invalid_address", "no_such_point", "changed_meanwhile"},
         at_once(remove)},
    };
    for (Route& route : routes) route.place = Place::station_of_path;
    return routes;
}

}  // namespace busbar::manage
