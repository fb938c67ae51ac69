#include "config/mapping.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/document.hpp"

namespace busbar::config {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

std::string points(const std::string& list) { return "{\"points\":[" + list + "]}"; }

TEST(Mapping, ExposesAllWithoutAWord) {
    const auto reading = read_mapping("{}");
    EXPECT_THAT(reading.faults, IsEmpty());
    EXPECT_EQ(reading.value, Mapping{});
    EXPECT_EQ(reading.value.expose, Exposure::all);
}

TEST(Mapping, TakesEveryMemberOfAPoint) {
    const auto reading = read_mapping(R"({"revision":1,"expose":"mapped","points":[
        {"casdu":1,"ioa":100,"from":{"casdu":150,"ioa":0},"type":36,"name":"feeder","scale":0.001,"offset":-2.5,"invert":true,
         "deadband":0.5,"latest":true,"groups":[1,16],"counter_group":4,"cyclic":10,"background":60,"double":true},
        {"casdu":1,"ioa":100,"type":50,"command":true,"select":"direct"}]})");
    EXPECT_THAT(reading.faults, IsEmpty());
    EXPECT_THAT(reading.warnings, IsEmpty());
    EXPECT_EQ(reading.value.revision, 1u);
    EXPECT_EQ(reading.value.expose, Exposure::mapped);
    ASSERT_EQ(reading.value.points.size(), 2u);
    MappedPoint wanted;
    wanted.casdu = 1;
    wanted.ioa = 100;
    wanted.from = Address{150, 0};
    wanted.type = 36;
    wanted.name = "feeder";
    wanted.scale = 0.001;
    wanted.offset = -2.5;
    wanted.invert = true;
    wanted.deadband = 0.5;
    wanted.latest = true;
    wanted.groups = {1, 16};
    wanted.counter_group = 4;
    wanted.cyclic = 10s;
    wanted.background = 60s;
    wanted.double_transmission = true;
    EXPECT_EQ(reading.value.points[0], wanted);
    EXPECT_EQ(reading.value.points[0].source(), (Address{150, 0}));
    EXPECT_TRUE(reading.value.points[1].command);
    EXPECT_EQ(reading.value.points[1].select, SelectMode::direct);
    EXPECT_EQ(reading.value.points[1].source(), (Address{1, 100}));
    EXPECT_EQ(read_mapping(write_json(reading.value)).value, reading.value);
}

