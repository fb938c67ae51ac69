#pragma once

#include <chrono>
#include <cstdint>

#include "base/time.hpp"

namespace busbar::manage {

/// Times in tables are milliseconds since 1970.
inline std::int64_t to_ms(UtcTime time) { return time.time_since_epoch().count(); }
inline UtcTime from_ms(std::int64_t ms) { return UtcTime{std::chrono::milliseconds{ms}}; }

}  // namespace busbar::manage
