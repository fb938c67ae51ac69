#include "manage/actions/imports.hpp"

#include <boost/json.hpp>
#include <utility>

#include "manage/actions/exports.hpp"
#include "manage/actions/import_files.hpp"
#include "manage/actions/import_profiles.hpp"
#include "manage/actions/mapping_import.hpp"
#include "manage/actions/metadata_answer.hpp"
#include "manage/actions/scripts.hpp"
#include "manage/rest/import_parameters.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

Outcome<Answer> to_answer(const Outcome<std::shared_ptr<const Job>>& job) {
    return job.map([](const std::shared_ptr<const Job>& begun) { return accepted(*begun); });
}

/// The script itself, whoever had it run, or an engineer.
bool may_answer(const Installation& installation, const Call& call, const Job& job) {
    if (call.is_guest) return installation.scripts.holds(job.script->request, call.http.header("x-request-token"));
    return call.actor.may(Role::engineer) || job.author == call.actor.name;
}

/// Rows of metadata: they complete the request of a running script, or are an import of their own.
Outcome<Answer> import_metadata(Installation& installation, const Call& call, ImportSettings settings) {
    auto answer = read_metadata_answer(call.body);
    if (!answer) return tl::make_unexpected(answer.error());
    if (auto job = installation.scripts.request(answer->request)) {
        if (!may_answer(installation, call, *job))
            return refuse(Problem::Kind::forbidden, "other_request", "this RequestGuid is that of somebody else");
        if (auto good = installation.scripts.answer(std::move(*answer)); !good)
            return tl::make_unexpected(good.error());
        return accepted(*job);
    }
    if (call.is_guest)
        return refuse(Problem::Kind::forbidden, "other_request", "this token is for the RequestGuid it was given with");
    for (const auto& [field, column] : metadata_columns()) settings.options.columns.emplace(field, column);
    if (!answer->success) {
        auto job = installation.jobs.add("Import of points", call.actor.name, settings.dry_run);
        if (!job) return too_many_jobs();
        installation.jobs.end(*job, failed_import(*answer));
        return accepted(*job);
    }
    return to_answer(import_points(installation, call.actor, to_source("metadata", std::move(*answer)),
                                   std::move(settings.options), settings.dry_run));
}

void begin_import(Installation& installation, const std::shared_ptr<const Call>& call, const Finish& finish) {
    auto settings = import_settings(installation, *call);
    if (!settings) return finish(tl::make_unexpected(settings.error()));
    if (!call->body.is_null()) return finish(import_metadata(installation, *call, std::move(*settings)));
    if (call->is_guest) return finish(refuse(Problem::Kind::forbidden, "other_request", "this token is for an answer"));
    auto source = import_source(installation, call, *settings);
    if (!source) return finish(tl::make_unexpected(source.error()));
    finish(to_answer(
        import_points(installation, call->actor, std::move(*source), std::move(settings->options), settings->dry_run)));
}

Outcome<Answer> files(Installation& installation, const Call&) {
    json::array files;
    for (const ImportFile& file : import_files(installation.database.folder()))
        files.push_back({{"folder", file.folder}, {"name", file.name}, {"octets", file.octets}});
    return Answer{200, {{"files", std::move(files)}}, {}};
}

void answer_table(Installation& installation, const Call& call, const std::string& name, const std::string& sheet,
                  TableRows rows, Finish finish) {
    const auto format = format_of(call);
    write_table(installation, {format.workbook, format.separator, sheet}, std::move(rows),
                [finish = std::move(finish), format, name](Outcome<std::string> octets) {
                    if (!octets) return finish(tl::make_unexpected(octets.error()));
                    finish(file_answer(std::move(*octets), name, format));
                });
}

void exporting(Installation& installation, const std::shared_ptr<const Call>& call, Finish finish) {
    answer_table(installation, *call, "points", "Points", rows_of_points(installation, casdu_of(*call)),
                 std::move(finish));
}

