#include "manage/actions/imports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "manage/tables/csv.hpp"
#include "manage/tables/xlsx.hpp"

namespace busbar::manage {

namespace {

using Then = std::function<void()>;

/// An import under way; handed from loop to worker and back, and only touched by who has it.
struct Import {
    Installation& installation;
    Actor actor;
    std::shared_ptr<Job> job;  // the loop's
    ImportSource source;
    ImportOptions options;
    KnownPoints present;
    std::int64_t last_revision = 0;  // of points, when `present` was read
    tables::Table table;
    std::vector<tables::Sheet> sheets;
    Outcome<ImportPlan> plan = {};
};
using SharedImport = std::shared_ptr<Import>;

std::int64_t last_revision(Installation& installation) {
    const auto last = revisions(installation.database, "points", "", 0, 1);
    return last.empty() ? 0 : last.front().id;
}

KnownPoints known_points(Installation& installation) {
    KnownPoints known;
    for_each_point(installation.database, [&known](const PointRow& row) { known.emplace(row.address, row); });
    return known;
}

void end(const Import& import, std::optional<Problem> problem) {
    Job& job = *import.job;
    job.state = problem ? Job::State::failed : Job::State::completed;
    job.step = problem ? job.step : "Done";
    job.progress = problem ? job.progress : 100;
    job.problem = std::move(problem);
    job.finished = import.installation.loop.utc_now();
}

void begin_step(const Import& import, std::string step, int progress) {
    import.job->state = Job::State::in_progress;
    import.job->step = std::move(step);
    import.job->progress = progress;
}

/// On the worker's thread.
Outcome<void> read(Import& import) {
    const auto unreadable = [](const Error& error) {
        return refuse(Problem::Kind::invalid, "unreadable_file", error.what);
    };
    const auto octets = import.source.octets();
    if (!octets) return unreadable(octets.error());
    const bool is_workbook = octets->starts_with("PK") || octets->starts_with("\xD0\xCF\x11\xE0");
    if (is_workbook) {
        auto sheets = tables::xlsx_sheets(*octets);
        if (!sheets) return unreadable(sheets.error());
        import.sheets = std::move(*sheets);
    } else if (!import.source.sheet.empty()) {
        return unreadable({"the file is no workbook: it has no sheets to choose from"});
    }
    auto table = is_workbook ? tables::read_xlsx(*octets, import.source.sheet) : tables::read_csv(*octets);
    if (!table) return unreadable(table.error());
    import.table = std::move(*table);
    return {};
}

std::optional<Problem> apply(Import& import) {
    const ImportPlan& plan = *import.plan;
    if (import.options.dry_run) return std::nullopt;
    if (plan.faulty_rows != 0 && !import.options.skip_faulty)
        return Problem{Problem::Kind::invalid, "faulty_rows",
                       fmt::format("{} of {} rows are faulty", plan.faulty_rows, plan.rows)};
    if (plan.changes.empty()) return std::nullopt;
    if (last_revision(import.installation) != import.last_revision)
        return Problem{Problem::Kind::conflict, "changed_meanwhile", "points were changed meanwhile; import again"};
    import.job->revision =
        change_points(import.installation, import.actor, plan.changes,
                      {import.source.name, "changed",
                       fmt::format("import: {} new, {} changed, {} removed", plan.added, plan.changed, plan.removed)});
    return std::nullopt;
}

/// Back in the loop, with a plan.
void finish(const SharedImport& import) {
    if (!import->plan) return end(*import, import->plan.error());
    begin_step(*import, "Saving the points", 80);
    std::optional<Problem> problem;
    try {
        problem = apply(*import);
    } catch (const std::exception& error) {
        problem = Problem{Problem::Kind::failed, "failed", error.what()};
    }
    import->plan->changes.clear();
    import->job->plan = std::move(*import->plan);
    end(*import, std::move(problem));
}

void check(const SharedImport& import) {
    begin_step(*import, "Checking the rows", 40);
    import->job->sheet = import->table.sheet();
    import->job->sheets = std::move(import->sheets);
    import->present = known_points(import->installation);
    import->last_revision = last_revision(import->installation);
    import->installation.worker.run([import]() -> Then {
        import->plan = plan_import(import->table, import->present, import->options);
    return [import] { finish(import); };
});
}  // namespace

void begin(const SharedImport& import) {
    begin_step(*import, "Reading the file", 0);
    import->installation.worker.run([import]() -> Then {
        auto good = read(*import);
    import->source.octets = nullptr;
    return [import, good = std::move(good)] {
        if (!good) return end(*import, good.error());
        check(import);
    };
});
}  // namespace busbar::manage

}  // namespace

Outcome<std::shared_ptr<const Job>> import_points(Installation& installation, const Actor& actor, ImportSource source,
                                                  ImportOptions options) {
    auto job = installation.jobs.add("Import of points", actor.name, installation.loop.utc_now());
    if (!job) return refuse(Problem::Kind::too_many, "too_many_jobs", "too many imports at the same time; try again");
    job->dry_run = options.dry_run;
    begin(std::make_shared<Import>(
        Import{installation, actor, job, std::move(source), std::move(options), {}, 0, tables::Table(), {}}));
    return job;
}

}  // namespace busbar::manage
