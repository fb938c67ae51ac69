#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace busbar::connector {

/// The point in `json` with NT set, for a source that has gone; nothing if it belongs to another source, has NT already
/// or is no point. Its time tag goes: what happened now is the loss, at `now` (`received`).
std::optional<std::string> mark_not_topical(std::string_view json, std::string_view source, UtcTime now);

}  // namespace busbar::connector
