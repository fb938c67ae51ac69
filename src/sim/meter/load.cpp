#include "sim/meter/load.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace busbar::sim {

using iec102::Reading;
using iec102::Variable;

namespace {

using namespace std::chrono;

constexpr sys_days beginning = 2020y / January / 1;
constexpr double hours_of_quarter = 0.25, hours_of_day = 24;

/// How an object's flow relates to the mean import, and when in the day it is strongest.
struct Flow {
    double share, peak_hour, start;  // start: the counter's reading at the beginning
};
constexpr std::array<Flow, 6> flows{
    {{1, 11, 125'000}, {0.1, 13, 1'000}, {0.3, 11, 40'000}, {0.02, 13, 300}, {0.01, 13, 100}, {0.05, 3, 2'000}}};

/// The slope of a counter lies between (1 - swing - unrest) and (1 + swing + unrest) times its mean: it never falls.
constexpr double swing = 0.5, unrest = 0.4;
constexpr std::array<double, 3> phase_shares{0.35, 0.33, 0.32};
constexpr double nominal_voltage = 230, voltage_swing = 0.02;

double hours_since_beginning(UtcTime at) { return duration<double, hours::period>(at - UtcTime(beginning)).count(); }

std::int64_t quarter_of(double hours) { return static_cast<std::int64_t>(std::floor(hours / hours_of_quarter)); }

double angle(const Flow& flow, double hours) { return 2 * std::numbers::pi * (hours - flow.peak_hour) / hours_of_day; }

std::uint64_t mixed(std::uint64_t number) {
    number += 0x9e3779b97f4a7c15;
    number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
    number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
    return number ^ (number >> 31);
}

}  // namespace

/// 0 to 1, always the same for the same.
double Load::noise(std::uint64_t what, std::int64_t when) const {
    const std::uint64_t bits = mixed(mixed(config_.seed * 1000ull + what) ^ static_cast<std::uint64_t>(when));
    return static_cast<double>(bits >> 11) / static_cast<double>(std::uint64_t{1} << 53);
}

/// What the counter is ahead of its smooth course, as hours of mean flow.
double Load::jitter(unsigned object, std::int64_t quarter) const {
    return unrest * hours_of_quarter * noise(object, quarter);
}

double Load::energy(unsigned object, UtcTime at) const {
    const Flow& flow = flows[object - 1];
    const double hours = hours_since_beginning(at);
    const std::int64_t quarter = quarter_of(hours);
    const double within = hours / hours_of_quarter - static_cast<double>(quarter);
    const double wave = swing * hours_of_day / (2 * std::numbers::pi) * std::sin(angle(flow, hours));
    const double ahead = jitter(object, quarter) * (1 - within) + jitter(object, quarter + 1) * within;
    return flow.start + config_.mean_kw * flow.share * (hours + wave + ahead);
}

double Load::power(unsigned object, UtcTime at) const {
    const Flow& flow = flows[object - 1];
    const double hours = hours_since_beginning(at);
    const std::int64_t quarter = quarter_of(hours);
    const double unsteady = (jitter(object, quarter + 1) - jitter(object, quarter)) / hours_of_quarter;
    return config_.mean_kw * flow.share * (1 + swing * std::cos(angle(flow, hours)) + unsteady);
}

double Load::phase_voltage(unsigned phase, UtcTime at) const {
    const std::int64_t second = duration_cast<seconds>(at.time_since_epoch()).count();
    return nominal_voltage * (1 + voltage_swing * (2 * noise(100 + phase, second) - 1));
}

Reading Load::reading(Variable variable, UtcTime at) const {
    const auto number = static_cast<unsigned>(variable);
    constexpr auto first_power = static_cast<unsigned>(Variable::power_active_total);
    constexpr auto first_current = static_cast<unsigned>(Variable::current_phase1);
    if (number < first_power) return {std::floor(energy(number + 1, at)), true};

    const double active = power(1, at) - power(2, at);
    const double reactive = power(3, at) + power(4, at) - power(5, at) - power(6, at);
    if (number < first_current) {
        const unsigned of = (number - first_power) / 3;  // 0: all phases
        const double share = of == 0 ? 1 : phase_shares[of - 1];
        switch ((number - first_power) % 3) {
            case 0: return {active * share, true};
            case 1: return {reactive * share, true};
            default: return {std::abs(active) / std::hypot(active, reactive), true};
        }
    }
    const unsigned phase = (number - first_current) / 2;
    const double secondary_voltage = phase_voltage(phase, at);
    if ((number - first_current) % 2 == 1) return {secondary_voltage, true};
    const iec102::Ratios& ratios = config_.ratios;
    const double voltage = secondary_voltage * ratios.primary_voltage / std::max(1u, ratios.secondary_voltage);
    const double apparent = std::hypot(active, reactive) * phase_shares[phase];
    return {apparent * 1000 / voltage * ratios.secondary_current / std::max(1u, ratios.primary_current), true};
}

iec102::InstantaneousValues Load::values(UtcTime at, minutes utc_offset) const {
    iec102::InstantaneousValues values;
    const auto fixed = [&](const iec102::VariableRow& row) -> const std::optional<Reading>& {
        return config_.fixed[static_cast<std::size_t>(row.variable)];
    };
    for (const iec102::VariableRow& row : iec102::all_variables())
        iec102::write(row.variable, fixed(row) ? *fixed(row) : reading(row.variable, at), values);
    // Last: quantities that share a validity bit are invalid together.
    for (const iec102::VariableRow& row : iec102::all_variables())
        if (fixed(row) && !fixed(row)->valid) iec102::write(row.variable, *fixed(row), values);
    const iec102::TimeLabelA label = iec102::label_a(at, utc_offset);
    values.energies->time = values.powers->time = values.voltages->time = label;
    return values;
}

}  // namespace busbar::sim
