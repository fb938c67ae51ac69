#include "manage/actions/import_run.hpp"

#include <fmt/format.h>

#include <utility>

namespace busbar::manage {

namespace {

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

void end(const SharedImport& task, std::optional<Problem> problem) {
    task->target->end();
    // What it holds may be much, which the worker is to take down.
    task->installation.worker.run([held = std::shared_ptr(std::move(task->target))]() mutable {
        held.reset();
        return [] {};
    });
    task->installation.jobs.end(*task->job, std::move(problem));
}

/// A cancelled import, and what throws, is a problem like any other.
template <class Value>
Outcome<Value> attempt(const Import& task, const std::function<Outcome<Value>()>& work) {
    try {
        if (*task.cancelled) return tl::make_unexpected(cancelled_problem());
        return work();
    } catch (const std::exception& error) {
        return refuse(Problem::Kind::failed, "failed", error.what());
    }
}

/// Has `work` done by the worker; `then` gets its outcome in the loop. A problem ends the import.
template <class Value>
void step(const SharedImport& task, std::function<Outcome<Value>()> work, std::function<void(Value)> then) {
    task->installation.worker.run([task, work = std::move(work), then = std::move(then)] {
        const auto outcome = std::make_shared<Outcome<Value>>(attempt(*task, work));
        return [task, outcome, then] {
            if (!*outcome) return end(task, outcome->error());
            then(std::move(**outcome));
        };
    });
}

std::optional<Problem> faults_of(const Import& task) {
    const ImportPlan& plan = *task.job->plan;
    if (task.job->dry_run || plan.faulty_rows == 0 || task.skip_faulty) return std::nullopt;
    return Problem{Problem::Kind::invalid, "faulty_rows",
                   fmt::format("{} of {} rows are faulty", plan.faulty_rows, plan.rows)};
}

void publish(const SharedImport& task, std::int64_t saved) {
    std::optional<Problem> problem;
    try {
        const auto revision = task->target->publish(saved);
        if (revision) task->job->revision = *revision;
        if (!revision) problem = revision.error();
    } catch (const std::exception& error) {
        problem = Problem{Problem::Kind::failed, "failed", error.what()};
    }
    end(task, std::move(problem));
}

void save(const SharedImport& task, ImportPlan plan) {
    task->job->plan = std::move(plan);
    if (auto problem = faults_of(*task); problem || task->job->dry_run) return end(task, std::move(problem));
    task->installation.jobs.begin_step(*task->job, "Saving", 80);
    const auto now = task->installation.loop.utc_now();
    step<std::int64_t>(
        task, [task, now] { return task->target->save(now); }, [task](std::int64_t saved) { publish(task, saved); });
}

void check(const SharedImport& task, ImportRows rows) {
    task->installation.jobs.begin_step(*task->job, "Checking the rows", 40);
    task->table = std::move(rows.table);
    task->job->sheet = task->table.sheet();
    task->job->sheets = std::move(rows.sheets);
    step<ImportPlan>(
        task,
        [task] {
            auto plan = task->target->check(task->table);
            task->table = tables::Table();
            return plan;
        },
        [task](ImportPlan plan) { save(task, std::move(plan)); });
}

}  // namespace

void run_import(Installation& installation, std::shared_ptr<Job> job, ImportSource source,
                std::unique_ptr<ImportTarget> target, bool skip_faulty) {
    installation.jobs.begin_step(*job, "Reading the rows", 0);
    const auto cancelled = job->cancelled;
    const auto task = std::make_shared<Import>(
        Import{installation, std::move(job), cancelled, std::move(source), std::move(target), skip_faulty});
    step<ImportRows>(
        task,
        [task] {
            auto rows = task->source.read();
            task->source.read = nullptr;
            return rows;
        },
        [task](ImportRows rows) { check(task, std::move(rows)); });
}

}  // namespace busbar::manage
