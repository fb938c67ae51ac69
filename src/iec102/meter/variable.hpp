#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "iec102/meter/instantaneous.hpp"

namespace busbar::iec102 {

/// The 24 electrical signals that a tag may be assigned, in the order of the operator's list.
enum class Variable : std::uint8_t {
    energy_active_imported,
    energy_active_exported,
    energy_reactive_q1,
    energy_reactive_q2,
    energy_reactive_q3,
    energy_reactive_q4,
    power_active_total,
    power_reactive_total,
    power_factor_total,
    power_active_phase1,
    power_reactive_phase1,
    power_factor_phase1,
    power_active_phase2,
    power_reactive_phase2,
    power_factor_phase2,
    power_active_phase3,
    power_reactive_phase3,
    power_factor_phase3,
    current_phase1,
    voltage_phase1,
    current_phase2,
    voltage_phase2,
    current_phase3,
    voltage_phase3,
};

inline constexpr std::size_t variable_count = 24;

struct Reading {
    double value = 0;  // in the variable's unit; active power negative where exported, reactive power in Q3 and Q4
    bool valid = true;
    bool operator==(const Reading&) const = default;
};

/// Where a variable stands and what it is called.
struct VariableRow {
    Variable variable;
    std::string_view name;                                // in configurations: "power.active.total"
    std::string_view label;                               // what the operator reads: "Power: Active total (kW)"
    std::string_view unit;                                // "kW"; "1" for power factors
    Octet object;                                         // of ASDU 163 that carries it
    Reading (*read)(const InstantaneousValues&);          // of an answer that has the object
    void (*write)(const Reading&, InstantaneousValues&);  // rounds, cuts to what the field can say
};

/// One row each, indexed by Variable.
std::span<const VariableRow, variable_count> all_variables();
const VariableRow& row_of(Variable variable);
/// By its name in configurations.
std::optional<Variable> find_variable(std::string_view name);

/// Nothing: the answer has not the variable's object.
std::optional<Reading> read(Variable variable, const InstantaneousValues& values);
/// Makes the object if it is not there.
void write(Variable variable, const Reading& reading, InstantaneousValues& values);

}  // namespace busbar::iec102
