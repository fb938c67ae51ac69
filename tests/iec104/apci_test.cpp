#include "iec104/apci/apci.hpp"

#include <gtest/gtest.h>

#include "iec104/link_bench.hpp"

namespace busbar::iec104::test {
namespace {

TEST(Apci, ReadsNumbersOfAnIFrame) {
    const auto octets = octets_of("68 0E FE FF 02 00  01 01 03 00 01 00 01 00 00 01");
    ASSERT_EQ(*apdu_size(octets), octets.size());
    const auto apdu = parse_apdu(octets);
    const auto& frame = std::get<IFrame>(*apdu);
    EXPECT_EQ(frame.send_number, 32767);
    EXPECT_EQ(frame.receive_number, 1);
    EXPECT_EQ(hex(frame.asdu), single_point);
}

TEST(Apci, ReadsNumberOfAnSFrame) {
    const auto octets = octets_of("68 04 01 00 02 01");
    EXPECT_EQ(std::get<SFrame>(*parse_apdu(octets)).receive_number, 129);
}

TEST(Apci, ReadsExactlyTheSixUFunctions) {
    int known = 0;
    for (unsigned first = 3; first < 256; first += 4) {
        const OctetBuffer octets{0x68, 4, static_cast<Octet>(first), 0, 0, 0};
        const auto apdu = parse_apdu(octets);
        if (std::get<UFrame>(*apdu).function) ++known;
    }
    EXPECT_EQ(known, 6);
    for (const auto text : {startdt_act, startdt_con, stopdt_act, stopdt_con, testfr_act, testfr_con}) {
        const auto octets = octets_of(text);
        const auto function = std::get<UFrame>(*parse_apdu(octets)).function;
        ASSERT_TRUE(function) << text;
        EXPECT_EQ(hex(u_frame(*function)), text);
    }
}

TEST(Apci, WritesWhatItReads) {
    for (const std::uint64_t count : {0u, 1u, 127u, 128u, 32767u, 32768u, 100000u}) {
        const auto s = s_frame(count);
        EXPECT_EQ(std::get<SFrame>(*parse_apdu(s)).receive_number, count % 32768);
        OctetBuffer i(apci_size + 6);
        const auto apci = i_frame_apci(count, count + 1, 6);
        std::copy(apci.begin(), apci.end(), i.begin());
        const auto apdu = parse_apdu(i);
        EXPECT_EQ(std::get<IFrame>(*apdu).send_number, count % 32768);
        EXPECT_EQ(std::get<IFrame>(*apdu).receive_number, (count + 1) % 32768);
    }
}

TEST(Apci, SizeIsUnknownUntilTheLengthIsThere) {
    EXPECT_EQ(*apdu_size({}), 0u);
    EXPECT_EQ(*apdu_size(octets_of("68")), 0u);
    EXPECT_EQ(*apdu_size(octets_of("68 04")), 6u);
    EXPECT_EQ(*apdu_size(octets_of("68 FD")), 255u);
}

struct Wrong {
    const char* octets;
    const char* what;
    std::size_t at;
};

TEST(Apci, NamesWhatIsWrongAndWhere) {
    const Wrong table[] = {
        {"67 04 01 00 00 00", "start octet is 67, not 68", 0},
        {"68 03 01 00 00 00", "length of APDU is 3, not 4 to 253", 1},
        {"68 FE 01 00 00 00", "length of APDU is 254, not 4 to 253", 1},
        {"68 05 01 00 00 00 00", "S-frame of length 5, not 4", 1},
        {"68 05 43 00 00 00 00", "U-frame of length 5, not 4", 1},
        {"68 04 00 00 00 00", "I-frame of length 4, too short for an ASDU header", 1},
        {"68 09 00 00 00 00 01 01 03 00 01", "I-frame of length 9, too short for an ASDU header", 1},
        {"68 04 05 00 00 00", "S-frame with more than its format in control octets 1 and 2", 2},
        {"68 04 01 01 00 00", "S-frame with more than its format in control octets 1 and 2", 2},
        {"68 04 01 00 01 00", "lowest bit of the third control octet is set", 4},
        {"68 0A 00 00 01 00 01 01 03 00 01 00", "lowest bit of the third control octet is set", 4},
    };
    for (const auto& [text, what, at] : table) {
        const auto octets = octets_of(text);
        const auto size = apdu_size(octets);
        const auto error = size ? parse_apdu(octets).error() : size.error();
        EXPECT_EQ(error.what, what) << text;
        EXPECT_EQ(error.at, at) << text;
    }
}

TEST(Apci, SmallerFieldsAllowShorterAsdus) {
    const auto octets = octets_of("68 09 00 00 00 00  66 01 05 01 01");  // C_RD_NA_1, sizes 1, 1, 1
    EXPECT_TRUE(parse_apdu(octets, 4));
    EXPECT_FALSE(parse_apdu(octets, 6));
}

}  // namespace
}  // namespace busbar::iec104::test
