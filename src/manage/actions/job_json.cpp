#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "manage/actions/jobs.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

std::string_view name_of(Job::State state) {
    switch (state) {
        case Job::State::pending: return "Pending";
        case Job::State::in_progress: return "In Progress";
        case Job::State::completed: return "Completed";
        case Job::State::failed: break;
    }
    return "Failed";
}

std::string iso(UtcTime time) {
    std::array<char, iso8601_size> text{};
    return {text.data(), write_iso8601(text.data(), time)};
}

json::object to_json(const ImportPlan& plan) {
    json::array columns, faults;
    for (const auto& each : plan.columns) columns.push_back({{"heading", each.heading}, {"column", each.column}});
    for (const auto& fault : plan.faults)
        faults.push_back({{"row", fault.row}, {"column", fault.column}, {"what", fault.what}});
    return {{"counts",
             {{"rows", plan.rows},
              {"new", plan.added},
              {"changed", plan.changed},
              {"unchanged", plan.unchanged},
              {"removed", plan.removed},
              {"unknown", plan.unknown},
              {"error", plan.faulty_rows}}},
            {"faults", plan.fault_count},
            {"errors", std::move(faults)},
            {"columns", std::move(columns)},
            {"preview", json::value_from(plan.preview)}};
}

json::object to_json(const Problem& problem) {
    json::array errors;
    for (const auto& fault : problem.faults) errors.push_back({{"where", fault.where}, {"what", fault.what}});
    return {{"code", problem.code}, {"detail", problem.detail}, {"errors", std::move(errors)}};
}

json::object to_json(const Job::Script& script, bool whole) {
    json::object object{{"name", script.name},
                        {"element", script.element},
                        {"device", script.device},
                        {"request_guid", script.request}};
    if (whole) object["log"] = json::value_from(script.log);
    return object;
}

}  // namespace

json::object to_json(const Job& job, bool whole) {
    json::object object{{"id", job.id},
                        {"state", name_of(job.state)},
                        {"task", job.task},
                        {"step", job.step},
                        {"progress", job.progress},
                        {"author", job.author},
                        {"created", iso(job.created)},
                        {"dry_run", job.dry_run}};
    if (!job.is_open()) object["finished"] = iso(job.finished);
    if (job.revision != 0) object["revision"] = job.revision;
    if (job.problem) object["problem"] = to_json(*job.problem);
    if (job.script) object["script"] = to_json(*job.script, whole);
    if (!whole) return object;
    if (!job.sheet.empty()) object["sheet"] = job.sheet;
    json::array sheets;
    for (const auto& sheet : job.sheets) sheets.push_back({{"name", sheet.name}, {"hidden", sheet.hidden}});
    object["sheets"] = std::move(sheets);
    if (job.plan) object["import"] = to_json(*job.plan);
    return object;
}

}  // namespace busbar::manage
