#include "manage/actions/meters.hpp"

#include <boost/json.hpp>

#include "manage/rest/json_members.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

Outcome<Answer> list(Installation& installation, const Call&) {
    return Answer{200, {{"channels", meter_channels(installation)}}, {}};
}

Outcome<Answer> tags(Installation& installation, const Call& call) {
    return meter_tags(installation, call.at("connector"), call.asked("device").value_or("")).map([](json::array found) {
        return Answer{200, {{"tags", std::move(found)}}, {}};
    });
}

void ask(Installation& installation, const std::shared_ptr<const Call>& call, const Finish& finish) {
    const auto device = call->path.find("device");
    const auto* data = call->body.as_object().if_contains("data");
    ask_meter(installation, call->actor,
              {call->at("connector"), call->at("channel"), device == call->path.end() ? "" : device->second},
              call->at("action"), data != nullptr ? data->as_object() : json::object(),
              [finish](const Outcome<std::string>& answer) {
                  finish(answer.map([](const std::string& text) { return Answer{200, answer_json(text), {}}; }));
              });
}

}  // namespace

std::vector<Route> meter_routes() {
    constexpr std::string_view tag = "Meters";
    return {
        {.method = "GET",
         .path = "/api/v1/meters",
         .operation = "listMeters",
         .tag = tag,
         .summary = "Lines to meters with their gateways, meters, and what the connectors say of them",
         .needs = Role::viewer,
         .answer = "MeterChannels",
         .run = at_once(list)},
        {.method = "GET",
         .path = "/api/v1/meters/{connector}/tags",
         .operation = "listMeterTags",
         .tag = tag,
         .summary = "The tags of a meter client with their values",
         .needs = Role::viewer,
         .answer = "MeterTags",
         .parameters = {{"device", "Only of this meter: channel/device"}},
         .codes = {"no_such_connector"},
         .run = at_once(tags)},
        {.method = "POST",
         .path = "/api/v1/meters/{connector}/{channel}/requests/{action}",
         .operation = "askMeterLine",
         .tag = tag,
         .summary = "Has a line do something: close_gateway, reconnect",
         .needs = Role::operator_,
         .body = "Request",
         .answer = "RequestAnswer",
         .codes = {"no_such_connector", "no_such_action", "no_answer"},
         .run = ask,
         .place = Place::connector_of_path},
        {.method = "POST",
         .path = "/api/v1/meters/{connector}/{channel}/{device}/requests/{action}",
         .operation = "askMeter",
         .tag = tag,
         .summary = "Asks a meter: read, time, curve, end_demotion …",
         .needs = Role::operator_,
         .body = "Request",
         .answer = "RequestAnswer",
         .codes = {"no_such_connector", "no_such_action", "no_answer"},
         .run = ask,
         .place = Place::connector_of_path},
    };
}

}  // namespace busbar::manage
