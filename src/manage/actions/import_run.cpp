#include "manage/actions/import_run.hpp"

#include <fmt/format.h>

#include <utility>

namespace busbar::manage {

namespace {

using Then = std::function<void()>;

/// An import under way; handed from loop to worker and back, and only touched by who has it.
struct Import {
    Installation& installation;  // the loop's, as is the job
    std::shared_ptr<Job> job;
    std::shared_ptr<const std::atomic<bool>> cancelled;
    ImportSource source;
    std::unique_ptr<ImportTarget> target;
    bool skip_faulty;
    tables::Table table = tables::Table();
};
using SharedImport = std::shared_ptr<Import>;

void end(const SharedImport& import, std::optional<Problem> problem) {
    import->target->end();
    // What it holds may be much, which the worker is to take down.
    import->installation.worker.run([target = std::shared_ptr(std::move(import->target))]() -> Then { return [] {};
});
import->installation.jobs.end(*import->job, std::move(problem));
}  // namespace

/// Has `work` done by the worker; `then` gets its outcome in the loop. A cancelled import, and what throws, ends it.
template <class Value>
void step(const SharedImport& import, std::function<Outcome<Value>()> work, std::function<void(Value)> then) {
    import->installation.worker.run([import, work = std::move(work), then = std::move(then)]() -> Then {
        auto outcome = std::make_shared<Outcome<Value>>();
    try {
        *outcome = *import->cancelled ? tl::make_unexpected(cancelled_problem()) : work();
    } catch (const std::exception& error) {
        *outcome = refuse(Problem::Kind::failed, "failed", error.what());
    }
    return [import, outcome, then] {
        if (!*outcome) return end(import, outcome->error());
        then(std::move(**outcome));
    };
});
}  // namespace busbar::manage

std::optional<Problem> faults_of(const Import& import) {
    const ImportPlan& plan = *import.job->plan;
    if (import.job->dry_run || plan.faulty_rows == 0 || import.skip_faulty) return std::nullopt;
    return Problem{Problem::Kind::invalid, "faulty_rows",
                   fmt::format("{} of {} rows are faulty", plan.faulty_rows, plan.rows)};
}

void publish(const SharedImport& import, std::int64_t saved) {
    std::optional<Problem> problem;
    try {
        const auto revision = import->target->publish(saved);
        if (revision) import->job->revision = *revision;
        if (!revision) problem = revision.error();
    } catch (const std::exception& error) {
        problem = Problem{Problem::Kind::failed, "failed", error.what()};
    }
    end(import, std::move(problem));
}

void save(const SharedImport& import, ImportPlan plan) {
    import->job->plan = std::move(plan);
    if (auto problem = faults_of(*import); problem || import->job->dry_run) return end(import, std::move(problem));
    import->installation.jobs.begin_step(*import->job, "Saving", 80);
    const auto now = import->installation.loop.utc_now();
    step<std::int64_t>(
        import, [import, now] { return import->target->save(now); },
        [import](std::int64_t saved) { publish(import, saved); });
}

void check(const SharedImport& import, ImportRows rows) {
    import->installation.jobs.begin_step(*import->job, "Checking the rows", 40);
    import->table = std::move(rows.table);
    import->job->sheet = import->table.sheet();
    import->job->sheets = std::move(rows.sheets);
    step<ImportPlan>(
        import,
        [import] {
            auto plan = import->target->check(import->table);
            import->table = tables::Table();
            return plan;
        },
        [import](ImportPlan plan) { save(import, std::move(plan)); });
}

}  // namespace

void run_import(Installation& installation, std::shared_ptr<Job> job, ImportSource source,
                std::unique_ptr<ImportTarget> target, bool skip_faulty) {
    installation.jobs.begin_step(*job, "Reading the rows", 0);
    const auto cancelled = job->cancelled;
    const auto import = std::make_shared<Import>(
        Import{installation, std::move(job), cancelled, std::move(source), std::move(target), skip_faulty});
    step<ImportRows>(
        import,
        [import] {
            auto rows = import->source.read();
            import->source.read = nullptr;
            return rows;
        },
        [import](ImportRows rows) { check(import, std::move(rows)); });
}

}  // namespace busbar::manage
