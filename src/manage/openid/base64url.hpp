#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace busbar::manage {

/// As in RFC 7515: URL-safe, without padding. Nothing: it is no such text.
std::optional<std::string> from_base64url(std::string_view text);
std::string to_base64url(std::string_view octets);

}  // namespace busbar::manage
