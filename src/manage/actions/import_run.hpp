#pragma once

#include <memory>

#include "manage/actions/import_plan.hpp"
#include "manage/actions/import_source.hpp"
#include "manage/actions/installation.hpp"
#include "manage/actions/jobs.hpp"

namespace busbar::manage {

/// What an import does with the rows of its file. The loop does not wait for `check` and `save`.
class ImportTarget {
public:
    ImportTarget() = default;
    virtual ~ImportTarget() = default;
    ImportTarget(const ImportTarget&) = delete;
    ImportTarget& operator=(const ImportTarget&) = delete;

    /// On the worker's thread. What it would do; nothing is changed.
    virtual Outcome<ImportPlan> check(const tables::Table& table) = 0;
    /// On the worker's thread: saves everything, or nothing. The revision; 0: nothing was to be changed.
    virtual Outcome<std::int64_t> save(UtcTime now) = 0;
    /// In the loop, after `save`: others get to know of it. The revision.
    virtual Outcome<std::int64_t> publish(std::int64_t saved) = 0;
    /// In the loop, at the end, however far it came.
    virtual void end() {}
};

/// Reads, checks and saves under a job that is open already; ends the job. A dry run of it only checks.
void run_import(Installation& installation, std::shared_ptr<Job> job, ImportSource source,
                std::unique_ptr<ImportTarget> target, bool skip_faulty);

}  // namespace busbar::manage
