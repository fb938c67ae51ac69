#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "manage/actions/actor.hpp"
#include "manage/actions/installation.hpp"
#include "manage/actions/problem.hpp"

namespace busbar::manage {

/// Settings of imports under a name: columns, separator, sheet … as the parameters of an import have them.
boost::json::array list_import_profiles(Installation& installation);
Outcome<boost::json::object> find_import_profile(Installation& installation, std::string_view name);
/// Makes or replaces it.
Outcome<void> put_import_profile(Installation& installation, const Actor& actor, std::string_view name,
                                 const boost::json::object& settings);
Outcome<void> remove_import_profile(Installation& installation, const Actor& actor, std::string_view name);

}  // namespace busbar::manage
