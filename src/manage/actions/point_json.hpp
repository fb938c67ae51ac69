#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "manage/actions/problem.hpp"
#include "manage/database/point_rows.hpp"

namespace busbar::manage {

/// All members of a point's metadata but its id.
boost::json::object to_json(const PointRow& row);
/// What `members` has; the rest has its default. Their types are checked before.
PointRow point_of_json(PointAddress address, const boost::json::object& members);
/// With `casdu` and `ioa`.
PointRow point_of_json(const boost::json::object& members);

}  // namespace busbar::manage
