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

Outcome<CommandFilter> read_command_filter(Installation& installation, const Call& call) {
    CommandFilter filter;
    for (const auto& [name, into] : {std::pair{"casdu", &filter.casdu}, std::pair{"ioa", &filter.ioa}}) {
        if (call.asked(name)) *into = call.number(name, 0);
    }
    if (filter.ioa && !filter.casdu)
        return refuse(Problem::Kind::invalid, "invalid_parameter", "ioa needs casdu", {{"casdu", "is missing"}});
    if (const auto author = call.asked("author")) filter.author = *author;
    if (const auto done = call.asked("done")) filter.done = done == "true";
    if (const auto cursor = call.asked("after")) {
        auto last = get_command(installation, *cursor);
        if (!last) return refuse(Problem::Kind::invalid, "invalid_cursor", "`after` is no `next` of an answer");
        filter.after = std::move(*last);
    }
    return filter;
}

Outcome<Answer> list(Installation& installation, const Call& call) {
    const auto filter = read_command_filter(installation, call);
    if (!filter) return tl::make_unexpected(filter.error());
    const auto limit = call.number("limit", 100);
    json::array commands;
    for (const CommandRow& row : list_commands(installation, *filter, limit)) commands.push_back(to_json(row));
    json::object answer{{"commands", std::move(commands)}};
    const auto& all = answer["commands"].as_array();
    if (static_cast<std::int64_t>(all.size()) == limit) answer["next"] = all.back().at("id");
    return Answer{200, std::move(answer), {}};
}

}  // namespace

std::vector<Route> command_routes() {
    using Type = Parameter::Type;
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
    routes.push_back(
        {.method = "GET",
         .path = "/api/v1/commands",
         .operation = "listCommands",
         .tag = "Commands",
         .summary = "Commands that were given here within a day, newest first",
         .needs = Role::viewer,
         .answer = "Commands",
         .parameters = {{"casdu", "Common address", Type::integer, 0, 65535},
                        {"ioa", "Information object address; with casdu", Type::integer, 0, 16777215},
                        {"author", "Who gave them", Type::text, 1, 64},
                        {"done", "Only those of which nothing more is expected, or only the others", Type::boolean},
                        {"after", "`next` of the answer before", Type::text, 1, 200},
                        {"limit", "How many at most; 100 without it", Type::integer, 1, 1000}},
         .codes = {"invalid_cursor"},
         .run = at_once(list)});
    return routes;
}

}  // namespace busbar::manage
