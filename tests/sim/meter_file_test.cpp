#include "sim/meter/meter_file.hpp"
#include "support/source_dir.hpp"

#include <gtest/gtest.h>

namespace busbar::sim {
namespace {

using namespace std::chrono_literals;
using iec102::Variable;

Result<std::vector<SimMeterConfig>> parse(std::string_view text) { return parse_meters(text, "meters.toml", {}); }

std::string why(const std::string& members) { return parse("[[meter]]\n" + members).error().what; }

TEST(MeterFile, TakesEveryMember) {
    const auto meters = parse(R"([[meter]]
name = "feeder 1"
link_address = 34572
point_address = 2
password = 12345678
login_refusal = "silent"
session_timeout_s = 60
instantaneous = false
manufacturer = 7
equipment = 4294967295
utc_offset_minutes = 0
depth_days = 10
mean_kw = 0.5
seed = 9
primary_v = 20000
secondary_v = 110
primary_a = 100
secondary_a = 5
invalid = ["voltage.phase1", "power.active.total"]
[meter.values]
"power.active.total" = -1250
"voltage.phase3" = 238.9
[[meter]]
)");
    ASSERT_TRUE(meters) << meters.error().what;
    ASSERT_EQ(meters->size(), 2u);
    const SimMeterConfig& meter = meters->front();
    EXPECT_EQ(meter.name, "feeder 1");
    EXPECT_EQ(meter.link_address, 34572);
    EXPECT_EQ(meter.point_address, 2);
    EXPECT_EQ(meter.password, 12345678u);
    EXPECT_EQ(meter.refusal, LoginRefusal::silent);
    EXPECT_EQ(meter.session_timeout, 60s);
    EXPECT_FALSE(meter.instantaneous);
    EXPECT_EQ(meter.identification.manufacturer, 7);
    EXPECT_EQ(meter.identification.equipment, 4294967295u);
    EXPECT_EQ(meter.utc_offset, 0min);
    EXPECT_EQ(meter.depth_days, 10u);
    EXPECT_EQ(meter.load.mean_kw, 0.5);
    EXPECT_EQ(meter.load.seed, 9u);
    EXPECT_EQ(meter.load.ratios, (iec102::Ratios{200000, 1100, 1000, 50}));
    const auto fixed = [&](Variable variable) { return meter.load.fixed[static_cast<std::size_t>(variable)]; };
    EXPECT_EQ(fixed(Variable::power_active_total), (iec102::Reading{-1250, false}));
    EXPECT_EQ(fixed(Variable::voltage_phase3), (iec102::Reading{238.9, true}));
    EXPECT_EQ(fixed(Variable::voltage_phase1), (iec102::Reading{0, false}));
    EXPECT_EQ(fixed(Variable::current_phase1), std::nullopt);
    EXPECT_EQ((*meters)[1].link_address, 1);
}

TEST(MeterFile, NamesFileLineAndMember) {
    EXPECT_EQ(why("link_address = 65536"), "meters.toml:2: link_address: must be a whole number, 0 to 65535");
    EXPECT_EQ(why("\npoint_address = -1"), "meters.toml:3: point_address: must be a whole number, 0 to 65535");
    EXPECT_EQ(why("password = \"secret\""), "meters.toml:2: password: must be a whole number, 0 to 4294967295");
    EXPECT_EQ(why("mean_kw = 0"), "meters.toml:2: mean_kw: must be a number, 0.001 to 1000000");
    EXPECT_EQ(why("depth_days = 3651"), "meters.toml:2: depth_days: must be a whole number, 0 to 3650");
    EXPECT_EQ(why("seed = 1.5"), "meters.toml:2: seed: must be a whole number, 0 to 4294967295");
    EXPECT_EQ(why("primary_v = 0"), "meters.toml:2: primary_v: must be a number, 0.1 to 400000000");
    EXPECT_EQ(why("instantaneous = 1"), "meters.toml:2: instantaneous: must be true or false");
    EXPECT_EQ(why("login_refusal = \"never\""), "meters.toml:2: login_refusal: must be negative, nack or silent");
    EXPECT_EQ(why("name = 3"), "meters.toml:2: name: must be text of at most 256 characters");
    EXPECT_EQ(why("values = { \"power\" = 1 }"),
              "meters.toml:2: values: \"power\" is no variable; its name needs quotation marks");
    EXPECT_EQ(why("values = { \"voltage.phase1\" = \"x\" }"),
              "meters.toml:2: values: \"voltage.phase1\" must be a number, -999999999 to 999999999");
    EXPECT_EQ(why("invalid = [\"voltage\"]"), "meters.toml:2: invalid: \"voltage\" is no variable");
    EXPECT_EQ(why("colour = 1"), "meters.toml:2: colour: is unknown");
    EXPECT_EQ(why("[[meter]]"), "meters.toml: two meters have the link address 1");
    EXPECT_EQ(parse("[meter]\n").error().what, "meters.toml:1: meter: only [[meter]] tables are known");
    EXPECT_EQ(parse("").error().what, "meters.toml: has no [[meter]]");
    EXPECT_EQ(read_meters("/nowhere.toml", {}).error().what, "/nowhere.toml: cannot be read");
}

TEST(MeterFile, HasABoundedNumberOfMeters) {
    std::string text;
    for (std::size_t link = 1; link <= most_meters; ++link)
        text += "[[meter]]\nlink_address = " + std::to_string(link) + "\n";
    EXPECT_EQ(parse(text)->size(), most_meters);
    EXPECT_EQ(parse(text + "[[meter]]\nlink_address = 0\n").error().what, "meters.toml: more than 1000 meters");
}

TEST(MeterFile, OfTheExamplesIsGood) {
    const auto meters = read_meters(tests::source_dir + "/examples/sim/meters.toml", {});
    ASSERT_TRUE(meters) << meters.error().what;
    EXPECT_EQ(meters->size(), 3u);
}

TEST(MeterFile, TakesTheRestFromTheOptions) {
    SimMeterConfig base;
    base.password = 7;
    const auto meters = parse_meters("[[meter]]\nlink_address = 2\n", "meters.toml", base);
    ASSERT_TRUE(meters);
    EXPECT_EQ(meters->front().password, 7u);
}

}  // namespace
}  // namespace busbar::sim
