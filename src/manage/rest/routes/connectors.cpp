#include "manage/actions/connectors.hpp"

#include <boost/json.hpp>
#include <charconv>

#include "manage/actions/ask_connector.hpp"
#include "manage/actions/conceal.hpp"
#include "manage/actions/copy_connector.hpp"
#include "manage/rest/json_members.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

constexpr std::size_t long_body = std::size_t{64} << 10;

std::string_view name_of(ProcessView::State state) {
    switch (state) {
        case ProcessView::State::running: return "running";
        case ProcessView::State::waiting: return "waiting";
        case ProcessView::State::stopping: return "stopping";
        case ProcessView::State::stopped: return "stopped";
        case ProcessView::State::unknown: return "unknown";
        case ProcessView::State::elsewhere: break;
    }
    return "elsewhere";
}

json::object process_of(const Installation& installation, const ConnectorRow& row) {
    const auto view = installation.supervision.view(row.id);
    if (!view) return {{"state", "none"}};
    json::object process{{"state", name_of(view->state)}};
    if (view->state != ProcessView::State::elsewhere) process["starts"] = view->starts;
    if (view->pid > 0) process["pid"] = view->pid;
    if (!view->last_end.empty()) process["last_end"] = view->last_end;
    return process;
}

std::optional<std::int64_t> number(const ConnectorStates::Fields& fields, std::string_view name) {
    const auto found = fields.find(name);
    if (found == fields.end()) return std::nullopt;
    std::int64_t value = 0;
    const auto& text = found->second;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{}) return std::nullopt;
    return value;
}

/// `field`: of the connector's status.
template <class Field>
json::object refused_of(const Field& field) {
    json::object refused;
    for (const char* what : {"configuration", "mapping"}) {
        if (auto reason = field(std::string(what) + "_fault"); !reason.empty()) refused[what] = std::move(reason);
    }
    return refused;
}

json::object to_json(const Installation& installation, const Actor& actor, const ConnectorRow& row, bool whole) {
    const auto& fields = installation.states.fields(row.id);
    const auto field = [&fields](std::string_view name) {
        const auto found = fields.find(name);
        return found == fields.end() ? std::string() : found->second;
    };
    const std::string state = installation.states.state(row.id);
    json::object connector{
        {"id", row.id},
        {"kind", row.kind},
        {"name", row.name},
        {"config", json::parse(actor.may(Role::engineer) ? row.config : without_secrets(row.config))},
        {"stopped", row.stopped},
        {"config_revision", row.config_revision},
        {"state", state.empty() ? "None" : state},
        {"detail", field("detail")},
        {"version", field("version")},
        {"process", process_of(installation, row)}};
    if (row.mapping_revision != 0) connector["mapping_revision"] = row.mapping_revision;
    if (const auto revision = number(fields, "config_revision")) connector["running_revision"] = *revision;
    if (const auto revision = number(fields, "mapping_revision"); revision && row.mapping)
        connector["running_mapping_revision"] = *revision;
    if (auto refused = refused_of(field); !refused.empty()) connector["refused"] = std::move(refused);
    if (const auto since = number(fields, "since")) connector["since"] = *since;
    if (whole) connector["status"] = json::value_from(fields);
    return connector;
}

Answer whole(const Installation& installation, const Actor& actor, const ConnectorRow& row, unsigned status = 200) {
    Answer answer{status, nullptr, {{"etag", '"' + version_of(row.head()) + '"'}}};
    answer.text = json::serialize(to_json(installation, actor, row, true));
    if (!row.mapping) return answer;
    // It may have megabytes and is JSON already.
    answer.text.pop_back();
    answer.text.append(",\"mapping\":").append(*row.mapping) += '}';
    return answer;
}

Outcome<Answer> list(Installation& installation, const Call& call) {
    json::array connectors;
    for (const ConnectorHead& head : connector_heads(installation.database)) {
        const ConnectorRow row{head.id,
                               head.kind,
                               head.name,
                               config_of_connector(installation.database, head.id).value_or("{}"),
                               head.config_revision,
                               std::nullopt,
                               head.mapping_revision,
                               head.stopped};
        connectors.push_back(to_json(installation, call.actor, row, false));
    }
    return Answer{200, {{"connectors", std::move(connectors)}}, {}};
}

Outcome<Answer> show(Installation& installation, const Call& call) {
    return find(installation, call.at("id")).map([&](const ConnectorRow& row) {
        return whole(installation, call.actor, row);
    });
}

