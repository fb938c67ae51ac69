#pragma once

#include <cstddef>
#include <string_view>

namespace busbar {

/// The offset of the first octet that is no UTF-8 (overlong forms and surrogates are none); npos: all is.
std::size_t first_not_utf8(std::string_view text);

}  // namespace busbar
