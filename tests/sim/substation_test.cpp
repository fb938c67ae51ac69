#include "sim/rtu/substation.hpp"

#include <set>

#include "bench.hpp"
#include "iec60870/asdu/type_table.hpp"

namespace busbar::sim::test {
namespace {

const UtcTime time_tag{1795251600123ms};

struct Row {
    unsigned type;
    SimValue value;
    std::string_view element;
};

class SimValueOctets : public testing::TestWithParam<Row> {};

TEST_P(SimValueOctets, AreThoseOfTheType) {
    EXPECT_EQ(hex(encode_value(static_cast<TypeId>(GetParam().type), GetParam().value, time_tag)), GetParam().element);
}

point::Quality not_topical() {
    point::Quality quality;
    quality.set(point::Flag::NT);
    return quality;
}

INSTANTIATE_TEST_SUITE_P(
    Types, SimValueOctets,
    testing::Values(Row{1, {.number = 1}, "01"}, Row{1, {.number = 1, .quality = not_topical()}, "41"},
                    Row{30, {.number = 1}, "01 7B 00 00 09 15 0B 1A"}, Row{2, {.number = 0}, "00 7B 00 00"},
                    Row{3, {.number = 2}, "02"}, Row{5, {.number = -64}, "40 00"}, Row{5, {.number = 1000}, "3F 00"},
                    Row{7, {.number = 4294967295.0}, "FF FF FF FF 00"}, Row{9, {.number = 1}, "FF 7F 00"},
                    Row{9, {.number = -1}, "00 80 00"}, Row{11, {.number = -2}, "FE FF 00"},
                    Row{13, {.number = 1.5}, "00 00 C0 3F 00"}, Row{15, {.number = 7, .sequence = 3}, "07 00 00 00 03"},
                    Row{20, {.number = 0x8001, .changed = 1}, "01 80 01 00 00"},
                    Row{38, {.number = 2, .duration_ms = 250}, "02 FA 00 7B 00 00 09 15 0B 1A"},
                    Row{39, {.number = 0b100001}, "21 00 00 00 7B 00 00 09 15 0B 1A"}));

TEST(SimValueOctets, SayTheirNumberAgain) {
    EXPECT_EQ(number_of(45, octets_of("81")), 1);
    EXPECT_EQ(number_of(48, octets_of("00 C0 80")), -0.5);
    EXPECT_EQ(number_of(50, octets_of("00 00 C0 3F 00")), 1.5);
}

TEST(GeneratedSubstation, HasSoManyPointsOfAllCommonTypes) {
    const std::array<CommonAddress, 2> stations{7, 9};
    const Substation substation = generate_substation(200, stations);
    ASSERT_EQ(substation.points.size(), 200u);
    std::set<unsigned> types;
    std::set<std::pair<CommonAddress, Ioa>> addresses;
    std::size_t of_seven = 0;
    for (const SimPoint& point : substation.points) {
        types.insert(point.type);
        addresses.insert({point.common_address, point.ioa});
        of_seven += point.common_address == 7;
        EXPECT_LE(point.minimum, point.value.number);
        EXPECT_GE(point.maximum, point.value.number);
    }
    EXPECT_EQ(of_seven, 100u);
    EXPECT_EQ(addresses.size(), 200u);
    for (const unsigned type : {1u, 3u, 5u, 7u, 9u, 11u, 13u, 15u, 20u, 30u, 31u, 32u, 33u, 34u, 35u, 36u, 37u, 38u}) {
        EXPECT_TRUE(types.contains(type)) << type;
    }
    EXPECT_EQ(substation.commands.size(), 14u);
    EXPECT_TRUE(substation.commands.front().status);
}

TEST(GeneratedSubstation, KeepsItsAddressesApartHoweverLargeItIs) {
    const std::array<CommonAddress, 1> stations{1};
    std::set<Ioa> addresses;
    for (const SimPoint& point : generate_substation(100'000, stations).points) addresses.insert(point.ioa);
    EXPECT_EQ(addresses.size(), 100'000u);
    EXPECT_LE(*addresses.rbegin(), 16'777'215u);
}

TEST(NumberedSubstation, HasOneTypeAndConsecutiveAddresses) {
    const std::array<CommonAddress, 2> stations{1, 2};
    const Substation substation = numbered_substation(5, 33, stations);
    std::string addresses;
    for (const SimPoint& point : substation.points)
        addresses += std::to_string(point.common_address) + "/" + std::to_string(point.ioa) + " ";
    EXPECT_EQ(addresses, "1/1 1/2 1/3 2/1 2/2 ");
    EXPECT_EQ(substation.points[0].type, 33);
}

}  // namespace
}  // namespace busbar::sim::test