void exporting_template(Installation& installation, const std::shared_ptr<const Call>& call, Finish finish) {
    const bool mappings = call->asked("of") == "mappings";
    const auto headings = mappings ? headings_of_mappings() : headings_of_points();
    answer_table(
        installation, *call, mappings ? "mapping" : "points", mappings ? "Mapping" : "Points",
        [headings](const auto& add) { add(headings); }, std::move(finish));
}

Outcome<Answer> profiles(Installation& installation, const Call&) {
    return Answer{200, {{"profiles", list_import_profiles(installation)}}, {}};
}

Outcome<Answer> put_profile(Installation& installation, const Call& call) {
    return put_import_profile(installation, call.actor, call.at("name"), call.body.as_object()).map([] {
        return Answer{204, nullptr, {}};
    });
}

Outcome<Answer> remove_profile(Installation& installation, const Call& call) {
    return remove_import_profile(installation, call.actor, call.at("name")).map([] {
        return Answer{204, nullptr, {}};
    });
}

/// Who has no login, but the token that a script was given with its request.
std::optional<Actor> script_of(const Installation& installation, const HttpRequest& request) {
    const auto token = request.header("x-request-token");
    return token.empty() ? std::nullopt : installation.scripts.holder(token, request.address);
}

Route import_route() {
    Route route{
        "POST",
        "/api/v1/imports",
        "importPoints",
        "Imports",
        "Begins an import of points from a file: the body, or one in the folders for imports; or from rows of "
        "metadata, which may complete a script's request",
        Role::engineer,
        "ImportMetaData",
        "Job",
        202,
        import_parameters(),
        false,
        {"no_file", "no_such_profile", "too_many_jobs", "other_request", "already_answered", "replace_needs_casdu"},
        begin_import};
    route.parameters.insert(route.parameters.begin(), casdu_parameter());
    route.body_types = {csv_type, xlsx_type};
    route.guest = script_of;
    route.place = Place::any_area;
    return route;
}

Route export_route() {
    Route route{"GET",
                "/api/v1/exports/points",
                "exportPoints",
                "Imports",
                "All that is known of points, as a file that can be imported again",
                Role::viewer,
                {},
                {},
                200,
                format_parameters(),
                false,
                {"too_many_jobs"},
                exporting};
    route.parameters.push_back(casdu_parameter());
    route.answer_types = {csv_type, xlsx_type};
    return route;
}

Route template_route() {
    Route route{"GET",
                "/api/v1/exports/template",
                "exportTemplate",
                "Imports",
                "A file with the headings alone, to be filled in",
                Role::viewer,
                {},
                {},
                200,
                format_parameters(),
                false,
                {"too_many_jobs"},
                exporting_template};
    route.parameters.push_back({"of", "points without it", Parameter::Type::text, 0, 10, {"points", "mappings"}});
    route.answer_types = {csv_type, xlsx_type};
    return route;
}

}  // namespace

std::vector<Route> import_routes() {
    return {
        import_route(),
        export_route(),
        template_route(),
        {.method = "GET",
         .path = "/api/v1/import-files",
         .operation = "listImportFiles",
         .tag = "Imports",
         .summary = "Files that lie ready in the folders for imports",
         .needs = Role::engineer,
         .answer = "ImportFiles",
         .run = at_once(files),
         .place = Place::any_area},
        {.method = "GET",
         .path = "/api/v1/import-profiles",
         .operation = "listImportProfiles",
         .tag = "Imports",
         .summary = "Saved settings of imports",
         .needs = Role::engineer,
         .answer = "ImportProfiles",
         .run = at_once(profiles),
         .place = Place::any_area},
        {"PUT",
         "/api/v1/import-profiles/{name}",
         "putImportProfile",
         "Imports",
         "Saves settings of imports under a name",
         Role::engineer,
         "ImportProfile",
         {},
         204,
         {},
         false,
         {"invalid_name", "too_many_profiles"},
         at_once(put_profile)},
        {"DELETE",
         "/api/v1/import-profiles/{name}",
         "removeImportProfile",
         "Imports",
         "Removes saved settings",
         Role::engineer,
         {},
         {},
         204,
         {},
         false,
         {"no_such_profile"},
         at_once(remove_profile)},
    };
}

}  // namespace busbar::manage
