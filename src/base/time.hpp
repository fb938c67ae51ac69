#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace busbar {

/// Monotonic time: timers and deadlines.
using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

/// Calendar time, UTC, to the millisecond: time tags and times of receipt.
using UtcTime = std::chrono::sys_time<std::chrono::milliseconds>;

inline constexpr std::size_t iso8601_size = 24;

/// Writes "2026-11-21T09:00:00.123Z" (iso8601_size characters, years 0000-9999) and returns the end.
char* write_iso8601(char* out, UtcTime time);

/// Reads RFC 3339 date-times: any number of fraction digits (cut to milliseconds), "Z" or an offset "+02:00".
std::optional<UtcTime> parse_iso8601(std::string_view text);

}  // namespace busbar
