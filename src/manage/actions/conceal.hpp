#pragma once

#include <string>
#include <string_view>

namespace busbar::manage {

/// The JSON with every password in it replaced by "***".
std::string without_secrets(std::string_view json);

}  // namespace busbar::manage
