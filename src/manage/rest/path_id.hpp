#pragma once

#include <cstdint>

#include "manage/rest/route.hpp"

namespace busbar::manage {

/// "{id}" of the route's path where it is a whole number. 0, which nothing has, where it is none, as "12abc".
std::int64_t path_id(const Call& call);

}  // namespace busbar::manage
