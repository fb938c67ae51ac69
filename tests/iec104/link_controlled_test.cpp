// Test cases 1-38 and 42 of the protocol reference: the link of a controlled station (16-28 mostly: link_frames_test).
#include <gtest/gtest.h>

#include "iec104/link_bench.hpp"

namespace busbar::iec104::test {
namespace {

std::string operator|(std::string_view first, std::string_view second) {
    return std::string(first) + " | " + std::string(second);
}

struct ControlledLink : testing::Test {
    LinkBench bench{Role::controlled};

    /// Every case ends with proof that the connection still works, or is closed.
    void expect_alive() {
        bench.sent();
        bench.receive(testfr_act);
        EXPECT_EQ(bench.sent(), testfr_con);
    }
    void expect_closed_silently(std::string_view because) {
        EXPECT_EQ(bench.events(), "closed");
        EXPECT_EQ(bench.sent(), "");
        EXPECT_THAT(bench.close_reason(), testing::HasSubstr(std::string(because)));
        EXPECT_EQ(bench.link.next_deadline(), std::nullopt);
        bench.receive(startdt_act);
        bench.advance(1h);
        EXPECT_EQ(bench.sent() + bench.events(), "") << "closed is closed";
    }
};

TEST_F(ControlledLink, Case01_SilentUntilT3) {
    bench.advance(20s - 1ms);
    EXPECT_EQ(bench.sent(), "");
    bench.advance(1ms);
    EXPECT_EQ(bench.sent(), testfr_act);
    bench.receive(testfr_con);
    expect_alive();
}

TEST_F(ControlledLink, Case02_ConfirmsStart) {
    bench.receive(startdt_act);
    EXPECT_EQ(bench.sent(), startdt_con);
    EXPECT_EQ(bench.events(), "started");
    EXPECT_EQ(bench.link.state(), TransferState::started);
}

TEST_F(ControlledLink, Case03_ConfirmsTestsWhileStopped) {
    bench.receive(testfr_act);
    EXPECT_EQ(bench.sent(), testfr_con);
    EXPECT_EQ(bench.link.state(), TransferState::stopped);
}

TEST_F(ControlledLink, Case04_ClosesOnIWhileStopped) {
    bench.receive(i_frame(0, 0, "64 01 06 00 01 00 00 00 00 14"));
    expect_closed_silently("I-frame received while data transfer is stopped");
}

TEST_F(ControlledLink, Case05_ClosesOnSWhileStopped) {
    bench.receive(s_frame_of(0));
    expect_closed_silently("S-frame received while data transfer is stopped");
}

TEST_F(ControlledLink, Case06_SendsNoDataWhileStopped) {
    EXPECT_FALSE(bench.link.can_send());
    EXPECT_EQ(bench.link.window(), 0u);
    EXPECT_FALSE(bench.send(single_point));
    EXPECT_EQ(bench.sent(), "");
    bench.receive(startdt_act);
    EXPECT_TRUE(bench.send(single_point));
    EXPECT_EQ(bench.sent(), startdt_con | i_frame(0, 0, single_point));
}

TEST_F(ControlledLink, Case07_StartTwiceIsConfirmedTwice) {
    bench.start();
    bench.send(single_point);
    bench.receive(startdt_act);
    bench.send(single_point);
    EXPECT_EQ(bench.sent(), i_frame(0, 0, single_point) | startdt_con | i_frame(1, 0, single_point));
    EXPECT_EQ(bench.events(), "");
}

TEST_F(ControlledLink, Case08_StopWithNothingOutstanding) {
    bench.start();
    bench.receive(stopdt_act);
    EXPECT_EQ(bench.sent(), stopdt_con);
    EXPECT_EQ(bench.events(), "stopped");
    EXPECT_FALSE(bench.send(single_point));
    expect_alive();
}

TEST_F(ControlledLink, Case08_OnlyTheControllingStationStartsAndStops) {
    bench.link.start_transfer(bench.now);
    EXPECT_EQ(bench.link.state(), TransferState::stopped);
    bench.start();
    bench.link.stop_transfer(bench.now);
    EXPECT_EQ(bench.link.state(), TransferState::started);
    EXPECT_EQ(bench.sent(), "");
}

TEST_F(ControlledLink, Case08_StopWhileStoppedIsConfirmed) {
    bench.receive(stopdt_act);
    EXPECT_EQ(bench.sent(), stopdt_con);
    EXPECT_EQ(bench.events(), "");
}

/// Started; a command came, two answers left, none of them acknowledged.
struct ControlledLinkWithAnswers : ControlledLink {
    void SetUp() override {
        bench.start();
        bench.receive(i_frame(0, 0, command));
        bench.send(command);
        bench.send(single_point);
        ASSERT_EQ(bench.sent(), i_frame(0, 1, command) | i_frame(1, 1, single_point));
        bench.events();
    }
};

TEST_F(ControlledLinkWithAnswers, Case09_StopWaitsForTheAcknowledgement) {
    bench.receive(i_frame(1, 0, command));
    bench.receive(stopdt_act);
    EXPECT_EQ(bench.sent(), s_frame_of(2));
    EXPECT_EQ(bench.link.state(), TransferState::unconfirmed_stopped);
    EXPECT_FALSE(bench.send(single_point));
    bench.receive(s_frame_of(2));
    EXPECT_EQ(bench.sent(), stopdt_con);
    EXPECT_EQ(bench.events(), "asdu 2; acknowledged 2; stopped");
}

TEST_F(ControlledLinkWithAnswers, Case09_NoSWhereTheAnswersAcknowledged) {
    bench.receive(stopdt_act);
    EXPECT_EQ(bench.sent(), "");
    bench.receive(s_frame_of(2));
    EXPECT_EQ(bench.sent(), stopdt_con);
}

TEST_F(ControlledLinkWithAnswers, Case10_AcknowledgedInTwoSteps) {
    bench.receive(stopdt_act);
    bench.receive(s_frame_of(1));
    EXPECT_EQ(bench.sent(), "");
    bench.receive(s_frame_of(2));
    EXPECT_EQ(bench.sent(), stopdt_con);
}

TEST_F(ControlledLinkWithAnswers, Case11_NeverAcknowledgedClosesAtT1OfTheOldest) {
    bench.advance(5s);
    bench.receive(stopdt_act);
    bench.advance(10s - 1ms);
    EXPECT_FALSE(bench.closed());
    bench.advance(1ms);
    expect_closed_silently("t1: no acknowledgement of an I-frame within 15 s");
}

TEST_F(ControlledLinkWithAnswers, Case12_TestIsConfirmedInBetween) {
    bench.receive(stopdt_act);
    bench.receive(testfr_act);
    EXPECT_EQ(bench.sent(), testfr_con);
    bench.receive(s_frame_of(2));
    EXPECT_EQ(bench.sent(), stopdt_con);
}

TEST_F(ControlledLinkWithAnswers, Case13_IWhileStoppingCloses) {
    bench.receive(stopdt_act);
    bench.receive(i_frame(1, 2, command));
    expect_closed_silently("I-frame received while data transfer is stopped");
}

TEST_F(ControlledLinkWithAnswers, Case13_StartWhileStoppingCloses) {
    bench.receive(stopdt_act);
    bench.receive(startdt_act);
    expect_closed_silently("STARTDT act received before STOPDT was confirmed");
}

TEST_F(ControlledLinkWithAnswers, Case13_SecondStopWhileStoppingIsIgnored) {
    bench.receive(stopdt_act);
    bench.receive(stopdt_act);
    EXPECT_EQ(bench.link.counters().ignored, 1u);
    bench.receive(s_frame_of(2));
    EXPECT_EQ(bench.sent(), stopdt_con);
}

TEST_F(ControlledLinkWithAnswers, Case14_NumbersGoOnAfterStopAndStart) {
    bench.receive(stopdt_act);
    bench.receive(s_frame_of(2));
    bench.receive(startdt_act);
    bench.send(single_point);
    EXPECT_EQ(bench.sent(), std::string(stopdt_con) + " | " + (startdt_con | i_frame(2, 1, single_point)));
    bench.receive(i_frame(1, 3, command));
    EXPECT_FALSE(bench.closed());
}

TEST_F(ControlledLinkWithAnswers, Case15_SAfterStopConCloses) {
    bench.receive(stopdt_act);
    bench.receive(s_frame_of(2));
    bench.sent();
    bench.events();
    bench.receive(s_frame_of(2));
    expect_closed_silently("S-frame received while data transfer is stopped");
}

TEST_F(ControlledLink, StopConWaitsUntilEverythingReceivedIsKept) {
    LinkBench slow{Role::controlled, {}, Keep::by_hand};
    slow.start();
    slow.receive(i_frame(0, 0, command) + i_frame(1, 0, command));
    slow.keep(1);
    slow.receive(stopdt_act);
    EXPECT_EQ(slow.sent(), s_frame_of(1));
    slow.keep(2);
    EXPECT_EQ(slow.sent(), s_frame_of(2) | stopdt_con);
    EXPECT_EQ(slow.events(), "asdu 1; asdu 2; stopped");
}

TEST_F(ControlledLink, Case16_WrongStartIsSeenAtTheFirstOctet) {
    bench.receive("16");
    expect_closed_silently("start octet is 16");
}

TEST_F(ControlledLink, Case22_ConfirmationsNotAskedForAreIgnored) {
    for (int round = 0; round < 2; ++round) {
        for (const auto con : {startdt_con, stopdt_con, testfr_con}) bench.receive(con);
        EXPECT_EQ(bench.sent() + bench.events(), "");
        bench.receive(startdt_act);
        bench.sent();
        bench.events();
    }
    EXPECT_EQ(bench.link.counters().ignored, 6u);
    EXPECT_EQ(bench.link.state(), TransferState::started);
}

TEST_F(ControlledLink, Case23_OctetByOctet) {
    bench.start();
    for (const Octet octet : octets_of(i_frame(0, 0, command) + std::string(testfr_act))) {
        bench.receive(OctetBuffer{octet});
        bench.advance(50ms);
    }
    EXPECT_EQ(bench.events(), "asdu 1");
    EXPECT_EQ(bench.last_asdu(), command);
    EXPECT_EQ(bench.sent(), testfr_con);
}

TEST_F(ControlledLink, Case25_HalfAnApduThenSilenceClosesAtT1) {
    bench.receive("68 0E 00 00 00");
    bench.advance(14s);
    bench.receive("00");  // drips do not help
    bench.advance(1s - 1ms);
    EXPECT_FALSE(bench.closed());
    bench.advance(1ms);
    expect_closed_silently("t1: no rest of an APDU within 15 s");
}

TEST_F(ControlledLink, Case29_SRepeatedIsAccepted) {
    bench.start();
    bench.send(single_point);
    bench.receive(s_frame_of(1));
    bench.receive(s_frame_of(1));
    bench.receive(s_frame_of(1));
    EXPECT_EQ(bench.events(), "acknowledged 1");
    expect_alive();
}

TEST_F(ControlledLink, Case30_NeverMoreThanKOpen) {
    bench.start();
    const auto send_all = [this] {
        int taken = 0;
        while (bench.send(single_point)) ++taken;
        return taken;
    };
    EXPECT_EQ(bench.link.window(), 12u);
    EXPECT_EQ(send_all(), 12);
    EXPECT_FALSE(bench.link.can_send());
    bench.receive(testfr_act);  // S and U still go out
    bench.receive(i_frame(0, 5, command));
    EXPECT_EQ(bench.link.window(), 5u);
    EXPECT_EQ(send_all(), 5);
    EXPECT_EQ(bench.link.sent_count(), 17u);
    EXPECT_EQ(bench.link.acknowledged_count(), 5u);
}

TEST_F(ControlledLink, Case31_ClosesT1AfterTheFirstUnacknowledged) {
    bench.start();
    bench.send(single_point);
    bench.advance(4s);
    bench.send(single_point);
    bench.advance(4s);
    bench.send(single_point);
    bench.receive(s_frame_of(1));  // t1 now runs from the second
    bench.events();
    bench.sent();
    bench.advance(11s - 1ms);
    EXPECT_FALSE(bench.closed());
    bench.advance(1ms);
    expect_closed_silently("t1: no acknowledgement of an I-frame");
    EXPECT_EQ(bench.link.counters().t1_expired, 1u);
}

TEST_F(ControlledLink, Case32_SAtOnceAfterW) {
    bench.start();
    std::string burst;
    for (unsigned number = 0; number < 8; ++number) burst += i_frame(number, 0, command);
    bench.receive(burst);
    EXPECT_EQ(bench.sent(), s_frame_of(8));
}

TEST_F(ControlledLink, Case32_OneSForABatchOfSeveralTimesW) {
    bench.start();
    std::string burst;
    for (unsigned number = 0; number < 20; ++number) burst += i_frame(number, 0, command);
    bench.receive(burst);
    EXPECT_EQ(bench.sent(), s_frame_of(20));
}

TEST_F(ControlledLink, Case33_FewerThanWAreAcknowledgedAfterT2) {
    bench.start();
    for (unsigned number = 0; number < 7; ++number) {
        bench.receive(i_frame(number, 0, command));
        bench.advance(1s);
    }
    EXPECT_EQ(bench.sent(), "");
    bench.advance(3s - 1ms);
    EXPECT_EQ(bench.sent(), "");
    bench.advance(1ms);
    EXPECT_EQ(bench.sent(), s_frame_of(7));
    bench.advance(15s);
    EXPECT_EQ(bench.sent(), "") << "one S only";
    EXPECT_EQ(bench.link.counters().t2_expired, 1u);
}

TEST_F(ControlledLink, Case34_AnAnswerAcknowledges) {
    bench.start();
    bench.receive(i_frame(0, 0, command));
    bench.send(command);
    EXPECT_EQ(bench.sent(), i_frame(0, 1, command));
    bench.advance(14s);
    EXPECT_EQ(bench.sent(), "");
}

TEST_F(ControlledLink, Case34_AnAnswerReplacesTheSThatWasDue) {
    LinkBench eager{Role::controlled, {.k = 1, .w = 1}};
    eager.start();
    eager.receive(i_frame(0, 0, command));
    EXPECT_TRUE(eager.link.has_output());
    eager.send(command);
    EXPECT_EQ(eager.sent(), i_frame(0, 1, command));
}

TEST_F(ControlledLink, Case35_IdleConnectionIsTested) {
    bench.start();
    bench.advance(20s);
    EXPECT_EQ(bench.sent(), testfr_act);
    bench.advance(200ms);
    bench.receive(testfr_con);
    EXPECT_EQ(bench.link.test_round_trip(), Duration(200ms));
    bench.advance(20s);
    EXPECT_EQ(bench.sent(), testfr_act);
    bench.receive(i_frame(0, 0, command));  // no substitute for the con
    bench.sent();
    bench.events();
    bench.advance(15s - 1ms);
    EXPECT_FALSE(bench.closed());
    bench.sent();
    bench.advance(1ms);
    expect_closed_silently("t1: no TESTFR con within 15 s");
}

TEST_F(ControlledLink, Case35_OnlyOneTestIsOutstanding) {
    LinkBench quick{Role::controlled, {.t1 = 15s, .t2 = 1s, .t3 = 2s}};
    quick.advance(10s);
    EXPECT_EQ(quick.sent(), testfr_act);
}

TEST_F(ControlledLink, Case36_APeerThatTestsIsNotTested) {
    bench.start();
    for (int round = 0; round < 10; ++round) {
        bench.advance(10s);
        bench.receive(testfr_act);
        EXPECT_EQ(bench.sent(), testfr_con);
    }
}

TEST_F(ControlledLink, Case36_EveryFrameRestartsT3) {
    bench.start();
    for (const auto& frame : {i_frame(0, 0, command), s_frame_of(0), std::string("68 04 FF 00 00 00")}) {
        bench.advance(19s);
        bench.receive(frame);
    }
    bench.advance(20s - 1ms);
    EXPECT_EQ(bench.sent(), s_frame_of(1));
    bench.advance(1ms);
    EXPECT_EQ(bench.sent(), testfr_act);
}

TEST_F(ControlledLink, Case38_ANewConnectionBeginsAtZero) {
    bench.start();
    for (int sent = 0; sent < 3; ++sent) bench.send(single_point);
    bench.receive(s_frame_of(1));
    bench.link.close("connection reset by peer");
    EXPECT_EQ(bench.link.sent_count() - bench.link.acknowledged_count(), 2u) << "the owner sends these again first";
    LinkBench next{Role::controlled};
    next.start();
    next.send(single_point);
    EXPECT_EQ(next.sent(), i_frame(0, 0, single_point));
}

TEST_F(ControlledLink, Case39_AConnectionThatIsNeverHeardOfDiesAfterT3AndT1) {
    bench.advance(20s + 15s - 1ms);
    EXPECT_FALSE(bench.closed());
    EXPECT_EQ(bench.sent(), testfr_act);
    bench.advance(1ms);
    expect_closed_silently("t1: no TESTFR con within 15 s");
}

TEST_F(ControlledLink, Case39_HalfAnApduDoesNotKeepAConnection) {
    bench.receive("68 0E 00");
    bench.advance(20s + 15s);
    EXPECT_TRUE(bench.closed());
}

TEST(LinkConfiguration, Case42_ImpossibleParametersAreRefusedWithAReason) {
    EXPECT_EQ(check(LinkConfig{}), std::nullopt);
    EXPECT_EQ(check(LinkConfig{.t1 = 255s, .t2 = 254s, .t3 = 48h, .k = 32767, .w = 32767}), std::nullopt);
    const std::pair<LinkConfig, const char*> table[] = {
        {{.t1 = 10s, .t2 = 10s}, "t2 = 10 must be smaller than t1 = 10"},
        {{.t1 = 0s}, "t1 = 0 is not within 1 to 255"},
        {{.t1 = 256s}, "t1 = 256 is not within 1 to 255"},
        {{.t2 = 0s}, "t2 = 0 is not within 1 to 255"},
        {{.t3 = 0s}, "t3 = 0 is not within 1 to 172800"},
        {{.t3 = 172801s}, "t3 = 172801 is not within 1 to 172800"},
        {{.k = 7, .w = 8}, "w = 8 must not be greater than k = 7"},
        {{.k = 0, .w = 0}, "k = 0 is not within 1 to 32767"},
        {{.k = 32768}, "k = 32768 is not within 1 to 32767"},
        {{.w = 0}, "w = 0 is not within 1 to 32767"},
    };
    for (const auto& [config, reason] : table) EXPECT_EQ(check(config), reason);
}

}  // namespace
}  // namespace busbar::iec104::test
