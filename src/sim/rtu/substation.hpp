#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "iec104/station/object_update.hpp"
#include "point/point.hpp"

namespace busbar::sim {

using iec60870::CommonAddress;
using iec60870::Ioa;
using iec60870::TypeId;

/// What an object of process information says at one moment, whatever its type: a number (0 or 1 for a single point,
/// a mask for bit strings and protection) and what stands beside it.
struct SimValue {
    double number = 0;
    point::Quality quality{};
    std::uint8_t sequence = 0;      // counters
    std::uint16_t duration_ms = 0;  // protection
    std::uint16_t changed = 0;      // packed single points
};

/// One object of process information. Its value moves by up to `step` between `minimum` and `maximum`.
struct SimPoint {
    CommonAddress common_address = 0;
    Ioa ioa = 0;
    TypeId type = 0;  // of its events; interrogations use the type without time tag
    std::string name;
    SimValue value;
    double minimum = 0, maximum = 0, step = 0;
    std::chrono::milliseconds period{0};  // changes this often by itself; 0 = only when the random walk picks it
    iec104::ObjectAttributes attributes;
};

/// How a command object wants to be commanded.
enum class SelectMode : std::uint8_t { direct, select, both };

/// One object in control direction, with the type without time tag; the time-tagged twin is executed as well.
struct SimCommand {
    CommonAddress common_address = 0;
    Ioa ioa = 0;
    TypeId type = 0;  // 45-51
    std::string name;
    SelectMode select = SelectMode::both;
    std::optional<Ioa> status;             // the point, of the same common address, that follows with cause 11
    bool refuse = false;                   // interlocked: negative confirmation
    bool silent = false;                   // not even that
    bool terminate = true;                 // ACTTERM when it is done
    std::chrono::milliseconds delay{0};    // before the confirmation
    std::chrono::milliseconds running{0};  // from the confirmation to status and termination
};

/// One parameter object (110-112) of a measured value.
struct SimParameter {
    CommonAddress common_address = 0;
    Ioa ioa = 0;
    TypeId type = 0;
    std::string name;
    Ioa of = 0;  // the measured value, of the same common address
};

/// What a simulated station consists of.
struct Substation {
    std::vector<SimPoint> points;
    std::vector<SimCommand> commands;
    std::vector<SimParameter> parameters;
};

/// Octets of an element with its time tag.
struct ElementOctets {
    std::array<Octet, 24> octets{};
    unsigned size = 0;
    operator Octets() const { return {octets.data(), size}; }
};

/// The element that says `value`; numbers that the type cannot carry are brought to the nearest it can.
ElementOctets encode_value(TypeId type, const SimValue& value, UtcTime time);

/// The number that an element says (of a command, for example).
double number_of(TypeId type, Octets element);

/// Smallest and greatest number of a type, and the step that suits it. Nothing: no type of process information.
struct ValueRange {
    double minimum, maximum, step;
};
std::optional<ValueRange> range_of(TypeId type);

/// Measured values: normalized, scaled, short float.
constexpr bool is_measured(TypeId type) {
    return (type >= 9 && type <= 14) || type == 21 || (type >= 34 && type <= 36);
}

/// Integrated totals.
constexpr bool is_counter(TypeId type) { return type == 15 || type == 16 || type == 37; }

/// True for 45-51.
constexpr bool is_command(TypeId type) { return type >= 45 && type <= 51; }

/// A substation with `count` points of all common types, spread evenly over `stations`, and command objects for each.
Substation generate_substation(std::size_t count, std::span<const CommonAddress> stations);

/// A substation of nothing but `count` objects of one type, for events that carry a running number.
Substation numbered_substation(std::size_t count, TypeId type, std::span<const CommonAddress> stations);

}  // namespace busbar::sim