/// A long body: what it brings is for the worker to check and write.
bool is_long(const Call& call) { return call.http.body.size() > long_body; }

ConnectorRow new_connector(const Call& call) {
    const auto& body = call.body.as_object();
    ConnectorRow row;
    row.id = body.at("id").as_string();
    row.kind = body.at("kind").as_string();
    if (const auto* name = body.if_contains("name")) row.name = name->as_string();
    row.config = body.contains("config") ? json::serialize(body.at("config")) : "{}";
    if (const auto* mapping = body.if_contains("mapping")) row.mapping = json::serialize(*mapping);
    if (const auto* stopped = body.if_contains("stopped")) row.stopped = stopped->as_bool();
    return row;
}

void create(Installation& installation, const std::shared_ptr<const Call>& call, const Finish& finish) {
    const auto done = [&installation, call, finish](const Outcome<ConnectorRow>& outcome) {
        finish(outcome.map([&](const ConnectorRow& made) {
            auto answer = whole(installation, call->actor, made, 201);
            answer.headers.emplace_back("location", "/api/v1/connectors/" + made.id);
            return answer;
        }));
    };
    if (!is_long(*call)) return done(create_connector(installation, call->actor, new_connector(*call)));
    create_connector_apart(
        installation, call->actor, [call] { return new_connector(*call); }, done);
}

CopyTable copy_table(const Call& call) {
    const auto& body = call.body.as_object();
    CopyTable table;
    for (const auto& column : body.at("columns").as_array()) table.columns.emplace_back(column.as_string());
    for (const auto& given : body.at("rows").as_array()) {
        const auto& row = given.as_object();
        const auto* name = row.if_contains("name");
        const auto& values = row.at("values").as_array();
        table.rows.push_back(
            {text(given, "id"), name != nullptr ? text(given, "name") : "", {values.begin(), values.end()}});
    }
    if (const auto* stopped = body.if_contains("stopped")) table.stopped = stopped->as_bool();
    return table;
}

void copy(Installation& installation, const std::shared_ptr<const Call>& call, const Finish& finish) {
    copy_connector(installation, call->actor, call->at("id"), copy_table(*call), call->asked("dry_run") == "true",
                   [&installation, call, finish](const Outcome<std::vector<ConnectorRow>>& outcome) {
                       finish(outcome.map([&](const std::vector<ConnectorRow>& made) {
                           json::array connectors;
                           for (const auto& row : made)
                               connectors.push_back(to_json(installation, call->actor, row, false));
                           return Answer{201, {{"connectors", std::move(connectors)}}, {}};
                       }));
                   });
}

Outcome<Answer> apply(Installation& installation, const Call& call, ConnectorChange change) {
    change.expected_version = call.expected_version();
    return change_connector(installation, call.actor, call.at("id"), change).map([&](const ConnectorRow& row) {
        return whole(installation, call.actor, row);
    });
}

ConnectorChange change_of(const Call& call) {
    const auto& body = call.body.as_object();
    ConnectorChange change;
    if (const auto* name = body.if_contains("name")) change.name = name->as_string();
    if (const auto* config = body.if_contains("config")) change.config = json::serialize(*config);
    if (const auto* mapping = body.if_contains("mapping"))
        change.mapping = mapping->is_null() ? std::optional<std::string>() : json::serialize(*mapping);
    if (const auto* stopped = body.if_contains("stopped")) change.stopped = stopped->as_bool();
    if (const auto* comment = body.if_contains("comment")) change.comment = comment->as_string();
    change.expected_version = call.expected_version();
    return change;
}

void change(Installation& installation, const std::shared_ptr<const Call>& call, const Finish& finish) {
    const auto done = [&installation, call, finish](const Outcome<ConnectorRow>& outcome) {
        finish(outcome.map([&](const ConnectorRow& row) { return whole(installation, call->actor, row); }));
    };
    const auto& body = call->body.as_object();
    const bool needs_mapping = body.contains("config") || body.contains("mapping");
    if (is_long(*call) || (needs_mapping && has_long_mapping(installation, call->at("id"))))
        return change_connector_apart(
            installation, call->actor, call->at("id"), [call] { return change_of(*call); }, done);
    done(change_connector(installation, call->actor, call->at("id"), change_of(*call)));
}

Outcome<Answer> start(Installation& installation, const Call& call) {
    ConnectorChange change;
    change.stopped = false;
    return apply(installation, call, change);
}

