#include "sim/wire/ft12_text.hpp"

#include <gtest/gtest.h>

namespace busbar::sim {
namespace {

std::string concealed(std::string_view hex) { return ft12_hex(from_hex(hex).value(), false); }

constexpr const char* login = "68 0D 0D 68 73 01 00 B7 01 06 01 00 00 07 00 00 00 3A 16";

TEST(Ft12Text, ConcealsTheLoginsPasswordAndItsChecksum) {
    EXPECT_EQ(concealed(login), "680d0d68730100b70106010000xxxxxxxxxx16");
    EXPECT_EQ(concealed("68 0D 0D 68 08 01 00 B7 01 07 01 00 00 07 00 00 00 D0 16"),
              "680d0d68080100b70107010000xxxxxxxxxx16");
}

TEST(Ft12Text, ConcealsItBehindNoiseTwiceAndCut) {
    EXPECT_EQ(concealed(std::string("FF 68 ") + login), "ff68680d0d68730100b70106010000xxxxxxxxxx16");
    EXPECT_EQ(concealed(std::string(login) + login),
              "680d0d68730100b70106010000xxxxxxxxxx16680d0d68730100b70106010000xxxxxxxxxx16");
    EXPECT_EQ(concealed("68 0D 0D 68 73 01 00 B7 01 06 01 00 00 07 00"), "680d0d68730100b70106010000xxxx");
}

TEST(Ft12Text, ConcealsThePasswordAmongTheParameters) {
    OctetBuffer frame{0x68, 0x15, 0x15, 0x68, 8, 1, 0, 129, 1, 5, 1, 0, 0};
    const OctetBuffer body{0x0c, 0x87, 1, 1, 0, 0xd2, 0x02, 0x96, 0x49, 15, 60, 0};
    frame.insert(frame.end(), body.begin(), body.end());
    frame.insert(frame.end(), {0x55, 0x16});
    EXPECT_EQ(ft12_hex(frame, false),
              "6815156808010081010501000"
              "00c87010100xxxxxxxx0f3c00xx16");
}

TEST(Ft12Text, LeavesEverythingElse) {
    EXPECT_EQ(concealed("10 49 01 00 4A 16"),
              "10490100"
              "4a16");
    EXPECT_EQ(concealed("68 0A 0A 68 73 01 00 A2 01 05 01 00 00 C0 DD 16"), "680a0a68730100a20105010000c0dd16");
    EXPECT_EQ(ft12_hex(from_hex(login).value(), true),
              "680d0d68730100b7010601000007000000"
              "3a16");
}

}  // namespace
}  // namespace busbar::sim
