#include "manage/actions/imports.hpp"

#include <boost/json.hpp>
#include <charconv>

#include "manage/actions/exports.hpp"
#include "manage/actions/import_files.hpp"
#include "manage/rest/json_members.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

constexpr std::string_view csv_type = "text/csv",
                           xlsx_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

std::string_view name_of(Job::State state) {
    switch (state) {
        case Job::State::pending: return "Pending";
        case Job::State::in_progress: return "In Progress";
        case Job::State::completed: return "Completed";
        case Job::State::failed: break;
    }
    return "Failed";
}

json::array faults_of(const ImportPlan& plan) {
    json::array faults;
    for (const auto& fault : plan.faults)
        faults.push_back({{"row", fault.row}, {"column", fault.column}, {"what", fault.what}});
    return faults;
}

json::object to_json(const ImportPlan& plan) {
    json::array columns;
    for (const auto& each : plan.columns) columns.push_back({{"heading", each.heading}, {"column", each.column}});
    return {{"counts",
             {{"rows", plan.rows},
              {"new", plan.added},
              {"changed", plan.changed},
              {"unchanged", plan.unchanged},
              {"removed", plan.removed},
              {"unknown", plan.unknown},
              {"error", plan.faulty_rows}}},
            {"faults", plan.fault_count},
            {"errors", faults_of(plan)},
            {"columns", std::move(columns)},
            {"preview", json::value_from(plan.preview)}};
}

json::object to_json(const Job& job, bool whole) {
    json::object object{{"id", job.id},
                        {"state", name_of(job.state)},
                        {"task", job.task},
                        {"step", job.step},
                        {"progress", job.progress},
                        {"author", job.author},
                        {"created", iso(job.created)},
                        {"dry_run", job.dry_run}};
    const bool over = job.state == Job::State::completed || job.state == Job::State::failed;
    if (over) object["finished"] = iso(job.finished);
    if (job.revision != 0) object["revision"] = job.revision;
    if (job.problem) {
        json::array errors;
        for (const auto& fault : job.problem->faults) errors.push_back({{"where", fault.where}, {"what", fault.what}});
        object["problem"] = {
            {"code", job.problem->code}, {"detail", job.problem->detail}, {"errors", std::move(errors)}};
    }
    if (!whole) return object;
    if (!job.sheet.empty()) object["sheet"] = job.sheet;
    json::array sheets;
    for (const auto& sheet : job.sheets) sheets.push_back({{"name", sheet.name}, {"hidden", sheet.hidden}});
    object["sheets"] = std::move(sheets);
    if (job.plan) object["import"] = to_json(*job.plan);
    return object;
}

std::optional<std::uint16_t> casdu_of(const Call& call) {
    if (!call.asked("casdu")) return std::nullopt;
    return static_cast<std::uint16_t>(call.number("casdu", 0));
}

Outcome<ImportOptions> options_of(const Call& call) {
    ImportOptions options;
    const auto mode = call.asked("mode").value_or("merge");
    options.mode = mode == "replace"       ? ImportMode::replace
                   : mode == "update-only" ? ImportMode::update_only
                                           : ImportMode::merge;
    options.casdu = casdu_of(call);
    options.dry_run = call.asked("dry_run") == "true";
    options.skip_faulty = call.asked("faulty_rows") == "skip";
    const auto columns = call.asked("columns");
    if (!columns) return options;
    json::error_code error;
    const auto given = json::parse(*columns, error);
    const auto senseless = refuse(Problem::Kind::invalid, "invalid_parameter", "a parameter makes no sense",
                                  {{"columns", "is a JSON object of texts: {\"heading\":\"column\"}"}});
    if (error || !given.is_object()) return senseless;
    for (const auto& [heading, column] : given.as_object()) {
        if (!column.is_string()) return senseless;
        options.columns[heading] = column.as_string();
    }
    return options;
}

void import(Installation& installation, const std::shared_ptr<const Call>& call, const Finish& finish) {
    auto options = options_of(*call);
    if (!options) return finish(tl::make_unexpected(options.error()));
    ImportSource source{"upload", std::string(call->asked("sheet").value_or("")),
                        [call]() -> Result<std::string> { return call->http.body; }};
    if (const auto file = call->asked("file")) {
        const std::string name(*file), folder(call->asked("folder").value_or("shared"));
        source.name = (folder + "/" + name).substr(0, 200);
        source.octets = [data = installation.database.folder(), folder, name] {
            return read_import_file(data, folder, name);
        };
    } else if (call->http.body.empty()) {
        return finish(refuse(Problem::Kind::invalid, "no_file", "send the file as the body, or name one by `file`"));
    }
    finish(import_points(installation, call->actor, std::move(source), std::move(*options))
               .map([](const std::shared_ptr<const Job>& job) {
                   return Answer{202, to_json(*job, true), {{"location", "/api/v1/jobs/" + std::to_string(job->id)}}};
               }));
}

