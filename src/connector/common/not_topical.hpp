#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "point/point.hpp"

namespace busbar::connector {

/// Sets NT, for a source that has gone. The time tag goes: what happened now is the loss, at `now` (`received`).
void mark_not_topical(point::Point& point, UtcTime now);

/// The point in `json` with NT set, for a source that has gone; nothing if it belongs to another source, has NT already
/// or is no point.
std::optional<std::string> mark_not_topical(std::string_view json, std::string_view source, UtcTime now);

}  // namespace busbar::connector
