#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

#include "base/octets.hpp"
#include "iec60870/asdu/asdu.hpp"
#include "iec60870/asdu/type_table.hpp"

namespace busbar::iec104 {

using iec60870::AsduFormat;
using iec60870::Cause;
using iec60870::CommonAddress;
using iec60870::Ioa;
using iec60870::TypeId;

/// Place of an update in the owner's endless sequence of updates (a stream entry's id); ordered, opaque to the station.
struct Position {
    std::uint64_t major = 0, minor = 0;
    auto operator<=>(const Position&) const = default;
};

/// What is fixed about an information object, whatever its value.
struct ObjectAttributes {
    std::uint16_t groups = 0;            // bit n: interrogation group n + 1
    std::uint8_t counter_group = 0;      // 1-4; 0 = none (general counter interrogation only)
    std::chrono::seconds cyclic{0};      // sent with cause 1 this often; 0 = never
    std::chrono::seconds background{0};  // the same with cause 2
    bool double_transmission = false;    // an event goes out with and without time tag
};

/// A new value of one object, as encoded octets.
struct ObjectUpdate {
    CommonAddress common_address = 0;
    Ioa ioa = 0;
    TypeId type = 0;  // type of the event, with or without time tag
    Octets element;   // elements and, if the type has one, the time tag
    Cause cause = Cause::spontaneous;
    std::uint8_t originator = 0;
    bool test = false;
    bool negative = false;
    bool image = true;  // becomes the present value
    bool event = true;  // is sent to all groups
    /// Time tag for interrogations with time tags when `type` has none: CP56Time2a, or empty.
    Octets time_tag;
    /// Never lower than that of the update before; several updates may share one if they come within one `flush`.
    Position position;
};

/// The description of the update's type; nullptr if it cannot be sent: addresses that are not for objects or do not fit
/// `format`, a type that is neither process information, nor a parameter (110-112) that is no event, nor a private type
/// of `format` that is nothing but an event, or octets of a wrong size.
const iec60870::TypeDescription* sendable_type(const ObjectUpdate& update, const AsduFormat& format);

/// Greatest addresses that `format` has room for; the greatest common address (all stations) is not a station's.
constexpr CommonAddress highest_station(const AsduFormat& format) {
    return format.common_address_size == 1 ? 254 : 65534;
}
constexpr Ioa highest_ioa(const AsduFormat& format) { return (Ioa{1} << (8 * format.ioa_size)) - 1; }

}  // namespace busbar::iec104
