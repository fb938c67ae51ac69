#include "base/octets.hpp"

#include <gtest/gtest.h>

namespace busbar {
namespace {

TEST(Hex, WritesLowerCasePairs) {
    const OctetBuffer octets{0x68, 0x04, 0x0b, 0xff};
    EXPECT_EQ(to_hex(octets), "68040bff");
    EXPECT_EQ(to_hex(octets, ' '), "68 04 0b ff");
    EXPECT_EQ(to_hex({}), "");
}

TEST(Hex, ReadsPairsWhateverSeparatesThem) {
    const OctetBuffer octets{0x68, 0x04, 0x0b, 0xff};
    EXPECT_EQ(from_hex("68 04 0B fF").value(), octets);
    EXPECT_EQ(from_hex("68:04:0b:ff\r\n").value(), octets);
    EXPECT_EQ(from_hex(" 6804\t0bff").value(), octets);
    EXPECT_TRUE(from_hex("").value().empty());
    EXPECT_TRUE(from_hex(" \n").value().empty());
}

TEST(Hex, NamesTheCharacterThatIsNoDigit) {
    const auto wrong = from_hex("68 0x");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().what, "'x' is not a hex digit");
    EXPECT_EQ(wrong.error().at, 4u);

    const auto half = from_hex("68 0");
    ASSERT_FALSE(half);
    EXPECT_EQ(half.error().what, "hex text ends in the middle of an octet");
    EXPECT_EQ(half.error().at, 4u);

    EXPECT_EQ(from_hex("6 8").error().at, 1u);
}

TEST(Hex, ReadsIntoSmallPlacesOnlyWhatFits) {
    std::array<Octet, 2> out{};
    EXPECT_EQ(read_hex("a1B2", out), 2u);
    EXPECT_EQ(out[1], 0xb2);
    EXPECT_EQ(read_hex("", out), 0u);
    EXPECT_EQ(read_hex("a1b2c3", out), std::nullopt);
    EXPECT_EQ(read_hex("a", out), std::nullopt);
    EXPECT_EQ(read_hex("a 1b", out), std::nullopt);
}

}  // namespace
}  // namespace busbar
