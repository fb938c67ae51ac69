#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "manage/actions/actor.hpp"
#include "manage/actions/import_plan.hpp"
#include "manage/actions/installation.hpp"
#include "manage/actions/jobs.hpp"

namespace busbar::manage {

/// What is to be imported.
struct ImportSource {
    std::string name;   // for the revision: "upload", "shared/points.csv"
    std::string sheet;  // empty: the first that is not hidden
    /// The file's octets; called by the worker's thread.
    std::function<Result<std::string>()> octets;
};

/// Begins an import of points. Reading and checking are the worker's; all of it is applied at once, or nothing.
Outcome<std::shared_ptr<const Job>> import_points(Installation& installation, const Actor& actor, ImportSource source,
                                                  ImportOptions options);

}  // namespace busbar::manage
