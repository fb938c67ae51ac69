#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "iec102/meter/configuration.hpp"
#include "iec102/meter/variable.hpp"

namespace busbar::sim {

/// What is behind a simulated meter.
struct LoadConfig {
    double mean_kw = 60;  // imported, over a day
    std::uint32_t seed = 1;
    iec102::Ratios ratios{4000, 4000, 2000, 50};                                 // 400 V directly, 200 A to 5 A
    std::array<std::optional<iec102::Reading>, iec102::variable_count> fixed{};  // instead of what the load does
};

/// A load with its day, as a function of time and seed alone: readings of any moment fit each other, and power is the
/// slope of energy. Nothing is kept, nothing runs.
class Load {
public:
    explicit Load(const LoadConfig& config) : config_(config) {}

    /// Counter of object 1 to 6 (active import and export, reactive Q1 to Q4) in kWh or kVArh; never falls.
    double energy(unsigned object, UtcTime at) const;
    /// Everything a meter shows at that moment.
    iec102::InstantaneousValues values(UtcTime at, std::chrono::minutes utc_offset) const;

private:
    double power(unsigned object, UtcTime at) const;
    double noise(std::uint64_t what, std::int64_t when) const;
    double jitter(unsigned object, std::int64_t quarter) const;
    iec102::Reading reading(iec102::Variable variable, UtcTime at) const;
    double phase_voltage(unsigned phase, UtcTime at) const;

    LoadConfig config_;
};

}  // namespace busbar::sim
