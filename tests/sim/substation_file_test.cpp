#include "sim/rtu/substation_file.hpp"

#include <set>

#include "bench.hpp"
#include "support/source_dir.hpp"

namespace busbar::sim::test {
namespace {

TEST(SubstationFile, InTomlHasATableForEachPointAndCommand) {
    const auto substation = parse_substation_toml(R"(
[[point]]
casdu = 101
ioa = 1001
type = 31
name = "Q0"
value = 2
groups = [1, 3]
quality = ["NT"]
double = true
background = 60

[[point]]
casdu = 101
ioa = 2001
type = 36
min = 95
max = 125.5
value = 110.25
step = 0.5
period = 0.25

[[point]]
casdu = 101
ioa = 6001
type = 46
select = "select"
status = 1001
delay = 0.1
running = 2
terminate = false

[[point]]
casdu = 101
ioa = 7001
type = 112
name = "threshold"
of = 2001
)",
                                                  "test.toml");
    ASSERT_TRUE(substation) << substation.error().what;
    ASSERT_EQ(substation->points.size(), 2u);
    const SimPoint& breaker = substation->points[0];
    EXPECT_EQ(breaker.common_address, 101);
    EXPECT_EQ(breaker.ioa, 1001u);
    EXPECT_EQ(breaker.name, "Q0");
    EXPECT_EQ(breaker.value.number, 2);
    EXPECT_EQ(breaker.minimum, 1);
    EXPECT_EQ(breaker.attributes.groups, 0b101);
    EXPECT_TRUE(breaker.attributes.double_transmission);
    EXPECT_EQ(breaker.attributes.background, 60s);
    EXPECT_TRUE(breaker.value.quality.has(point::Flag::NT));
    EXPECT_EQ(substation->points[1].maximum, 125.5);
    EXPECT_EQ(substation->points[1].period, 250ms);
    ASSERT_EQ(substation->parameters.size(), 1u);
    EXPECT_EQ(substation->parameters[0].ioa, 7001u);
    EXPECT_EQ(substation->parameters[0].of, 2001u);
    ASSERT_EQ(substation->commands.size(), 1u);
    const SimCommand& command = substation->commands[0];
    EXPECT_EQ(command.select, SelectMode::select);
    EXPECT_EQ(command.status, 1001u);
    EXPECT_EQ(command.delay, 100ms);
    EXPECT_EQ(command.running, 2s);
    EXPECT_FALSE(command.terminate);
}

TEST(SubstationFile, InCsvHasALineForEach) {
    const auto substation = parse_substation_csv(
        "# bay 1\ncasdu,ioa,type,name,value,min,max,select\n"
        "101,1001,30,\"switch, \"\"local\"\"\",true,,,\n"
        "\n"
        "101,6001,45,,,,,direct\r\n"
        "101,2001,13,voltage, 1.5 ,0,2,",
        "test.csv");
    ASSERT_TRUE(substation) << substation.error().what;
    ASSERT_EQ(substation->points.size(), 2u);
    EXPECT_EQ(substation->points[0].name, "switch, \"local\"");
    EXPECT_EQ(substation->points[0].value.number, 1);
    EXPECT_EQ(substation->points[1].value.number, 1.5);
    ASSERT_EQ(substation->commands.size(), 1u);
    EXPECT_EQ(substation->commands[0].select, SelectMode::direct);
}

TEST(SubstationFile, InCsvMayHaveSemicolons) {
    const auto substation = parse_substation_csv("casdu;ioa;type;groups\n7;1;36;2 16\n", "test.csv");
    ASSERT_TRUE(substation) << substation.error().what;
    EXPECT_EQ(substation->points.at(0).attributes.groups, 0x8002);
}

struct Fault {
    std::string_view line;
    std::string_view error;
};

class SubstationFileFault : public testing::TestWithParam<Fault> {};

TEST_P(SubstationFileFault, IsNamedWithItsPlace) {
    const std::string text =
        "casdu,ioa,type,name,value,min,max,step,period,quality,groups,select,status,refuse,voltage\n" +
        std::string(GetParam().line);
    const auto substation = parse_substation_csv(text, "test.csv");
    ASSERT_FALSE(substation);
    EXPECT_EQ(substation.error().what, "test.csv:2: " + std::string(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    All, SubstationFileFault,
    testing::Values(
        Fault{"0,1,30", "casdu: 0 is not in 1 to 65534"}, Fault{"x,1,30", "casdu: \"x\" is no number"},
        Fault{"1.5,1,30", "casdu: 1.5 is no whole number"},
        Fault{"1,16777216,30", "ioa: 16777216 is not in 1 to 16777215"}, Fault{"1,1", "type: is missing"},
        Fault{",1,30", "casdu: is missing"},
        Fault{
            "1,1,70",
            "type: 70 is neither process information (1-21, 30-40), nor a command (45-51), nor a parameter (110-112)"},
        Fault{
            "1,1,58",
            "type: 58 is neither process information (1-21, 30-40), nor a command (45-51), nor a parameter (110-112)"},
        Fault{"1,1,30,,maybe", "value: \"maybe\" is no number"}, Fault{"1,1,30,,2", "value: 2 is not in 0 to 1"},
        Fault{"1,1,36,,5,6,7", "value: 5 is not in 6 to 7"}, Fault{"1,1,36,,,7,6", "min: 7 is greater than max (6)"},
        Fault{"1,1,35,,,0,40000", "min, max: type 35 carries -32768 to 32767"},
        Fault{"1,1,36,,,,,,-1", "period: -1 is not in 0 to 10000000"},
        Fault{"1,1,36,,,,,,,NT XX", "quality: \"XX\" is no quality flag"},
        Fault{"1,1,36,,,,,,,,17", "groups: 17 is not in 1 to 16"},
        Fault{"1,1,36,,,,,,,,,direct", "select: type 36 has no such member"},
        Fault{"1,1,45,,1", "value: type 45 has no such member"},
        Fault{"1,1,45,,,,,,,,,never", "select: \"never\" is none of direct, select, both"},
        Fault{"1,1,45,,,,,,,,,,,yes", "refuse: \"yes\" is neither true nor false"},
        Fault{"1,1,36,,,,,,,,,,,,5", "voltage: there is no such member"},
        Fault{"1,1,36,,,,,,,,,,,,,,", "17 fields, but the first line names 15"}));

TEST(SubstationFile, RefusesAnAddressThatIsThereTwice) {
    const auto twice = parse_substation_csv("casdu,ioa,type\n1,5,30\n1,5,36\n", "test.csv");
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().what, "test.csv:3: ioa: casdu 1 has 5 twice");
    // A command and its status may share one.
    EXPECT_TRUE(parse_substation_csv("casdu,ioa,type\n1,5,30\n1,5,45\n", "test.csv"));
}

TEST(SubstationFile, RefusesAParameterOfWhatIsNoMeasuredValue) {
    const auto fault = [](const std::string& lines) {
        const auto read = parse_substation_csv("casdu,ioa,type,of\n1,5,30,\n1,6,36,\n" + lines, "test.csv");
        return read ? "" : read.error().what;
    };
    EXPECT_EQ(fault("1,7,112,6\n"), "");
    EXPECT_EQ(fault("1,7,112,\n"), "test.csv:4: of: is missing");
    EXPECT_EQ(fault("1,7,112,5\n"), "test.csv: casdu 1 ioa 7: of: 5 is no measured value");
    EXPECT_EQ(fault("1,7,112,9\n"), "test.csv: casdu 1 ioa 7: of: 9 is no measured value");
    EXPECT_EQ(fault("1,6,112,6\n"), "test.csv:4: ioa: casdu 1 has 6 twice");
    EXPECT_EQ(fault("1,7,30,6\n"), "test.csv:4: of: type 30 has no such member");
}

TEST(SubstationFile, InTomlNamesTheLineOfAnError) {
    EXPECT_EQ(parse_substation_toml("[[point]]\ncasdu = 1\nioa = \n", "a.toml").error().what.substr(0, 9), "a.toml:3:");
    EXPECT_EQ(parse_substation_toml("\n[[point]]\ncasdu = 1\n", "a.toml").error().what, "a.toml:2: ioa: is missing");
    EXPECT_EQ(parse_substation_toml("[rtu]\n", "a.toml").error().what,
              "a.toml:1: rtu: only [[point]] tables are known");
}

TEST(SubstationFile, ThatIsNotThereIsNamed) {
    EXPECT_EQ(read_substation("/nowhere/points.toml").error().what, "/nowhere/points.toml: cannot be read");
}

TEST(SubstationFile, ExampleIsASubstationOfAllCommonTypes) {
    const auto substation = read_substation(tests::source_dir + "/examples/sim/substation.toml");
    ASSERT_TRUE(substation) << substation.error().what;
    EXPECT_GE(substation->points.size(), 20u);
    std::set<unsigned> types;
    for (const SimPoint& point : substation->points) {
        types.insert(point.type);
        EXPECT_NE(point.name, "");
    }
    for (const unsigned type : {1u, 3u, 5u, 7u, 9u, 11u, 13u, 15u, 30u, 31u, 32u, 33u, 34u, 35u, 36u, 37u}) {
        EXPECT_TRUE(types.contains(type)) << type;
    }
    EXPECT_GE(substation->commands.size(), 4u);
}

}  // namespace
}  // namespace busbar::sim::test
