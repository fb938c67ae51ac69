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
/// the offset in force is remembered, so that a conversion in the data path is an addition. Each thread needs its own.
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
    struct Period {
        UtcTime begin, end;
        std::chrono::seconds offset{};
        bool summer = false;
    };
    Period period_at(UtcTime utc) const;

    const void* zone_ = nullptr;  // nullptr: UTC
    mutable Period period_;       // the last one asked for
};

/// One information object to a point, driven by the type table: type, ioa, value, quality, sequence, qualifier, select,
/// time and received; `raw` and `time_raw` only where the members lose bits. The header's members (casdu, cot, oa,
/// test, negative) are the caller's. A float that is no number is marked IV. A time tag of 24 bits is completed from
/// `received`; an impossible time leaves `time` absent and sets time_flags.invalid. Summer time that `zone` explains is
/// not flagged.
void to_point(const iec60870::TypeDescription& type, iec60870::InformationObject object, UtcTime received,
              const TimeZone& zone, point::Point& point);

/// An object of a private type: its octets are `raw`, and there is no value.
void to_private_point(iec60870::TypeId type, iec60870::InformationObject object, point::Point& point);

struct EncodedElement {
    static constexpr std::size_t capacity = 24;
    std::array<Octet, capacity> octets{};
    std::uint8_t size = 0;
    Octets view() const { return {octets.data(), size}; }
};

/// The element octets (with time tag, if `type` has one) that say what the point says. `raw` and `time_raw` are
/// honoured where they say the same as the members. A missing time is `fallback_time` with GEN set. A normalized value
/// of +1 is sent as the greatest with OV; a float that is no number, and a counter that is not topical, with IV. Errors
/// name the member: value of a wrong kind or out of range for `type`.
Result<EncodedElement> from_point(const iec60870::TypeDescription& type, const point::Point& point,
                                  UtcTime fallback_time, const TimeZone& zone);

}  // namespace busbar::connector
