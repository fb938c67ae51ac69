#include "manage/actions/jobs.hpp"

#include <boost/json.hpp>
#include <utility>

#include "manage/actions/audit.hpp"
#include "manage/actions/exports.hpp"
#include "manage/actions/job_rights.hpp"
#include "manage/rest/import_parameters.hpp"
#include "manage/rest/path_id.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

tl::unexpected<Problem> no_such_job(const Call& call) {
    return refuse(Problem::Kind::not_found, "no_such_job",
                  "there is no job " + std::string(tables::shortened(call.at("id"), 20)));
}

bool may_see(const Call& call, const json::object& job) {
    return may_see_job(call.actor, job.at("author").as_string());
}

/// Nothing: there is none, or it is not his to see.
std::optional<json::object> find(Installation& installation, const Call& call) {
    auto found = installation.jobs.find(path_id(call));
    return found && may_see(call, *found) ? std::move(found) : std::nullopt;
}

Outcome<Answer> list(Installation& installation, const Call& call) {
    json::array jobs;
    for (auto& job : installation.jobs.list()) {
        if (may_see(call, job)) jobs.push_back(std::move(job));
    }
    return Answer{200, {{"jobs", std::move(jobs)}}, {}};
}

Outcome<Answer> show(Installation& installation, const Call& call) {
    auto found = find(installation, call);
    if (!found) return no_such_job(call);
    return Answer{200, std::move(*found), {}};
}

Outcome<Answer> remove(Installation& installation, const Call& call) {
    if (!find(installation, call) || !installation.jobs.remove(path_id(call))) return no_such_job(call);
    add_audit(installation, call.actor, "job cancelled or removed", call.at("id"));
    return Answer{204, nullptr, {}};
}

/// Row, column and what is wrong; what is wrong with the whole first.
TableRows rows_of_errors(json::object job) {
    return [job = std::move(job)](const auto& add) {
        using tables::Cell;
        add({Cell("row"), Cell("column"), Cell("what")});
        if (const auto* problem = job.if_contains("problem")) {
            add({Cell(), Cell(), Cell(std::string(problem->at("detail").as_string()))});
            for (const auto& fault : problem->at("errors").as_array())
                add({Cell(), Cell(std::string(fault.at("where").as_string())),
                     Cell(std::string(fault.at("what").as_string()))});
        }
        const auto* import = job.if_contains("import");
        if (import == nullptr) return;
        for (const auto& fault : import->at("errors").as_array())
            add({Cell(fault.at("row").to_number<double>()), Cell(std::string(fault.at("column").as_string())),
                 Cell(std::string(fault.at("what").as_string()))});
    };
}

void errors(Installation& installation, const std::shared_ptr<const Call>& call, Finish finish) {
    auto job = find(installation, *call);
    if (!job) return finish(no_such_job(*call));
    const auto format = format_of(*call);
    write_table(installation, {format.workbook, format.separator, "Errors"}, rows_of_errors(std::move(*job)),
                [finish = std::move(finish), format, name = "errors-" + call->at("id")](Outcome<std::string> octets) {
                    if (!octets) return finish(tl::make_unexpected(octets.error()));
                    finish(file_answer(std::move(*octets), name, format));
                });
}

}  // namespace

std::vector<Route> job_routes() {
    constexpr std::string_view one = "/api/v1/jobs/{id}";
    Route error_list{"GET",
                     "/api/v1/jobs/{id}/errors",
                     "getJobErrors",
                     "Jobs",
                     "What is wrong with which row, as a file",
                     Role::engineer,
                     {},
                     {},
                     200,
                     format_parameters(),
                     false,
                     {"no_such_job", "too_many_jobs"},
                     errors};
    error_list.answer_types = {csv_type, xlsx_type};
    std::vector<Route> routes{
        {"GET",
         "/api/v1/jobs",
         "listJobs",
         "Jobs",
         "The last imports, newest first; who is an engineer in areas only sees his own",
         Role::engineer,
         {},
         "Jobs",
         200,
         {},
         false,
         {},
         at_once(list)},
        {"GET",
         one,
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
         at_once(show)},
        {"DELETE",
         one,
         "removeJob",
         "Jobs",
         "Cancels it if it is under way (unless it is saved already), else takes it off the list",
         Role::engineer,
         {},
         {},
         204,
         {},
         false,
         {"no_such_job"},
         at_once(remove)},
        error_list,
    };
    for (Route& route : routes) route.place = Place::any_area;
    return routes;
}

}  // namespace busbar::manage
