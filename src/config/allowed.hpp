#pragma once

#include <string>
#include <string_view>

#include "config/table/option.hpp"

namespace busbar::config {

/// "1-255 s", "at least 0"; `kind` ("a whole number") goes first if the value was not even that, or if there is no
/// range.
std::string number_range(std::string_view kind, const Range& range, std::string_view unit, bool is_of_kind);

/// "1 to 64 characters", "at most 1024 characters".
std::string length_range(const Range& range);

}  // namespace busbar::config
