#pragma once

#include "connector/common/translate.hpp"

/// The time of a point and the time tag of an information object.
namespace busbar::connector {

/// Sets time, time_flags and time_raw from the octets of a tag; clears them for a type without one.
void say_time(iec60870::TimeTag kind, Octets tag, UtcTime received, const TimeZone& zone, point::Point& point);

/// Writes 3 or 7 octets, or none: `time_raw` if it says the same as time and time_flags, else these; `fallback` with
/// GEN if there is no time.
void hear_time(iec60870::TimeTag kind, const point::Point& point, UtcTime fallback, const TimeZone& zone, Octet* out);

}  // namespace busbar::connector
