#include "sim/meter/load.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace busbar::sim {
namespace {

using namespace std::chrono;
using iec102::Reading;
using iec102::Variable;

constexpr UtcTime noon = sys_days(2026y / July / 17) + 12h;

double value(const Load& load, Variable variable, UtcTime at) {
    return iec102::read(variable, load.values(at, 60min))->value;
}

TEST(Load, CountersNeverFall) {
    const Load load({.mean_kw = 100});
    for (unsigned object = 1; object <= 6; ++object) {
        double before = load.energy(object, noon);
        for (UtcTime at = noon; at < noon + 48h; at += 97s) {
            const double now = load.energy(object, at);
            EXPECT_GE(now, before) << object;
            before = now;
        }
    }
}

TEST(Load, ImportsItsMeanOverADay) {
    const Load load({.mean_kw = 100});
    EXPECT_NEAR(load.energy(1, noon + 24h * 10) - load.energy(1, noon), 24'000, 24'000 * 0.01);
}

TEST(Load, PowerIsTheSlopeOfEnergy) {
    const Load load({.mean_kw = 10'000});
    for (UtcTime at = noon; at < noon + 24h; at += 1h + 7min) {
        const double slope =
            (load.energy(1, at + 1s) - load.energy(1, at) - load.energy(2, at + 1s) + load.energy(2, at)) * 3600;
        EXPECT_NEAR(value(load, Variable::power_active_total, at), slope, 2);
    }
}

TEST(Load, PhasesMakeTheTotal) {
    const Load load({.mean_kw = 100'000});
    const double phases = value(load, Variable::power_active_phase1, noon) +
                          value(load, Variable::power_active_phase2, noon) +
                          value(load, Variable::power_active_phase3, noon);
    EXPECT_NEAR(phases, value(load, Variable::power_active_total, noon), 3);
}

TEST(Load, VoltagesAndCurrentsAreSecondaryAndFitThePower) {
    const Load load({.mean_kw = 100});
    const double voltage = value(load, Variable::voltage_phase1, noon);
    EXPECT_NEAR(voltage, 230, 5);
    const double apparent = voltage * value(load, Variable::current_phase1, noon) * 40 / 1000;  // 200 A to 5 A
    EXPECT_NEAR(apparent,
                std::hypot(value(load, Variable::power_active_phase1, noon),
                           value(load, Variable::power_reactive_phase1, noon)),
                2);
}

TEST(Load, IsTheSameFromTheSameSeedAndAnotherFromAnother) {
    EXPECT_EQ(Load({.seed = 1}).values(noon, 60min), Load({.seed = 1}).values(noon, 60min));
    EXPECT_NE(Load({.seed = 1}).energy(1, noon), Load({.seed = 2}).energy(1, noon));
}

TEST(Load, HasWhatIsFixed) {
    LoadConfig config;
    config.fixed[static_cast<std::size_t>(Variable::power_active_total)] = Reading{-1250, true};
    config.fixed[static_cast<std::size_t>(Variable::energy_active_imported)] = Reading{999'999'999, true};
    config.fixed[static_cast<std::size_t>(Variable::current_phase2)] = Reading{0, false};
    const auto values = Load(config).values(noon, 60min);
    EXPECT_EQ(iec102::read(Variable::power_active_total, values), (Reading{-1250, true}));
    EXPECT_EQ(iec102::read(Variable::energy_active_imported, values), (Reading{999'999'999, true}));
    EXPECT_FALSE(iec102::read(Variable::current_phase2, values)->valid);
    EXPECT_FALSE(iec102::read(Variable::voltage_phase2, values)->valid);  // one bit for both
    EXPECT_TRUE(iec102::read(Variable::current_phase1, values)->valid);
}

TEST(Load, LabelsItsValuesWithLocalTime) {
    const auto values = Load({}).values(noon + 90s, 60min);
    EXPECT_EQ(values.energies->time.hour, 14);
    EXPECT_EQ(values.energies->time.minute, 1);
    EXPECT_TRUE(values.energies->time.summer);
    EXPECT_EQ(values.voltages->time, values.energies->time);
}

}  // namespace
}  // namespace busbar::sim
