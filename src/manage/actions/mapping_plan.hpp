#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "config/common.hpp"
#include "manage/actions/import_plan.hpp"

namespace busbar::manage {

/// What an import of a mapping would do, and the mapping that would come of it.
struct MappingPlan {
    ImportPlan plan;
    std::string mapping;  // JSON
};
/// `present`: the mapping as it is. Every row is checked as the connector does it.
Outcome<MappingPlan> plan_mapping(const tables::Table& table, boost::json::object present,
                                  const config::Protocol& protocol, const ImportOptions& options);

}  // namespace busbar::manage
