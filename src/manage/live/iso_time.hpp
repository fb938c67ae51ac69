#pragma once

#include <array>
#include <string>

#include "base/time.hpp"

namespace busbar::manage {

/// "2026-11-21T09:00:00.123Z"
inline std::string iso(UtcTime time) {
    std::array<char, iso8601_size> text{};
    return {text.data(), write_iso8601(text.data(), time)};
}

}  // namespace busbar::manage
