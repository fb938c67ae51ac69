// Test cases 16-28, 48, 49 and 58 of the protocol reference: frames and numbers that no peer may send, in both roles.
#include <gtest/gtest.h>

#include "iec104/link_bench.hpp"

namespace busbar::iec104::test {
namespace {

struct BadFrame {
    std::string octets;
    std::string reason;
};

/// A started connection that receives `octets`, in one piece and octet by octet, closes without a word; the next one
/// works.
void expect_closing(Role role, const BadFrame& bad) {
    for (const bool in_pieces : {false, true}) {
        LinkBench bench{role};
        bench.start();
        if (in_pieces)
            for (const Octet octet : octets_of(bad.octets)) bench.receive(OctetBuffer{octet});
        else
            bench.receive(bad.octets);
        EXPECT_EQ(bench.events(), "closed") << bad.octets;
        EXPECT_EQ(bench.sent(), "") << bad.octets;
        EXPECT_THAT(bench.close_reason(), testing::HasSubstr(bad.reason));
    }
    LinkBench next{role};
    next.start();
    next.receive(testfr_act);
    EXPECT_EQ(next.sent(), testfr_con);
}
void expect_closing(std::initializer_list<BadFrame> table) {
    for (const auto role : {Role::controlled, Role::controlling})
        for (const auto& bad : table) expect_closing(role, bad);
}

std::string zeros(std::size_t octets) { return std::string(2 * octets, '0'); }

TEST(LinkFrames, Case16_WrongStartOctetCloses) {
    expect_closing({{"67 04 43 00 00 00", "start octet is 67"}, {"00 68 04 43 00 00 00", "start octet is 00"}});
}

TEST(LinkFrames, Case17_TooShortALengthCloses) {
    expect_closing({{"68 03 43 00 00", "length of APDU is 3"}, {"68 00", "length of APDU is 0"}});
}

TEST(LinkFrames, Case18_TooGreatALengthCloses) {
    expect_closing({{"68 FE" + zeros(254), "length of APDU is 254"}, {"68 FF" + zeros(255), "length of APDU is 255"}});
}

TEST(LinkFrames, Case18_TheGreatestLengthIsTaken) {
    const OctetBuffer asdu(249);
    for (const auto role : {Role::controlled, Role::controlling}) {
        LinkBench bench{role};
        bench.start();
        bench.receive(i_frame(0, 0, hex(asdu)));
        EXPECT_EQ(bench.events(), "asdu 1");
    }
}

TEST(LinkFrames, Case19_SAndUFramesOfAnotherLengthClose) {
    expect_closing(
        {{"68 05 01 00 00 00 00", "S-frame of length 5"}, {"68 0E 43 00 00 00" + zeros(10), "U-frame of length 14"}});
}

TEST(LinkFrames, Case20_IFramesThatHoldNoAsduClose) {
    expect_closing({{"68 04 00 00 00 00", "I-frame of length 4"},
                    {"68 05 00 00 00 00 01", "I-frame of length 5"},
                    {"68 06 00 00 00 00 01 01", "I-frame of length 6"},
                    {"68 07 00 00 00 00 01 01 03", "I-frame of length 7"},
                    {"68 08 00 00 00 00 01 01 03 00", "I-frame of length 8"},
                    {"68 09 00 00 00 00 01 01 03 00 01", "I-frame of length 9"}});
}

TEST(LinkFrames, ReservedBitsInSAndIFramesClose) {
    expect_closing({{"68 04 05 00 00 00", "S-frame with more than its format"},
                    {"68 04 01 00 01 00", "lowest bit of the third control octet"}});
}

TEST(LinkFrames, Case58_TheControllingStationClosesOnFramesNobodyMaySend) {
    for (const BadFrame& bad : {BadFrame{"67", "start octet is 67"}, BadFrame{"68 00", "length of APDU is 0"},
                                BadFrame{"68 FE", "length of APDU is 254"}, BadFrame{"68 FF", "length of APDU is 255"},
                                BadFrame{"68 05 01 00 00 00 00", "S-frame of length 5"},
                                BadFrame{"68 04 00 00 00 00", "I-frame of length 4"}})
        expect_closing(Role::controlling, bad);
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

/// Two I-frames received, three sent, of which the peer acknowledged two.
void expect_closing_on_number(Role role, const BadFrame& bad) {
    LinkBench bench{role};
    bench.start();
    for (int sent = 0; sent < 3; ++sent) bench.send(single_point);
    bench.receive(i_frame(0, 0, command) + i_frame(1, 2, command));
    bench.sent();
    bench.events();
    bench.receive(bad.octets);
    EXPECT_EQ(bench.events(), "closed") << bad.octets;
    EXPECT_EQ(bench.sent(), "");
    EXPECT_THAT(bench.close_reason(), testing::HasSubstr(bad.reason));
}
void expect_closing_on_number(std::initializer_list<BadFrame> table) {
    for (const auto role : {Role::controlled, Role::controlling})
        for (const auto& bad : table) expect_closing_on_number(role, bad);
}

TEST(LinkFrames, Case26_SendNumbersThatAreNotDueClose) {
    expect_closing_on_number({{i_frame(3, 2, command), "N(S) 3 received where 2 is due"},
                              {i_frame(1, 2, command), "N(S) 1 received where 2 is due"}});
}

TEST(LinkFrames, Case27_AcknowledgingWhatWasNotSentCloses) {
    expect_closing_on_number({{i_frame(2, 4, command), "N(R) 4 received, outside of 2 to 3"},
                              {s_frame_of(4), "N(R) 4 received, outside of 2 to 3"}});
}

TEST(LinkFrames, Case28_TakingBackAnAcknowledgementCloses) {
    expect_closing_on_number({{i_frame(2, 1, command), "N(R) 1 received, outside of 2 to 3"},
                              {s_frame_of(1), "N(R) 1 received, outside of 2 to 3"},
                              {s_frame_of(32767), "N(R) 32767 received, outside of 2 to 3"}});
}

TEST(LinkFrames, Case48_TheControllingStationClosesOnAGap) {
    expect_closing_on_number(Role::controlling, {i_frame(3, 2, single_point), "N(S) 3 received where 2 is due"});
}

TEST(LinkFrames, Case49_TheControllingStationClosesOnAcknowledgementsOfNothing) {
    expect_closing_on_number(Role::controlling, {i_frame(2, 4, single_point), "N(R) 4 received, outside of 2 to 3"});
    expect_closing_on_number(Role::controlling, {s_frame_of(4), "N(R) 4 received, outside of 2 to 3"});
}

}  // namespace
}  // namespace busbar::iec104::test
