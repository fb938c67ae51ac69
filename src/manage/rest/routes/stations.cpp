#include "manage/actions/stations.hpp"

#include <boost/json.hpp>
#include <charconv>

#include "manage/rest/json_members.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

Outcome<std::uint16_t> casdu_of(const Call& call) {
    const std::string& text = call.at("casdu");
    std::uint16_t casdu = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), casdu);
    if (error != std::errc{} || end != text.data() + text.size())
        return refuse(Problem::Kind::invalid, "invalid_casdu", "a common address is a number of 0 to 65535");
    return casdu;
}

json::object to_json(const Station& station) {
    json::object object{{"casdu", station.known.casdu},
                        {"name", station.known.name},
                        {"description", station.known.description},
                        {"device", station.known.is_device},
                        {"connector", station.connector},
                        {"sources", json::value_from(station.sources)},
                        {"points", station.points},
                        {"bad", station.bad}};
    if (station.points != 0) object["received"] = iso(station.received);
    return object;
}

Answer one(const Station& station) { return {200, to_json(station), {}}; }

Outcome<Answer> list(Installation& installation, const Call& call) {
    const bool devices = call.asked("devices") == "true";
    json::array all;
    for (const Station& station : stations(installation)) {
        if (!devices || station.known.is_device) all.push_back(to_json(station));
    }
    return Answer{200, {{"stations", std::move(all)}}, {}};
}

Outcome<Answer> show(Installation& installation, const Call& call) {
    return casdu_of(call).and_then([&](std::uint16_t casdu) { return find_station(installation, casdu); }).map(one);
}

Outcome<Answer> put(Installation& installation, const Call& call) {
    const auto casdu = casdu_of(call);
    if (!casdu) return tl::make_unexpected(casdu.error());
    const auto& body = call.body.as_object();
    StationRow row{*casdu, text(call.body, "name"), {}, false};
    if (const auto* description = body.if_contains("description")) row.description = description->as_string();
    if (const auto* device = body.if_contains("device")) row.is_device = device->as_bool();
    return put_station(installation, call.actor, row).map(one);
}

Outcome<Answer> remove(Installation& installation, const Call& call) {
    return casdu_of(call)
        .and_then([&](std::uint16_t casdu) { return remove_station(installation, call.actor, casdu); })
        .map([] {
            return Answer{204, nullptr, {}};
        });
}

void interrogate(Installation& installation, const std::shared_ptr<const Call>& call, const Finish& finish) {
    const auto casdu = casdu_of(*call);
    if (!casdu) return finish(tl::make_unexpected(casdu.error()));
    interrogate_station(installation, call->actor, *casdu, [finish](const Outcome<std::string>& answer) {
        finish(answer.map([](const std::string& text) { return Answer{200, answer_json(text), {}}; }));
    });
}

}  // namespace

std::vector<Route> station_routes() {
    constexpr std::string_view path = "/api/v1/stations/{casdu}", tag = "Stations";
    return {
        {.method = "GET",
         .path = "/api/v1/stations",
         .operation = "listStations",
         .tag = tag,
         .summary = "Every common address that is named, configured, or has points",
         .needs = Role::viewer,
         .answer = "Stations",
         .parameters = {{"devices", "Only those that are devices", Parameter::Type::boolean}},
         .run = at_once(list)},
        {.method = "GET",
         .path = path,
         .operation = "getStation",
         .tag = tag,
         .summary = "One station",
         .needs = Role::viewer,
         .answer = "Station",
         .codes = {"invalid_casdu", "no_such_station"},
         .run = at_once(show)},
        {.method = "PUT",
         .path = path,
         .operation = "putStation",
         .tag = tag,
         .summary = "Names a station, and makes it a device of its own",
         .needs = Role::engineer,
         .body = "StationNames",
         .answer = "Station",
         .codes = {"invalid_casdu"},
         .run = at_once(put),
         .place = Place::station_of_path},
        {.method = "DELETE",
         .path = path,
         .operation = "removeStation",
         .tag = tag,
         .summary = "Forgets its name; its points stay",
         .needs = Role::engineer,
         .good = 204,
         .codes = {"invalid_casdu", "no_such_station"},
         .run = at_once(remove),
         .place = Place::station_of_path},
        {.method = "POST",
         .path = "/api/v1/stations/{casdu}/interrogate",
         .operation = "interrogateStation",
         .tag = tag,
         .summary = "Interrogates the station by the connector that feeds it",
         .needs = Role::operator_,
         .answer = "RequestAnswer",
         .codes = {"invalid_casdu", "no_such_station", "no_connector", "no_answer"},
         .run = interrogate,
         .place = Place::station_of_path},
    };
}

}  // namespace busbar::manage
