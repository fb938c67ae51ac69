#include "iec102/meter/variable.hpp"

#include <gtest/gtest.h>

#include <set>

#include "iec102/ft12/frame.hpp"
#include "iec102/meter/visit.hpp"

namespace busbar::iec102 {
namespace {

// Captured from a real meter; the frame begins 68 68 68 68.
constexpr std::string_view capture =
    "68 68 68 68 08 01 00 A3 03 05 01 00 00"
    "C0 62 E7 03 00 D2 0F 01 00 99 B1 00 00 5E 25 00 00 9D 01 00 00 06 0B 00 00 37 92 6E 04 15"
    "C1 08 00 00 03 00 00 9A 03 02 00 00 00 00 00 DC 01 03 00 00 01 00 00 05 02 02 00 00 01 00 00 AA 01 37 92 6E 04 15"
    "C2 0C 00 00 55 09 00 00 0D 00 00 55 09 00 00 0C 00 00 47 09 00 00 37 92 6E 04 15 03 16";

// 999999999; 134217728; 16777216; 5 invalid.
constexpr std::string_view large_energies =
    "68 27 27 68 08 01 00 A3 01 05 01 00 00 C0 FF C9 9A 3B 00 00 00 08 00 00 00 01 05 00 00 80 00 00 00 00 00 00 00 00 "
    "1E 8C "
    "B1 07 1A 1A 16";
constexpr std::string_view exported_powers =
    "68 2F 2F 68 08 01 00 A3 01 05 01 00 00 C1 E2 04 00 36 01 00 CA 0F A1 01 00 67 00 00 CA 0F A0 01 00 68 00 00 CB 07 "
    "00 "
    "00 00 00 00 00 00 80 1E 8C B1 07 1A 23 16";

InstantaneousValues values_of(std::string_view hex) {
    const OctetBuffer octets = from_hex(hex).value();
    const ReceivedValues received = instantaneous_values(parse_asdu(parse_frame(octets)->asdu).value());
    EXPECT_FALSE(received.fault);
    return received.values;
}

struct Expected {
    const char* name;
    double value;
};

TEST(Variables, OfTheRealCaptureAreWhatOtherProgramsRead) {
    const InstantaneousValues values = values_of(capture);
    constexpr Expected expected[] = {{"energy.active.imported", 255842},
                                     {"energy.active.exported", 69586},
                                     {"energy.reactive.q1", 45465},
                                     {"energy.reactive.q2", 9566},
                                     {"energy.reactive.q3", 413},
                                     {"energy.reactive.q4", 2822},
                                     {"power.active.total", 8},
                                     {"power.reactive.total", 3},
                                     {"power.factor.total", 0.922},
                                     {"power.active.phase1", 2},
                                     {"power.reactive.phase1", 0},
                                     {"power.factor.phase1", 0.476},
                                     {"power.active.phase2", 3},
                                     {"power.reactive.phase2", 1},
                                     {"power.factor.phase2", 0.517},
                                     {"power.active.phase3", 2},
                                     {"power.reactive.phase3", 1},
                                     {"power.factor.phase3", 0.426},
                                     {"current.phase1", 1.2},
                                     {"voltage.phase1", 238.9},
                                     {"current.phase2", 1.3},
                                     {"voltage.phase2", 238.9},
                                     {"current.phase3", 1.2},
                                     {"voltage.phase3", 237.5}};
    std::set<std::string> seen;
    for (const auto& [name, value] : expected) {
        const auto variable = find_variable(name);
        ASSERT_TRUE(variable) << name;
        EXPECT_EQ(read(*variable, values), (Reading{value, true})) << name;
        seen.insert(name);
    }
    EXPECT_EQ(seen.size(), variable_count);
}

TEST(Variables, TimeOfTheRealCapture) {
    const InstantaneousValues values = values_of(capture);
    const auto time = parse_iso8601("2021-04-14T16:55:00Z");
    EXPECT_EQ(utc_time(values.energies->time), time);
    EXPECT_EQ(utc_time(values.powers->time), time);
    EXPECT_EQ(utc_time(values.voltages->time), time);
}

TEST(Variables, EnergiesHave30BitsAndAnInvalidBitEach) {
    const InstantaneousValues values = values_of(large_energies);
    EXPECT_EQ(read(Variable::energy_active_imported, values), (Reading{999'999'999, true}));
    EXPECT_EQ(read(Variable::energy_active_exported, values), (Reading{134'217'728, true}));
    EXPECT_EQ(read(Variable::energy_reactive_q1, values), (Reading{16'777'216, true}));
    EXPECT_EQ(read(Variable::energy_reactive_q2, values), (Reading{5, false}));
    EXPECT_EQ(read(Variable::energy_reactive_q3, values), (Reading{0, true}));
    EXPECT_FALSE(read(Variable::power_active_total, values));  // the object was not asked for
}

TEST(Variables, PowersTakeTheirSignFromTheDirectionBits) {
    const InstantaneousValues values = values_of(exported_powers);
    EXPECT_EQ(read(Variable::power_active_total, values), (Reading{-1250, true}));
    EXPECT_EQ(read(Variable::power_reactive_total, values), (Reading{-310, true}));
    EXPECT_EQ(read(Variable::power_factor_total, values), (Reading{0.970, true}));
    EXPECT_EQ(read(Variable::power_active_phase2, values), (Reading{-416, true}));
    EXPECT_EQ(read(Variable::power_reactive_phase2, values), (Reading{104, true}));
    EXPECT_EQ(read(Variable::power_factor_phase2, values), (Reading{0.971, true}));
    // One invalid bit for the phase's three measures, and for no other's.
    EXPECT_EQ(read(Variable::power_active_phase3, values), (Reading{0, false}));
    EXPECT_EQ(read(Variable::power_reactive_phase3, values), (Reading{0, false}));
    EXPECT_EQ(read(Variable::power_factor_phase3, values), (Reading{0, false}));
}

TEST(Variables, AnUnknownNameIsNone) {
    EXPECT_FALSE(find_variable("power.active"));
    EXPECT_FALSE(find_variable(""));
}

TEST(Variables, WhatIsWrittenIsRead) {
    for (const VariableRow& row : all_variables()) {
        InstantaneousValues values;
        write(row.variable, {0.5, true}, values);
        write(row.variable, {1, false}, values);
        EXPECT_EQ(read(row.variable, values), (Reading{1, false})) << row.name;
        write(row.variable, {0, true}, values);
        EXPECT_EQ(read(row.variable, values), (Reading{0, true})) << row.name;
    }
}

TEST(Variables, WritingRoundsAndStaysInRange) {
    InstantaneousValues values;
    write(Variable::power_active_total, {-3.6, true}, values);
    EXPECT_EQ(values.powers->total.active, 4u);
    EXPECT_TRUE(values.powers->total.exported);
    write(Variable::power_factor_total, {1.7, true}, values);
    EXPECT_EQ(values.powers->total.factor, 1000);
    write(Variable::energy_active_imported, {5e12, true}, values);
    EXPECT_EQ(values.energies->active_imported.value, 999'999'999u);
    write(Variable::voltage_phase3, {237.54, true}, values);
    EXPECT_EQ(values.voltages->phase3.voltage, 2375u);
}

TEST(Variables, TheCaptureIsMadeAgainOfItsVariables) {
    const InstantaneousValues captured = values_of(capture);
    InstantaneousValues made;
    for (const VariableRow& row : all_variables()) write(row.variable, *read(row.variable, captured), made);
    made.energies->time = made.powers->time = made.voltages->time = captured.powers->time;
    const OctetBuffer asdu = make_instantaneous_values({.cause = Cause::request, .point_address = 1}, made);
    EXPECT_EQ(to_hex(encode_frame({0x08, 1, asdu})), to_hex(from_hex(capture).value()));
}

}  // namespace
}  // namespace busbar::iec102
