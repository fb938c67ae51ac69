#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>

#include "iec60870/asdu/type_table.hpp"
#include "iec60870/asdu/visit.hpp"
#include "sim/rtu/substation.hpp"

namespace busbar::sim {
namespace {

using iec60870::Fraction;

/// Elements whose bits are one mask in SimValue::number.
template <class Element>
constexpr bool packed_protection =
    std::same_as<Element, iec60870::StartEvents> || std::same_as<Element, iec60870::OutputCircuit>;

/// Sets every field of an element from a SimValue.
struct Composer {
    const SimValue& value;
    UtcTime time;

    /// `width` bits of a number, signed or not.
    template <std::integral Member>
    static Member clamped(double number, unsigned width) {
        const double span = std::ldexp(1.0, static_cast<int>(width));
        const double least = std::is_signed_v<Member> ? -span / 2 : 0;
        const double most = std::is_signed_v<Member> ? span / 2 - 1 : span - 1;
        return static_cast<Member>(std::clamp(std::round(std::isnan(number) ? 0 : number), least, most));
    }

    template <class Member>
    static void set(Member& member, double number, unsigned width) {
        if constexpr (std::same_as<Member, bool>) {
            member = number != 0;
        } else if constexpr (std::same_as<Member, Fraction>) {
            member.raw = clamped<std::int16_t>(number * 32768, 16);
        } else if constexpr (std::same_as<Member, float>) {
            member = static_cast<float>(number);
        } else {
            member = clamped<Member>(number, width);
        }
    }

    template <class FieldOf, class Member>
    void operator()(FieldOf, Member& member) {
        if constexpr (iec60870::Tag<typename FieldOf::Owner>) {
            const iec60870::StationTime station_time(time.time_since_epoch());
            if constexpr (std::same_as<Member, iec60870::Cp56Time2a>) {
                member = iec60870::make_cp56(station_time);
            } else {
                member = iec60870::make_cp24(station_time);
            }
        } else if constexpr (FieldOf::key == "sequence") {
            member = value.sequence;
        } else if constexpr (FieldOf::key == "duration") {
            member = value.duration_ms;
        } else if constexpr (FieldOf::key == "CD") {
            member = value.changed;
        } else if constexpr (FieldOf::key == "value" || FieldOf::key == "ES" || FieldOf::key == "ST") {
            set(member, value.number, FieldOf::width);
        } else if constexpr (packed_protection<typename FieldOf::Owner>) {
            member = (static_cast<unsigned>(value.number) >> FieldOf::first_bit) & 1u;
        } else if (const auto flag = point::flag_named(FieldOf::key)) {
            member = static_cast<Member>(value.quality.has(*flag));
        }
    }
};

}  // namespace

ElementOctets encode_value(TypeId type, const SimValue& value, UtcTime time) {
    ElementOctets element;
    element.size = iec60870::compose_element(type, element.octets, Composer{value, time});
    return element;
}

double number_of(TypeId type, Octets element) {
    double number = 0;
    iec60870::visit_element(type, element, [&]<class FieldOf, class Member>(FieldOf, const Member& member) {
        if constexpr (FieldOf::key == "value" || FieldOf::key == "ES" || FieldOf::key == "ST") {
            if constexpr (std::same_as<Member, Fraction>) {
                number = member.number();
            } else {
                number = static_cast<double>(member);
            }
        }
    });
    return number;
}

std::optional<ValueRange> range_of(TypeId type) {
    const iec60870::TypeDescription* description = iec60870::find_type(type);
    if (!description || type > 40) return std::nullopt;
    switch (description->without_time_tag ? description->without_time_tag : type) {
        case 1: return ValueRange{0, 1, 1};
        case 3: return ValueRange{1, 2, 1};
        case 5: return ValueRange{-64, 63, 1};
        case 7: return ValueRange{0, 4294967295.0, 1};
        case 9:
        case 21: return ValueRange{-1, 32767.0 / 32768.0, 0.01};
        case 11: return ValueRange{-32768, 32767, 10};
        case 13: return ValueRange{-3.4e38, 3.4e38, 1};
        case 15: return ValueRange{0, 2147483647.0, 1};
        case 20: return ValueRange{0, 65535, 1};
        case 17:
        case 38: return ValueRange{1, 2, 1};
        case 18:
        case 39: return ValueRange{0, 63, 1};
        default: return ValueRange{0, 15, 1};  // 19, 40
    }
}

}  // namespace busbar::sim