Outcome<Answer> files(Installation& installation, const Call&) {
    json::array files;
    for (const ImportFile& file : import_files(installation.database.folder()))
        files.push_back({{"folder", file.folder}, {"name", file.name}, {"octets", file.octets}});
    return Answer{200, {{"files", std::move(files)}}, {}};
}

Outcome<Answer> jobs(Installation& installation, const Call&) {
    json::array jobs;
    for (const auto& job : installation.jobs.all()) jobs.push_back(to_json(*job, false));
    return Answer{200, {{"jobs", std::move(jobs)}}, {}};
}

Outcome<Answer> job(Installation& installation, const Call& call) {
    std::int64_t id = 0;
    const auto& given = call.at("id");
    std::from_chars(given.data(), given.data() + given.size(), id);
    const auto found = installation.jobs.find(id);
    if (!found) return refuse(Problem::Kind::not_found, "no_such_job", "there is no job " + given.substr(0, 20));
    return Answer{200, to_json(*found, true), {}};
}

void exporting(Installation& installation, const std::shared_ptr<const Call>& call, Finish finish) {
    ExportOptions options;
    options.workbook = call->asked("format") == "xlsx";
    const auto separator = call->asked("separator").value_or("comma");
    options.separator = separator == "semicolon" ? ';' : separator == "tab" ? '\t' : ',';
    options.casdu = casdu_of(*call);
    options.only_headings = call->asked("template") == "true";
    export_points(installation, options,
                  [finish = std::move(finish), workbook = options.workbook](Outcome<std::string> octets) {
                      if (!octets) return finish(tl::make_unexpected(octets.error()));
                      const std::string name = workbook ? "points.xlsx" : "points.csv";
                      Answer answer{200, nullptr, {{"content-disposition", "attachment; filename=\"" + name + '"'}}};
                      answer.file = Answer::File{std::string(workbook ? xlsx_type : csv_type), std::move(*octets)};
                      finish(std::move(answer));
                  });
}

Route import_route(const Parameter& casdu) {
    using Type = Parameter::Type;
    Route route{"POST",
                "/api/v1/imports",
                "importPoints",
                "Imports",
                "Begins an import of points from a file: the body, or one in the folders for imports",
                Role::engineer,
                {},
                "Job",
                202,
                {casdu,
                 {"sheet", "Of a workbook; the first that is not hidden without it"},
                 {"mode",
                  "merge: adds and changes; replace: the file's points are all there are; update-only: adds none",
                  Type::text,
                  0,
                  20,
                  {"merge", "replace", "update-only"}},
                 {"dry_run", "Only says what it would do", Type::boolean},
                 {"faulty_rows", "Refuse the whole, or leave them out", Type::text, 0, 10, {"refuse", "skip"}},
                 {"columns", "JSON: a column by heading of the file; \"metadata\": a further one; \"\": left out"},
                 {"file", "A file in the folders for imports, instead of a body"},
                 {"folder", "Where that lies: shared, or an element's"}},
                false,
                {"no_file", "too_many_jobs"},
                import};
    route.body_types = {csv_type, xlsx_type};
    return route;
}

Route export_route(const Parameter& casdu) {
    using Type = Parameter::Type;
    Route route{"GET",
                "/api/v1/exports/points",
                "exportPoints",
                "Imports",
                "All that is known of points, as a file that can be imported again",
                Role::viewer,
                {},
                {},
                200,
                {casdu,
                 {"format", "csv without it", Type::text, 0, 10, {"csv", "xlsx"}},
                 {"separator", "Of CSV; comma without it", Type::text, 0, 10, {"comma", "semicolon", "tab"}},
                 {"template", "Only the headings", Type::boolean}},
                false,
                {"too_many_jobs"},
                exporting};
    route.answer_types = {csv_type, xlsx_type};
    return route;
}

}  // namespace

std::vector<Route> import_routes() {
    const Parameter casdu{"casdu", "The station: of rows that name none, or the only one", Parameter::Type::integer, 0,
                          65535};
    return {
        import_route(casdu),
        export_route(casdu),
        {"GET",
         "/api/v1/import-files",
         "listImportFiles",
         "Imports",
         "Files that lie ready in the folders for imports",
         Role::engineer,
         {},
         "ImportFiles",
         200,
         {},
         false,
         {},
         at_once(files)},
        {"GET",
         "/api/v1/jobs",
         "listJobs",
         "Jobs",
         "The last imports, newest first",
         Role::engineer,
         {},
         "Jobs",
         200,
         {},
         false,
         {},
         at_once(jobs)},
        {"GET",
         "/api/v1/jobs/{id}",
         "getJob",
         "Jobs",
         "How far an import is, what it did or would do, and what is wrong with which row",
         Role::engineer,
         {},
         "Job",
         200,
         {},
         false,
         {"no_such_job"},
         at_once(job)},
    };
}

}  // namespace busbar::manage
