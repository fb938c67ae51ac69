#pragma once

#include <memory>
#include <string_view>

#include "manage/actions/actor.hpp"
#include "manage/actions/exports.hpp"
#include "manage/actions/import_plan.hpp"
#include "manage/actions/import_source.hpp"
#include "manage/actions/installation.hpp"

namespace busbar::manage {

/// Begins an import into the mapping of a server connector: one revision, applied live, or nothing.
Outcome<std::shared_ptr<const Job>> import_mapping(Installation& installation, const Actor& actor,
                                                   std::string_view connector, ImportSource source,
                                                   ImportOptions options, bool dry_run);

/// A mapping, a row a point; imported again it changes nothing.
Outcome<TableRows> rows_of_mapping(Installation& installation, std::string_view connector);
TableRow headings_of_mappings();

}  // namespace busbar::manage
