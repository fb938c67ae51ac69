#include "iec102/meter/variable.hpp"

#include <algorithm>
#include <cmath>

namespace busbar::iec102 {
namespace {

/// A magnitude of `scale` parts of the unit, not above `most`.
std::uint32_t magnitude(double value, double scale, std::uint32_t most) {
    const double scaled = std::round(std::abs(value) * scale);
    return scaled < most ? static_cast<std::uint32_t>(scaled) : most;  // NaN: most, nobody sends it as valid
}

constexpr std::uint32_t most_energy = 999'999'999, most_power = 9'999'999, most_factor = 1000;
constexpr std::uint32_t most_current = 9'999'999, most_voltage = 999'999'999;

template <class Object>
constexpr auto member_of = nullptr;
template <>
constexpr auto member_of<EnergyTotals> = &InstantaneousValues::energies;
template <>
constexpr auto member_of<Powers> = &InstantaneousValues::powers;
template <>
constexpr auto member_of<VoltagesAndCurrents> = &InstantaneousValues::voltages;

/// What one group of octets says about one quantity, both ways.
struct Energy {
    static double value(const EnergyCounter& counter) { return counter.value; }
    static void set(double value, EnergyCounter& counter) { counter.value = magnitude(value, 1, most_energy); }
};
struct ActivePower {
    static double value(const PowerGroup& group) {
        return group.exported ? -static_cast<double>(group.active) : group.active;
    }
    static void set(double value, PowerGroup& group) {
        group.active = magnitude(value, 1, most_power);
        group.exported = value < 0;
    }
};
struct ReactivePower {
    static double value(const PowerGroup& group) {
        return group.lower_quadrants ? -static_cast<double>(group.reactive) : group.reactive;
    }
    static void set(double value, PowerGroup& group) {
        group.reactive = magnitude(value, 1, most_power);
        group.lower_quadrants = value < 0;
    }
};
struct PowerFactor {
    static double value(const PowerGroup& group) { return group.factor / 1000.0; }
    static void set(double value, PowerGroup& group) {
        group.factor = static_cast<std::uint16_t>(magnitude(value, 1000, most_factor));
    }
};
struct Current {
    static double value(const PhaseVoltage& phase) { return phase.current / 10.0; }
    static void set(double value, PhaseVoltage& phase) { phase.current = magnitude(value, 10, most_current); }
};
struct Voltage {
    static double value(const PhaseVoltage& phase) { return phase.voltage / 10.0; }
    static void set(double value, PhaseVoltage& phase) { phase.voltage = magnitude(value, 10, most_voltage); }
};

/// Minus zero is no value of a meter.
double without_sign_of_zero(double value) { return value == 0 ? 0 : value; }

template <class Quantity, class Object, class Group>
struct Place {
    template <Group Object::*group>
    static constexpr VariableRow row(Variable variable, Octet object, std::string_view name, std::string_view label,
                                     std::string_view unit) {
        return {variable,
                name,
                label,
                unit,
                object,
                [](const InstantaneousValues& values) {
                    const Group& found = (*(values.*member_of<Object>)).*group;
                    return Reading{without_sign_of_zero(Quantity::value(found)), !found.invalid};
                },
                [](const Reading& reading, InstantaneousValues& values) {
                    auto& there = values.*member_of<Object>;
                    if (!there) there.emplace();
                    Quantity::set(reading.value, (*there).*group);
                    ((*there).*group).invalid = !reading.valid;
                }};
    }
};

template <EnergyCounter EnergyTotals::*counter>
constexpr VariableRow energy(Variable variable, std::string_view name, std::string_view label, std::string_view unit) {
    return Place<Energy, EnergyTotals, EnergyCounter>::row<counter>(variable, energy_object, name, label, unit);
}
template <class Quantity, PowerGroup Powers::*group>
constexpr VariableRow power(Variable variable, std::string_view name, std::string_view label, std::string_view unit) {
    return Place<Quantity, Powers, PowerGroup>::template row<group>(variable, power_object, name, label, unit);
}
template <class Quantity, PhaseVoltage VoltagesAndCurrents::*group>
constexpr VariableRow phase(Variable variable, std::string_view name, std::string_view label, std::string_view unit) {
    return Place<Quantity, VoltagesAndCurrents, PhaseVoltage>::template row<group>(variable, voltage_object, name,
                                                                                   label, unit);
}

using enum Variable;

constexpr std::array<VariableRow, variable_count> rows{
    energy<&EnergyTotals::active_imported>(energy_active_imported, "energy.active.imported",
                                           "Energy: Active imported (kWh)", "kWh"),
    energy<&EnergyTotals::active_exported>(energy_active_exported, "energy.active.exported",
                                           "Energy: Active exported (kWh)", "kWh"),
    energy<&EnergyTotals::reactive_q1>(energy_reactive_q1, "energy.reactive.q1", "Energy: Reactive Q1 (kVArh)",
                                       "kVArh"),
    energy<&EnergyTotals::reactive_q2>(energy_reactive_q2, "energy.reactive.q2", "Energy: Reactive Q2 (kVArh)",
                                       "kVArh"),
    energy<&EnergyTotals::reactive_q3>(energy_reactive_q3, "energy.reactive.q3", "Energy: Reactive Q3 (kVArh)",
                                       "kVArh"),
    energy<&EnergyTotals::reactive_q4>(energy_reactive_q4, "energy.reactive.q4", "Energy: Reactive Q4 (kVArh)",
                                       "kVArh"),
    power<ActivePower, &Powers::total>(power_active_total, "power.active.total", "Power: Active total (kW)", "kW"),
    power<ReactivePower, &Powers::total>(power_reactive_total, "power.reactive.total", "Power: Reactive total (kVAr)",
                                         "kVAr"),
    power<PowerFactor, &Powers::total>(power_factor_total, "power.factor.total", "Power: Power factor total", "1"),
    power<ActivePower, &Powers::phase1>(power_active_phase1, "power.active.phase1", "Power: Active phase 1 (kW)", "kW"),
    power<ReactivePower, &Powers::phase1>(power_reactive_phase1, "power.reactive.phase1",
                                          "Power: Reactive phase 1 (kVAr)", "kVAr"),
    power<PowerFactor, &Powers::phase1>(power_factor_phase1, "power.factor.phase1", "Power: Power factor phase 1", "1"),
    power<ActivePower, &Powers::phase2>(power_active_phase2, "power.active.phase2", "Power: Active phase 2 (kW)", "kW"),
    power<ReactivePower, &Powers::phase2>(power_reactive_phase2, "power.reactive.phase2",
                                          "Power: Reactive phase 2 (kVAr)", "kVAr"),
    power<PowerFactor, &Powers::phase2>(power_factor_phase2, "power.factor.phase2", "Power: Power factor phase 2", "1"),
    power<ActivePower, &Powers::phase3>(power_active_phase3, "power.active.phase3", "Power: Active phase 3 (kW)", "kW"),
    power<ReactivePower, &Powers::phase3>(power_reactive_phase3, "power.reactive.phase3",
                                          "Power: Reactive phase 3 (kVAr)", "kVAr"),
    power<PowerFactor, &Powers::phase3>(power_factor_phase3, "power.factor.phase3", "Power: Power factor phase 3", "1"),
    phase<Current, &VoltagesAndCurrents::phase1>(current_phase1, "current.phase1", "V-I: Current phase 1 (A)", "A"),
    phase<Voltage, &VoltagesAndCurrents::phase1>(voltage_phase1, "voltage.phase1", "V-I: Voltage phase 1 (V)", "V"),
    phase<Current, &VoltagesAndCurrents::phase2>(current_phase2, "current.phase2", "V-I: Current phase 2 (A)", "A"),
    phase<Voltage, &VoltagesAndCurrents::phase2>(voltage_phase2, "voltage.phase2", "V-I: Voltage phase 2 (V)", "V"),
    phase<Current, &VoltagesAndCurrents::phase3>(current_phase3, "current.phase3", "V-I: Current phase 3 (A)", "A"),
    phase<Voltage, &VoltagesAndCurrents::phase3>(voltage_phase3, "voltage.phase3", "V-I: Voltage phase 3 (V)", "V"),
};

constexpr bool each_stands_at_its_index() {
    for (std::size_t index = 0; index < rows.size(); ++index) {
        if (rows[index].variable != static_cast<Variable>(index)) return false;
    }
    return true;
}
static_assert(each_stands_at_its_index());

bool has_object(Octet object, const InstantaneousValues& values) {
    switch (object) {
        case energy_object: return values.energies.has_value();
        case power_object: return values.powers.has_value();
        default: return values.voltages.has_value();
    }
}

}  // namespace

std::span<const VariableRow, variable_count> all_variables() { return rows; }

const VariableRow& row_of(Variable variable) { return rows[static_cast<std::size_t>(variable)]; }

std::optional<Variable> find_variable(std::string_view name) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const VariableRow& each) { return each.name == name; });
    if (row == rows.end()) return std::nullopt;
    return row->variable;
}

std::optional<Reading> read(Variable variable, const InstantaneousValues& values) {
    const VariableRow& row = row_of(variable);
    if (!has_object(row.object, values)) return std::nullopt;
    return row.read(values);
}

void write(Variable variable, const Reading& reading, InstantaneousValues& values) {
    row_of(variable).write(reading, values);
}

}  // namespace busbar::iec102
