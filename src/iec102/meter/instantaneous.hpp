#pragma once

#include <cstdint>
#include <optional>
#include <tuple>

#include "iec102/meter/time_label.hpp"

/// The three objects of ASDU 163, instantaneous values. Energies and powers are primary values, voltages and currents
/// secondary ones: as the meter says them.
namespace busbar::iec102 {

/// An absolute counter: whole kWh or kVArh, 0 to 999 999 999.
struct EnergyCounter {
    std::uint32_t value{};
    bool invalid{};

    static constexpr std::tuple fields{Field{"value", "value", &EnergyCounter::value, 0, 30, "Reading"},
                                       Field{"IV", "IV", &EnergyCounter::invalid, 31, 1, "Invalid"}};
    bool operator==(const EnergyCounter&) const = default;
};

/// Object 192.
struct EnergyTotals {
    EnergyCounter active_imported, active_exported, reactive_q1, reactive_q2, reactive_q3, reactive_q4;
    TimeLabelA time;

    static constexpr std::tuple fields{
        Field{"active_imported_kwh", "", &EnergyTotals::active_imported, 0, 32, "Active imported, kWh"},
        Field{"active_exported_kwh", "", &EnergyTotals::active_exported, 32, 32, "Active exported, kWh"},
        Field{"reactive_q1_kvarh", "", &EnergyTotals::reactive_q1, 64, 32, "Reactive Q1, kVArh"},
        Field{"reactive_q2_kvarh", "", &EnergyTotals::reactive_q2, 96, 32, "Reactive Q2, kVArh"},
        Field{"reactive_q3_kvarh", "", &EnergyTotals::reactive_q3, 128, 32, "Reactive Q3, kVArh"},
        Field{"reactive_q4_kvarh", "", &EnergyTotals::reactive_q4, 160, 32, "Reactive Q4, kVArh"},
        Field{"time", "", &EnergyTotals::time, 192, 40, "Time"}};
    bool operator==(const EnergyTotals&) const = default;
};

/// Powers of all phases together or of one: magnitudes, whose signs are bits of their own.
struct PowerGroup {
    std::uint32_t active{}, reactive{};  // kW, kVAr
    std::uint16_t factor{};              // thousandths
    bool exported{};                     // active power flows to the grid
    bool lower_quadrants{};              // reactive power lies in Q3 or Q4
    bool invalid{};

    static constexpr std::tuple fields{
        Field{"active_kw", "P", &PowerGroup::active, 0, 24, "Active power, kW"},
        Field{"reactive_kvar", "Q", &PowerGroup::reactive, 24, 24, "Reactive power, kVAr"},
        Field{"factor_thousandths", "PF", &PowerGroup::factor, 48, 10, "Power factor, thousandths"},
        Field{"exported", "", &PowerGroup::exported, 58, 1, "Active power exported"},
        Field{"q3_q4", "", &PowerGroup::lower_quadrants, 59, 1, "Reactive power in Q3 or Q4"},
        Field{"IV", "IV", &PowerGroup::invalid, 63, 1, "Invalid"}};
    bool operator==(const PowerGroup&) const = default;
};

/// Object 193.
struct Powers {
    PowerGroup total, phase1, phase2, phase3;
    TimeLabelA time;

    static constexpr std::tuple fields{
        Field{"total", "", &Powers::total, 0, 64, "Total"}, Field{"phase1", "", &Powers::phase1, 64, 64, "Phase 1"},
        Field{"phase2", "", &Powers::phase2, 128, 64, "Phase 2"},
        Field{"phase3", "", &Powers::phase3, 192, 64, "Phase 3"}, Field{"time", "", &Powers::time, 256, 40, "Time"}};
    bool operator==(const Powers&) const = default;
};

struct PhaseVoltage {
    std::uint32_t current{}, voltage{};  // tenths of A and V
    bool invalid{};

    static constexpr std::tuple fields{
        Field{"current_tenths_a", "I", &PhaseVoltage::current, 0, 24, "Current, tenths of A"},
        Field{"voltage_tenths_v", "V", &PhaseVoltage::voltage, 24, 30, "Voltage, tenths of V"},
        Field{"IV", "IV", &PhaseVoltage::invalid, 55, 1, "Invalid"}};
    bool operator==(const PhaseVoltage&) const = default;
};

/// Object 194.
struct VoltagesAndCurrents {
    PhaseVoltage phase1, phase2, phase3;
    TimeLabelA time;

    static constexpr std::tuple fields{Field{"phase1", "", &VoltagesAndCurrents::phase1, 0, 56, "Phase 1"},
                                       Field{"phase2", "", &VoltagesAndCurrents::phase2, 56, 56, "Phase 2"},
                                       Field{"phase3", "", &VoltagesAndCurrents::phase3, 112, 56, "Phase 3"},
                                       Field{"time", "", &VoltagesAndCurrents::time, 168, 40, "Time"}};
    bool operator==(const VoltagesAndCurrents&) const = default;
};

inline constexpr Octet energy_object = 192, power_object = 193, voltage_object = 194;

static_assert(size_of<EnergyTotals> == 29 && size_of<Powers> == 37 && size_of<VoltagesAndCurrents> == 26);

/// What one answer brought: the objects that were in it.
struct InstantaneousValues {
    std::optional<EnergyTotals> energies;
    std::optional<Powers> powers;
    std::optional<VoltagesAndCurrents> voltages;
    bool operator==(const InstantaneousValues&) const = default;
};

}  // namespace busbar::iec102