TEST(Mapping, RefusesAddressesThatNoLineCarries) {
    EXPECT_THAT(read_mapping(points(R"({"casdu":0,"ioa":1},{"casdu":65535,"ioa":1},{"casdu":1,"ioa":0},
                                       {"casdu":1,"ioa":16777216},{"ioa":1},{"casdu":1})"))
                    .faults,
                testing::IsSupersetOf({"points[0].casdu: 0 must be 1-65534", "points[1].casdu: 65535 must be 1-65534",
                                       "points[2].ioa: 0 is for the activation of all parameters (type 113) alone",
                                       "points[3].ioa: 16777216 must be 0-16777215", "points[4].casdu: is missing",
                                       "points[5].ioa: is missing"}));
}

TEST(Mapping, RefusesTypesThatAPointCannotHave) {
    const auto faults = [](const std::string& type) {
        return read_mapping(points(R"({"casdu":1,"ioa":1,"type":)" + type + "}")).faults;
    };
    for (const char* good : {"1", "21", "30", "40", "45", "51", "110", "113", "null"})
        EXPECT_THAT(faults(good), IsEmpty()) << good;
    for (const char* bad : {"22", "29", "41", "44", "52", "57", "65", "70", "109"})
        EXPECT_THAT(faults(bad), ElementsAre("points[0].type: " + std::string(bad) +
                                             " must be 1-21, 30-40 or, for commands, 45-51 or 110-113"));
    EXPECT_THAT(
        faults("58"),
        ElementsAre("points[0].type: 58 must be the type without time tag (45); commands.time_tag says which come"));
    EXPECT_THAT(faults("0"), ElementsAre("points[0].type: 0 must be 1-113"));
}

TEST(Mapping, LetsOnlyCommandTypesBeCommanded) {
    EXPECT_THAT(read_mapping(points(R"({"casdu":1,"ioa":1,"command":true},{"casdu":1,"ioa":2,"type":36,"command":true},
                                       {"casdu":1,"ioa":3,"type":45,"command":true})"))
                    .faults,
                ElementsAre("points[0].command: needs a type 45-51 or 110-113",
                            "points[1].command: needs a type 45-51 or 110-113"));
}

TEST(Mapping, ACommandAParameterAndItsActivationMayShareAnAddress) {
    EXPECT_THAT(read_mapping(points(R"({"casdu":1,"ioa":1},{"casdu":1,"ioa":1,"type":45,"command":true},
                                       {"casdu":1,"ioa":1,"type":112,"command":true},
                                       {"casdu":1,"ioa":1,"type":113,"command":true},
                                       {"casdu":1,"ioa":0,"type":113,"command":true})"))
                    .faults,
                IsEmpty());
    EXPECT_THAT(read_mapping(points(R"({"casdu":1,"ioa":1,"type":110,"command":true},
                                       {"casdu":1,"ioa":1,"type":112,"command":true},{"casdu":1,"ioa":0,"type":45})"))
                    .faults,
                ElementsAre("points[2].ioa: 0 is for the activation of all parameters (type 113) alone",
                            "points[1]: casdu 1, ioa 1 is also that of the command point points[0]"));
}

TEST(Mapping, RefusesAPointThatIsThereTwice) {
    EXPECT_THAT(read_mapping(points(R"({"casdu":1,"ioa":1},{"casdu":1,"ioa":1,"type":45},{"casdu":2,"ioa":1},
                                       {"casdu":1,"ioa":1,"type":36},{"casdu":1,"ioa":1,"type":46}))"))
                    .faults,
                testing::SizeIs(1));
    EXPECT_THAT(read_mapping(points(R"({"casdu":1,"ioa":1},{"casdu":1,"ioa":1,"type":45},{"casdu":2,"ioa":1},
                                       {"casdu":1,"ioa":1,"type":36},{"casdu":1,"ioa":1,"type":46})"))
                    .faults,
                ElementsAre("points[3]: casdu 1, ioa 1 is also that of points[0]",
                            "points[4]: casdu 1, ioa 1 is also that of the command point points[1]"));
}

TEST(Mapping, RefusesAScaleThatLosesTheValue) {
    EXPECT_THAT(read_mapping(points(R"({"casdu":1,"ioa":1,"scale":0})")).faults,
                ElementsAre("points[0].scale: 0 must be another number"));
    EXPECT_THAT(read_mapping(points(R"({"casdu":1,"ioa":1,"scale":"x"})")).faults,
                ElementsAre("points[0].scale: \"x\" must be a number"));
    EXPECT_THAT(read_mapping(points(R"({"casdu":1,"ioa":1,"deadband":-0.1})")).faults,
                ElementsAre("points[0].deadband: -0.1 must be at least 0"));
}

TEST(Mapping, ComparesItselfWithTheLinesSizes) {
    Mapping mapping;
    mapping.points.resize(3);
    mapping.points[0].casdu = 254;
    mapping.points[0].ioa = 255;
    mapping.points[1].casdu = 255;
    mapping.points[1].ioa = 256;
    mapping.points[2].casdu = 65534;
    mapping.points[2].ioa = 16777215;
    Protocol protocol;
    EXPECT_THAT(check_fits(mapping, protocol), IsEmpty());
    protocol.ca_size = 1;
    EXPECT_THAT(check_fits(mapping, protocol),
                ElementsAre("points[1].casdu: 255 must be at most 254 with ca_size 1",
                            "points[2].casdu: 65534 must be at most 254 with ca_size 1"));
    protocol.ca_size = 2;
    protocol.ioa_size = 1;
    EXPECT_THAT(check_fits(mapping, protocol),
                ElementsAre("points[1].ioa: 256 must be at most 255 with ioa_size 1",
                            "points[2].ioa: 16777215 must be at most 255 with ioa_size 1"));
}

TEST(Mapping, SaysWhereJsonIsMalformed) {
    EXPECT_THAT(read_mapping("{\"points\":[\n{\"casdu\":1,\n\"ioa\":}]}").faults,
                ElementsAre(testing::StartsWith("line 3, column 7: ")));
    EXPECT_THAT(read_mapping("{\"points\":{}}").faults, ElementsAre("points: a table must be a list"));
    EXPECT_THAT(read_mapping("{\"points\":[7]}").faults,
                testing::Contains("points[0]: 7 must be a table of members (an object)"));
}

}  // namespace
}  // namespace busbar::config
