#include "manage/actions/scripts.hpp"

#include <boost/json.hpp>
#include <utility>

#include "manage/actions/import_credentials.hpp"
#include "manage/actions/script_files.hpp"
#include "manage/rest/import_parameters.hpp"
#include "manage/rest/json_members.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

Outcome<Answer> list(Installation& installation, const Call&) {
    const auto folder = read_scripts(installation.database.folder());
    json::array scripts, refused;
    for (const ScriptFile& script : folder.scripts)
        scripts.push_back({{"name", script.name},
                           {"description", script.description},
                           {"inputs", json::value_from(script.inputs)},
                           {"time_limit_s", script.time_limit.count()}});
    for (const auto& each : folder.refused) refused.push_back({{"name", each.name}, {"why", each.why}});
    return Answer{200, {{"scripts", std::move(scripts)}, {"refused", std::move(refused)}}, {}};
}

std::string optional_text(const Call& call, std::string_view member, std::string otherwise) {
    const auto* value = call.body.as_object().if_contains(member);
    return value != nullptr ? std::string(value->as_string()) : std::move(otherwise);
}

ScriptInputs inputs_of(const Call& call) {
    return {text(call.body, "element"), optional_text(call, "device", "ALL"), optional_text(call, "user", "")};
}

Outcome<Answer> confirm(Installation& installation, const Call& call) {
    return installation.scripts.confirm(call.actor, call.at("name"), inputs_of(call))
        .map([&](const Scripts::Confirmation& confirmation) {
            return Answer{200, {{"confirm", confirmation.token}, {"expires", iso(confirmation.expires)}}, {}};
        });
}

Outcome<Answer> run(Installation& installation, const Call& call) {
    std::optional<std::string> password;
    if (call.body.as_object().contains("password")) password = text(call.body, "password");
    return installation.scripts
        .run(call.actor, call.at("name"), inputs_of(call), call.body.at("confirm").as_string(), password)
        .map([](const std::shared_ptr<const Job>& job) { return accepted(*job); });
}

Outcome<Answer> keep(Installation& installation, const Call& call) {
    const ImportCredentials given{text(call.body, "user"), text(call.body, "password")};
    return keep_import_credentials(installation, call.actor, call.at("id"), given).map([] {
        return Answer{204, nullptr, {}};
    });
}

Outcome<Answer> has(Installation& installation, const Call& call) {
    return has_import_credentials(installation, call.at("id")).map([](bool kept) {
        return Answer{200, {{"kept", kept}}, {}};
    });
}

Outcome<Answer> forget(Installation& installation, const Call& call) {
    return forget_import_credentials(installation, call.actor, call.at("id")).map([] {
        return Answer{204, nullptr, {}};
    });
}

}  // namespace

std::vector<Route> script_routes() {
    constexpr std::string_view credentials = "/api/v1/connectors/{id}/import-credentials";
    return {
        {.method = "GET",
         .path = "/api/v1/scripts",
         .operation = "listScripts",
         .tag = "Scripts",
         .summary = "Import scripts that can be run, read anew, and files that cannot and why",
         .needs = Role::engineer,
         .answer = "Scripts",
         .run = at_once(list),
         .place = Place::any_area},
        {.method = "POST",
         .path = "/api/v1/scripts/{name}/confirmations",
         .operation = "confirmScript",
         .tag = "Scripts",
         .summary = "A token for running this script once, with these inputs, by this user, within five minutes",
         .needs = Role::engineer,
         .body = "ScriptInputs",
         .answer = "ScriptConfirmation",
         .codes = {"no_such_script", "no_such_connector", "connector_stopped", "invalid_device",
                   "too_many_confirmations"},
         .run = at_once(confirm),
         .place = Place::device_of_body},
        {.method = "POST",
         .path = "/api/v1/scripts/{name}/runs",
         .operation = "runScript",
         .tag = "Scripts",
         .summary = "Runs an import script; what it answers is imported",
         .needs = Role::engineer,
         .body = "ScriptRun",
         .answer = "Job",
         .good = 202,
         .codes = {"not_confirmed", "no_such_script", "no_such_connector", "connector_stopped", "invalid_device",
                   "unreadable_credentials", "too_many_jobs"},
         .run = at_once(run),
         .place = Place::device_of_body},
        {"GET",
         credentials,
         "hasImportCredentials",
         "Scripts",
         "Whether user and password are kept for the import scripts of this connector",
         Role::engineer,
         {},
         "ImportCredentialsKept",
         200,
         {},
         false,
         {"no_such_connector"},
         at_once(has)},
        {"PUT",
         credentials,
         "keepImportCredentials",
         "Scripts",
         "Keeps user and password for the import scripts of this connector, encrypted; they are not shown again",
         Role::engineer,
         "ImportCredentials",
         {},
         204,
         {},
         false,
         {"no_such_connector", "unreadable_credentials"},
         at_once(keep)},
        {"DELETE",
         credentials,
         "forgetImportCredentials",
         "Scripts",
         "Forgets them",
         Role::engineer,
         {},
         {},
         204,
         {},
         false,
         {"no_such_connector"},
         at_once(forget)},
    };
}

}  // namespace busbar::manage
