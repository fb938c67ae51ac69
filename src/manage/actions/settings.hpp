#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "manage/actions/actor.hpp"
#include "manage/actions/installation.hpp"
#include "manage/actions/problem.hpp"

namespace busbar::manage {

/// What belongs to the whole installation, as JSON: `name`, `kept_updates`, and what the store says of itself.
boost::json::object settings_of(Installation& installation);
/// Changes what is named. `change` is as the API's document describes it.
Outcome<void> change_settings(Installation& installation, const Actor& actor, const boost::json::object& change);

}  // namespace busbar::manage
