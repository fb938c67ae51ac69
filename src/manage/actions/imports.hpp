#pragma once

#include <memory>

#include "manage/actions/actor.hpp"
#include "manage/actions/import_plan.hpp"
#include "manage/actions/import_source.hpp"
#include "manage/actions/installation.hpp"
#include "manage/actions/jobs.hpp"

namespace busbar::manage {

/// Begins an import of points. Rows of stations where the actor is no engineer are faulty. Reading, checking and saving
/// are the worker's; all of it is applied at once, or nothing.
Outcome<std::shared_ptr<const Job>> import_points(Installation& installation, const Actor& actor, ImportSource source,
                                                  ImportOptions options, bool dry_run);
/// The same under a job that is open already.
void import_points(Installation& installation, const Actor& actor, std::shared_ptr<Job> job, ImportSource source,
                   ImportOptions options);

/// The refusal of one import too many.
tl::unexpected<Problem> too_many_jobs();

}  // namespace busbar::manage