Outcome<Answer> stop(Installation& installation, const Call& call) {
    ConnectorChange change;
    change.stopped = true;
    return apply(installation, call, change);
}

Outcome<Answer> restart(Installation& installation, const Call& call) {
    return restart_connector(installation, call.actor, call.at("id")).map([] { return Answer{204, nullptr, {}}; });
}

Outcome<Answer> remove(Installation& installation, const Call& call) {
    return remove_connector(installation, call.actor, call.at("id")).map([] { return Answer{204, nullptr, {}}; });
}

void ask(Installation& installation, const std::shared_ptr<const Call>& call, Finish finish) {
    const auto* data = call->body.as_object().if_contains("data");
    ask_connector(installation, call->actor, call->at("id"), call->at("action"), data ? json::serialize(*data) : "",
                  [finish = std::move(finish)](const Outcome<std::string>& answer) {
                      if (!answer) return finish(tl::make_unexpected(answer.error()));
                      finish(Answer{200, answer_json(*answer), {}});
                  });
}

}  // namespace

std::vector<Route> connector_routes() {
    constexpr std::string_view one = "/api/v1/connectors/{id}";
    std::vector<Route> routes{
        {"GET",
         "/api/v1/connectors",
         "listConnectors",
         "Connectors",
         "All connectors and their states",
         Role::viewer,
         {},
         "Connectors",
         200,
         {},
         false,
         {},
         at_once(list)},
        {"POST",
         "/api/v1/connectors",
         "createConnector",
         "Connectors",
         "Makes a connector and starts it",
         Role::engineer,
         "NewConnector",
         "Connector",
         201,
         {},
         false,
         {"connector_exists", "invalid_config", "invalid_mapping", "too_many_connectors", "too_many_jobs"},
         create},
        {"GET",
         one,
         "getConnector",
         "Connectors",
         "One connector",
         Role::viewer,
         {},
         "Connector",
         200,
         {},
         false,
         {"no_such_connector"},
         at_once(show)},
        {"PATCH",
         one,
         "changeConnector",
         "Connectors",
         "Changes what is named; a good configuration is applied live",
         Role::engineer,
         "ConnectorChange",
         "Connector",
         200,
         {},
         true,
         {"no_such_connector", "invalid_config", "invalid_mapping", "changed_meanwhile", "too_many_jobs"},
         change},
        {"DELETE",
         one,
         "removeConnector",
         "Connectors",
         "Stops it and removes it with its keys",
         Role::engineer,
         {},
         {},
         204,
         {},
         false,
         {"no_such_connector"},
         at_once(remove)},
        {"POST",
         "/api/v1/connectors/{id}/start",
         "startConnector",
         "Connectors",
         "Starts it",
         Role::engineer,
         {},
         "Connector",
         200,
         {},
         false,
         {"no_such_connector"},
         at_once(start)},
        {"POST",
         "/api/v1/connectors/{id}/stop",
         "stopConnector",
         "Connectors",
         "Stops it until it is started again",
         Role::engineer,
         {},
         "Connector",
         200,
         {},
         false,
         {"no_such_connector"},
         at_once(stop)},
        {"POST",
         "/api/v1/connectors/{id}/restart",
         "restartConnector",
         "Connectors",
         "Ends its process and starts it",
         Role::engineer,
         {},
         {},
         204,
         {},
         false,
         {"no_such_connector", "connector_stopped", "cannot_restart"},
         at_once(restart)},
        {.method = "POST",
         .path = "/api/v1/connectors/{id}/copies",
         .operation = "copyConnector",
         .tag = "Connectors",
         .summary = "Makes connectors of this one by a table of differences: all, or none",
         .needs = Role::engineer,
         .body = "Copies",
         .answer = "Connectors",
         .good = 201,
         .parameters = {{"dry_run", "Only checks them", Parameter::Type::boolean}},
         .codes = {"no_such_connector", "invalid_copies", "changed_meanwhile", "too_many_jobs"},
         .run = copy},
        {"POST",
         "/api/v1/connectors/{id}/requests/{action}",
         "askConnector",
         "Connectors",
         "Asks a running connector: reconnect, interrogate, clock_sync …",
         Role::operator_,
         "Request",
         "RequestAnswer",
         200,
         {},
         false,
         {"no_such_connector", "no_answer"},
         ask},
    };
    routes.back().place = Place::connector_of_path;
    return routes;
}

}  // namespace busbar::manage
