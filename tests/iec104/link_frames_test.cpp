// Test cases 16-28 and 58 of the protocol reference: frames and numbers that no peer may send, in both roles.
#include <gtest/gtest.h>

#include "iec104/link_bench.hpp"

namespace busbar::iec104::test {
namespace {

struct BadFrame {
    std::string octets;
    std::string reason;
};

TEST(LinkFrames, Case16To20_FramesNobodyMaySendClose) {
    const std::string zeros(3 * 260, '0');
    const BadFrame table[] = {
        {"67 04 43 00 00 00", "start octet is 67"},
        {"68 03 43 00 00", "length of APDU is 3"},
        {"68 00", "length of APDU is 0"},
        {"68 FE" + zeros.substr(0, 2 * 254), "length of APDU is 254"},
        {"68 FF" + zeros.substr(0, 2 * 255), "length of APDU is 255"},
        {"68 05 01 00 00 00 00", "S-frame of length 5"},
        {"68 0E 43 00 00 00" + zeros.substr(0, 20), "U-frame of length 14"},
        {"68 04 00 00 00 00", "I-frame of length 4"},
        {"68 05 00 00 00 00 01", "I-frame of length 5"},
        {"68 06 00 00 00 00 01 01", "I-frame of length 6"},
        {"68 07 00 00 00 00 01 01 03", "I-frame of length 7"},
        {"68 08 00 00 00 00 01 01 03 00", "I-frame of length 8"},
        {"68 09 00 00 00 00 01 01 03 00 01", "I-frame of length 9"},
        {"68 04 05 00 00 00", "S-frame with more than its format"},
        {"68 04 01 00 01 00", "lowest bit of the third control octet"},
    };
    for (const auto role : {Role::controlled, Role::controlling}) {
        for (const auto& [octets, reason] : table) {
            for (const bool in_pieces : {false, true}) {
                LinkBench bench{role};
                bench.start();
                if (in_pieces)
                    for (const Octet octet : octets_of(octets)) bench.receive(OctetBuffer{octet});
                else
                    bench.receive(octets);
                EXPECT_EQ(bench.events(), "closed") << octets;
                EXPECT_EQ(bench.sent(), "") << octets;
                EXPECT_THAT(bench.close_reason(), testing::HasSubstr(reason));
            }
        }
    }
}

TEST(LinkFrames, Case21_StrangeUFramesChangeNothing) {
    for (const auto role : {Role::controlled, Role::controlling}) {
        LinkBench bench{role};
        bench.start();
        for (const auto* text : {"68 04 0F 00 00 00", "68 04 FF 00 00 00", "68 04 03 00 00 00", "68 04 C3 00 00 00",
                                 "68 04 43 01 00 00", "68 04 13 00 00 02", "68 04 53 00 00 00"})
            bench.receive(text);
        EXPECT_EQ(bench.sent() + bench.events(), "");
        EXPECT_EQ(bench.link.state(), TransferState::started);
        EXPECT_EQ(bench.link.counters().ignored, 7u);
        bench.receive(testfr_act);
        EXPECT_EQ(bench.sent(), testfr_con);
    }
}

/// Thirteen APDUs of all formats, and what they bring.
std::string thirteen_apdus() {
    std::string all(startdt_act);
    for (unsigned number = 0; number < 5; ++number) {
        all += i_frame(number, 0, command);
        all += number % 2 == 0 ? testfr_act : s_frame_of(0);
    }
    return all + i_frame(5, 0, single_point) + std::string(stopdt_act);
}
const std::string thirteen_events = "started; asdu 1; asdu 2; asdu 3; asdu 4; asdu 5; asdu 6; stopped";

TEST(LinkFrames, Case24_ThirteenApdusInOneSegment) {
    LinkBench bench{Role::controlled};
    bench.receive(thirteen_apdus());
    EXPECT_EQ(bench.events(), thirteen_events);
    const std::string con(testfr_con), between = " | ";
    EXPECT_EQ(bench.sent(), std::string(startdt_con) + between + con + between + con + between + con + between +
                                s_frame_of(6) + between + std::string(stopdt_con));
}

TEST(LinkFrames, Case24_CutAnywhereIsTheSame) {
    const auto octets = octets_of(thirteen_apdus());
    for (std::size_t cut = 1; cut < octets.size(); ++cut) {
        LinkBench bench{Role::controlled};
        bench.receive(Octets(octets).first(cut));
        bench.receive(Octets(octets).subspan(cut));
        ASSERT_EQ(bench.events(), thirteen_events) << "cut at " << cut;
    }
}

struct WrongNumber {
    std::string frame;
    std::string reason;
};

TEST(LinkFrames, Case26To28_NumbersOutOfOrderClose) {
    // Two I-frames received, three sent, of which the peer acknowledged two.
    const WrongNumber table[] = {
        {i_frame(3, 2, command), "N(S) 3 received where 2 is due"},
        {i_frame(1, 2, command), "N(S) 1 received where 2 is due"},
        {i_frame(2, 4, command), "N(R) 4 received, outside of 2 to 3"},
        {s_frame_of(4), "N(R) 4 received, outside of 2 to 3"},
        {i_frame(2, 1, command), "N(R) 1 received, outside of 2 to 3"},
        {s_frame_of(1), "N(R) 1 received, outside of 2 to 3"},
        {s_frame_of(32767), "N(R) 32767 received, outside of 2 to 3"},
    };
    for (const auto role : {Role::controlled, Role::controlling}) {
        for (const auto& [frame, reason] : table) {
            LinkBench bench{role};
            bench.start();
            for (int sent = 0; sent < 3; ++sent) bench.send(single_point);
            bench.receive(i_frame(0, 0, command) + i_frame(1, 2, command));
            bench.sent();
            bench.events();
            bench.receive(frame);
            EXPECT_EQ(bench.events(), "closed") << frame;
            EXPECT_EQ(bench.sent(), "");
            EXPECT_THAT(bench.close_reason(), testing::HasSubstr(reason));
        }
    }
}

}  // namespace
}  // namespace busbar::iec104::test
