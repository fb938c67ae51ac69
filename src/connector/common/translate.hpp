#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/octets.hpp"
#include "base/time.hpp"
#include "iec60870/asdu/type_table.hpp"
#include "point/point.hpp"

namespace busbar::connector {

/// Local time of a station and UTC, both ways (IEC 60870-5-104 leaves the zone to agreement). "UTC" or an IANA name;
/// the offset in force is remembered, so that a conversion in the data path is an addition.
class TimeZone {
public:
    static Result<TimeZone> find(std::string_view name);
    /// `summer`: the tag's SU bit decides the repeated hour.
    UtcTime to_utc(std::chrono::local_time<std::chrono::milliseconds> local, bool summer) const;
    struct Local {
        std::chrono::local_time<std::chrono::milliseconds> time;
        bool summer;
    };
    Local to_local(UtcTime utc) const;

private:
    const void* zone_ = nullptr;  // nullptr: UTC
};

/// One information object to a point, driven by the type table. Header members (cot, oa, test, negative, casdu) are
/// the caller's. A time tag of 24 bits is completed from `received`; an impossible time leaves `time` absent, sets
/// time_flags.invalid and keeps `time_raw`.
void to_point(const iec60870::TypeDescription& type, iec60870::InformationObject object, UtcTime received,
              const TimeZone& zone, point::Point& point);

struct EncodedElement {
    std::array<Octet, 24> octets{};
    std::uint8_t size = 0;
    Octets view() const { return {octets.data(), size}; }
};

/// The element octets (with time tag, if `type` has one) that say what the point says. `raw` and `time_raw` are
/// honoured where they say the same as the members. A missing time is `fallback_time` with GEN set. Errors name the
/// member: value of a wrong kind or out of range for `type`.
Result<EncodedElement> from_point(const iec60870::TypeDescription& type, const point::Point& point,
                                  UtcTime fallback_time, const TimeZone& zone);

}  // namespace busbar::connector
