#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "manage/actions/give_command.hpp"
#include "manage/rest/json_members.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

constexpr std::array<std::string_view, 5> modes{"direct", "select", "execute", "select_and_execute", "cancel"};
constexpr std::size_t longest_key = 200;

json::object to_json(const CommandRow& row) {
    json::array stages{{{"stage", "given"}, {"time", iso(row.given)}, {"by", row.author}}};
    const json::value noted = json::parse(row.stages);
    for (const json::value& stage : noted.as_array()) stages.push_back(stage);
    const auto last = stages.back().at("stage");
    return {
        {"id", row.id},  {"given", iso(row.given)}, {"author", row.author},       {"command", json::parse(row.wanted)},
        {"state", last}, {"done", row.done},        {"stages", std::move(stages)}};
}

std::int64_t number(const json::object& body, std::string_view member, std::int64_t otherwise) {
    const auto* value = body.if_contains(member);
    return value != nullptr ? value->to_number<std::int64_t>() : otherwise;
}

CommandWish read_wish(const json::object& body) {
    CommandWish wish;
    wish.address = {static_cast<std::uint16_t>(number(body, "casdu", 0)),
                    static_cast<std::uint32_t>(number(body, "ioa", 0))};
    wish.type = static_cast<std::uint8_t>(number(body, "type", 0));
    wish.value = body.at("value");
    wish.qualifier = static_cast<std::uint8_t>(number(body, "qualifier", 0));
    wish.max_age = std::chrono::milliseconds{number(body, "max_age_ms", wish.max_age.count())};
    if (const auto* mode = body.if_contains("mode"))
        wish.mode = static_cast<CommandWish::Mode>(std::ranges::find(modes, std::string_view(mode->as_string())) -
                                                   modes.begin());
    return wish;
}

Outcome<Answer> give(Installation& installation, const Call& call) {
    const auto given = call.http.header("idempotency-key");
    if (given.size() > longest_key)
        return refuse(Problem::Kind::invalid, "invalid_parameter", "Idempotency-Key is too long");
    const auto key = given.empty() ? std::nullopt : std::optional<std::string>(given);
    return give_command(installation, call.actor, read_wish(call.body.as_object()), json::serialize(call.body), key)
        .map([](const CommandRow& row) {
            return Answer{202, to_json(row), {{"location", "/api/v1/commands/" + row.id}}};
        });
}

Outcome<Answer> show(Installation& installation, const Call& call) {
    return get_command(installation, call.at("id")).map([](const CommandRow& row) {
        return Answer{200, to_json(row), {}};
    });
}

}  // namespace

std::vector<Route> command_routes() {
    std::vector<Route> routes{
        {"POST",
         "/api/v1/commands",
         "giveCommand",
         "Commands",
         "Gives a command to whoever feeds its station; what becomes of it is told by its address",
         Role::operator_,
         "NewCommand",
         "Command",
         202,
         {},
         false,
         {"invalid_command", "idempotency_key_reused", "store_away", "too_many_commands"},
         at_once(give),
         "application/json",
         true},
        {"GET",
         "/api/v1/commands/{id}",
         "getCommand",
         "Commands",
         "What became of a command so far; kept for a day",
         Role::viewer,
         {},
         "Command",
         200,
         {},
         false,
         {"no_such_command"},
         at_once(show)},
    };
    routes.front().place = Place::station_of_body;
    return routes;
}

}  // namespace busbar::manage
