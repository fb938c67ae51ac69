#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "iec60870/asdu/asdu.hpp"

namespace busbar::iec60870 {

enum class TimeTag : std::uint8_t { none, cp24, cp56 };

/// What one run of bits of an element is called; the form that pages, the decode tool and documents draw from.
struct FieldDescription {
    std::string_view key;    // in JSON: "value", "IV", "qualifier" …
    std::string_view label;  // what the operator reads
    unsigned first_bit;      // from bit 0 of the element's first octet
    unsigned width;
    std::string_view symbol;  // the standard's name of these bits: "SPI", "IV", "QU"
};

/// One row of the type table, for those who do not know the type at compile time.
struct TypeDescription {
    TypeId id;
    std::string_view name;   // "M_ME_TF_1"
    std::string_view label;  // "Measured value, short floating point number with time tag CP56Time2a"
    Direction direction;
    std::uint8_t size;  // octets of the elements with time tag, without address; F_SG: 4, the data follows
    TimeTag time_tag;
    bool sequence_allowed;         // SQ = 1 permitted
    std::uint8_t max_count;        // greatest N with SQ = 0 at 2/2/3 and 249 octets; 1 for types that carry one object
    std::uint64_t control_causes;  // bit c set: cause c is permitted in control direction
    std::uint64_t monitor_causes;
    TypeId without_time_tag;  // 30 -> 1; itself if it has none; 0 if there is no such type
    TypeId with_cp56;         // 1 -> 30; itself if it has it; 0 if there is no such type
    std::span<const FieldDescription> fields;

    constexpr bool permits(Direction d, Cause cause) const {
        return ((d == Direction::control ? control_causes : monitor_causes) >> static_cast<unsigned>(cause)) & 1u;
    }
    /// N must be 1 (IEC 60870-5-101, 7.2.2.1); otherwise as many as fit are accepted, though `max_count` are sent.
    constexpr bool carries_one_object() const { return id > 40 && id != 126; }
    /// The time tag inside an element of this type: the last 3 or 7 octets.
    Octets time_tag_of(Octets element) const { return element.last(time_tag_size()); }
    constexpr unsigned time_tag_size() const {
        return time_tag == TimeTag::none ? 0 : time_tag == TimeTag::cp24 ? 3 : 7;
    }
};

/// nullptr: not in the table.
const TypeDescription* find_type(TypeId id);

/// What can be said of every private type: it is of the monitor direction, and has no time tag that anybody knows of.
/// `size` is 0: AsduFormat has it.
const TypeDescription& private_type(TypeId id);

/// All rows, in the order of their numbers.
std::span<const TypeDescription> all_types();

}  // namespace busbar::iec60870
