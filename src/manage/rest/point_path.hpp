#pragma once

#include "manage/database/point_rows.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

/// "{casdu}/{ioa}" of the route's path.
Outcome<PointAddress> point_address(const Call& call);

}  // namespace busbar::manage
