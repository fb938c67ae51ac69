#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace busbar::manage::tables {

/// The octets of a text file as UTF-8: a byte order mark decides; without one it is UTF-16 if every other octet is
/// often zero, else UTF-8 if it is valid, else Windows-1252. The error says where it is none of them.
Result<std::string> to_utf8(std::string_view octets);

void append_utf8(std::string& text, char32_t character);

}  // namespace busbar::manage::tables
