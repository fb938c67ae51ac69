// Test cases 44-60 of the protocol reference, as far as they concern the link of a controlling station.
#include <gtest/gtest.h>

#include "iec104/link_bench.hpp"

namespace busbar::iec104::test {
namespace {

struct ControllingLink : testing::Test {
    LinkBench bench{Role::controlling, {}, Keep::by_hand};

    void expect_closed_silently(std::string_view because) {
        EXPECT_EQ(bench.events(), "closed");
        EXPECT_EQ(bench.sent(), "");
        EXPECT_THAT(bench.close_reason(), testing::HasSubstr(std::string(because)));
    }
    /// Receives data frames `first` … `last` (N(S) from 0).
    void receive_data(unsigned first, unsigned last, unsigned receive_number = 0) {
        std::string burst;
        for (unsigned number = first; number <= last; ++number) burst += i_frame(number, receive_number, single_point);
        bench.receive(burst);
        bench.events();
    }
    void receive_and_keep(unsigned first, unsigned last) {
        receive_data(first, last);
        bench.keep(last + 1);
    }
};

TEST_F(ControllingLink, Case44_StartsWhenToldTo) {
    bench.advance(1s);
    EXPECT_EQ(bench.sent(), "");
    bench.link.start_transfer(bench.now);
    EXPECT_EQ(bench.sent(), startdt_act);
    EXPECT_EQ(bench.link.state(), TransferState::pending_started);
    EXPECT_FALSE(bench.send(command));
    bench.link.start_transfer(bench.now);
    EXPECT_EQ(bench.sent(), "") << "once only";
    bench.receive(startdt_con);
    EXPECT_EQ(bench.events(), "started");
    EXPECT_TRUE(bench.send(command));
}

TEST_F(ControllingLink, Case45_NoStartConClosesAtT1) {
    bench.link.start_transfer(bench.now);
    bench.sent();
    bench.advance(15s - 1ms);
    EXPECT_FALSE(bench.closed());
    bench.receive(testfr_con);
    bench.advance(1ms);
    expect_closed_silently("t1: no STARTDT con within 15 s");
}

TEST_F(ControllingLink, Case46_DataBeforeStartConCloses) {
    for (const auto& frame : {i_frame(0, 0, single_point), s_frame_of(0)}) {
        for (const bool asked : {false, true}) {
            bench = LinkBench{Role::controlling};
            if (asked) bench.link.start_transfer(bench.now);
            bench.sent();
            bench.receive(frame);
            expect_closed_silently("received while data transfer is stopped");
        }
    }
}

TEST_F(ControllingLink, Case46_EarlyDataIsTakenByOption) {
    bench = LinkBench{Role::controlling, {.w = 1, .accept_early_data = true}};
    bench.link.start_transfer(bench.now);
    bench.receive(i_frame(0, 0, single_point));
    EXPECT_EQ(bench.sent(), startdt_act) << "no S before the con";
    bench.receive(startdt_con);
    EXPECT_EQ(bench.events(), "asdu 1; started");
    EXPECT_EQ(bench.sent(), s_frame_of(1));
}

TEST_F(ControllingLink, Case47_SAtWAndAfterT2) {
    bench.start();
    receive_and_keep(0, 7);
    EXPECT_EQ(bench.sent(), s_frame_of(8));
    receive_and_keep(8, 14);
    EXPECT_EQ(bench.sent(), "");
    bench.advance(10s);
    EXPECT_EQ(bench.sent(), s_frame_of(15));
}

TEST_F(ControllingLink, Case47_OnlyWhatIsKeptIsAcknowledged) {
    bench.start();
    receive_data(0, 9);
    EXPECT_EQ(bench.sent(), "");
    bench.keep(7);
    EXPECT_EQ(bench.sent(), "") << "seven kept, w is eight";
    bench.keep(8);
    EXPECT_EQ(bench.sent(), s_frame_of(8));
    bench.send(command);
    EXPECT_EQ(bench.sent(), i_frame(0, 8, command)) << "nor do I-frames acknowledge more";
}

TEST_F(ControllingLink, Case47_T2OverBeforeTheStoreAnswered) {
    bench.start();
    receive_data(0, 2);
    bench.advance(12s);
    EXPECT_EQ(bench.sent(), "");
    bench.keep(1);
    EXPECT_EQ(bench.sent(), s_frame_of(1));
    EXPECT_EQ(bench.link.counters().t2_expired, 1u);
    bench.keep(3);
    EXPECT_EQ(bench.sent(), s_frame_of(3)) << "t2 of the other two is over as well";
}

TEST_F(ControllingLink, Case47_T2RunsFromTheOldestUnacknowledgedFrame) {
    bench.start();
    receive_data(0, 0);
    bench.advance(4s);
    receive_data(1, 1);
    bench.keep(1);
    bench.advance(6s);
    EXPECT_EQ(bench.sent(), s_frame_of(1));
    bench.keep(2);
    bench.advance(4s - 1ms);
    EXPECT_EQ(bench.sent(), "");
    bench.advance(1ms);
    EXPECT_EQ(bench.sent(), s_frame_of(2));
}

TEST_F(ControllingLink, Case47_ACommandAcknowledgesAndT2StartsAnew) {
    bench.start();
    receive_and_keep(0, 0);
    bench.advance(6s);
    bench.send(command);
    bench.sent();
    bench.receive(i_frame(1, 1, single_point));
    bench.keep(2);
    bench.advance(10s - 1ms);
    EXPECT_EQ(bench.sent(), "");
    bench.advance(1ms);
    EXPECT_EQ(bench.sent(), s_frame_of(2));
}

TEST_F(ControllingLink, Case47_WhatIsKeptStaysKept) {
    bench.start();
    receive_and_keep(0, 7);
    bench.sent();
    bench.keep(3);
    EXPECT_EQ(bench.link.kept_count(), 8u);
    bench.send(command);
    EXPECT_EQ(bench.sent(), i_frame(0, 8, command));
}

TEST_F(ControllingLink, Case50_ACommandNeverAcknowledgedClosesAtT1) {
    bench.start();
    bench.send(command);
    bench.sent();
    bench.advance(15s);
    expect_closed_silently("t1: no acknowledgement of an I-frame");
    EXPECT_EQ(bench.link.acknowledged_count(), 0u) << "its fate is unknown";
}

TEST_F(ControllingLink, Case51_ConfirmsTestsInEveryState) {
    const auto confirms = [this] {
        bench.sent();
        bench.receive(testfr_act);
        return bench.sent() == testfr_con;
    };
    EXPECT_TRUE(confirms());
    bench.link.start_transfer(bench.now);
    EXPECT_TRUE(confirms());
    bench.receive(startdt_con);
    EXPECT_TRUE(confirms());
    bench.link.stop_transfer(bench.now);
    EXPECT_TRUE(confirms());
    bench.receive(stopdt_con);
    EXPECT_TRUE(confirms());
}

TEST_F(ControllingLink, Case52_SilenceIsTestedAndClosesAfterT1) {
    bench.start();
    bench.advance(20s);
    EXPECT_EQ(bench.sent(), testfr_act);
    bench.advance(15s);
    expect_closed_silently("t1: no TESTFR con within 15 s");
    EXPECT_EQ(bench.link.counters().t3_expired, 1u);
}

TEST_F(ControllingLink, Case52_EarlyCallsOfTheTimerAreHarmless) {
    bench = LinkBench{Role::controlling, {.t1 = 15s, .t2 = 1s, .t3 = 2s}, Keep::by_hand};
    bench.start();
    bench.advance(2s);
    EXPECT_EQ(bench.sent(), testfr_act);
    for (int second = 0; second < 14; ++second) {
        bench.advance(1s);
        bench.link.on_deadline(bench.now);
    }
    EXPECT_EQ(bench.sent() + bench.events(), "") << "one test at a time";
}

TEST_F(ControllingLink, Case53_AcknowledgesBeforeStop) {
    bench.start();
    receive_and_keep(0, 2);
    bench.link.stop_transfer(bench.now);
    EXPECT_EQ(bench.sent(), s_frame_of(3) + " | " + std::string(stopdt_act));
    EXPECT_EQ(bench.link.state(), TransferState::pending_stopped);
    EXPECT_FALSE(bench.send(command));
    bench.receive(stopdt_con);
    EXPECT_EQ(bench.events(), "stopped");
}

TEST_F(ControllingLink, Case53_NoSWhereNothingIsUnacknowledged) {
    bench.start();
    bench.link.stop_transfer(bench.now);
    EXPECT_EQ(bench.sent(), stopdt_act);
}

TEST_F(ControllingLink, Case53_StopWaitsUntilEverythingReceivedIsKept) {
    bench.start();
    receive_data(0, 2);
    bench.keep(1);
    bench.link.stop_transfer(bench.now);
    EXPECT_EQ(bench.sent(), s_frame_of(1));
    EXPECT_EQ(bench.link.state(), TransferState::started);
    EXPECT_FALSE(bench.send(command)) << "a stop that is wanted ends sending";
    receive_data(3, 3);
    bench.keep(2);
    EXPECT_EQ(bench.sent(), s_frame_of(2));
    bench.keep(3);
    EXPECT_EQ(bench.sent(), s_frame_of(3) + " | " + std::string(stopdt_act)) << "later frames do not postpone it";
    bench.keep(4);
    EXPECT_EQ(bench.sent(), s_frame_of(4));
    bench.receive(stopdt_con);
    EXPECT_EQ(bench.events(), "stopped");
}

TEST_F(ControllingLink, Case53_WantingToStopAgainPostponesNothing) {
    bench.start();
    receive_data(0, 0);
    bench.link.stop_transfer(bench.now);
    receive_data(1, 1);
    bench.advance(10s);
    bench.link.stop_transfer(bench.now);
    EXPECT_EQ(bench.link.next_deadline(), bench.now + 5s);
    bench.keep(1);
    EXPECT_EQ(bench.sent(), s_frame_of(1) + " | " + std::string(stopdt_act));
}

TEST_F(ControllingLink, Case53_AStoreThatStaysAwayPostponesTheStopByT1AtMost) {
    bench.start();
    receive_data(0, 2);
    bench.link.stop_transfer(bench.now);
    bench.advance(15s - 1ms);
    EXPECT_EQ(bench.sent(), "");
    bench.advance(1ms);
    EXPECT_EQ(bench.sent(), stopdt_act) << "and no acknowledgement";
    bench.advance(15s);
    EXPECT_THAT(bench.close_reason(), testing::HasSubstr("t1: no STOPDT con"));
}

TEST_F(ControllingLink, Case54_DataAfterStopActIsAcknowledgedAtOnce) {
    bench.start();
    bench.link.stop_transfer(bench.now);
    bench.sent();
    receive_and_keep(0, 0);
    EXPECT_EQ(bench.sent(), s_frame_of(1));
    receive_data(1, 1);
    EXPECT_EQ(bench.sent(), "") << "when it is kept, not before";
    bench.keep(2);
    EXPECT_EQ(bench.sent(), s_frame_of(2));
    bench.receive(stopdt_con);
    EXPECT_EQ(bench.events(), "stopped");
}

TEST_F(ControllingLink, Case54_NoSAfterTheStopCon) {
    bench = LinkBench{Role::controlling, {.w = 1}, Keep::by_hand};
    bench.start();
    bench.link.stop_transfer(bench.now);
    bench.sent();
    receive_data(0, 0);
    bench.receive(stopdt_con);
    bench.keep(1);
    bench.advance(19s);
    EXPECT_EQ(bench.sent(), "") << "an S-frame in stopped state would close the connection";
    bench.link.start_transfer(bench.now);
    bench.receive(startdt_con);
    EXPECT_EQ(bench.sent(), std::string(startdt_act) + " | " + s_frame_of(1));
}

TEST_F(ControllingLink, Case54_NoSThatWasDueWhenTheStopConCame) {
    bench = LinkBench{Role::controlling, {}, Keep::at_once};
    bench.start();
    bench.link.stop_transfer(bench.now);
    bench.sent();
    bench.receive(i_frame(0, 0, single_point) + std::string(stopdt_con));
    EXPECT_EQ(bench.events(), "asdu 1; stopped");
    EXPECT_EQ(bench.sent(), "");
}

TEST_F(ControllingLink, Case54_OwnFramesOpenDoNotDelayAcknowledgements) {
    bench.start();
    bench.send(command);
    bench.link.stop_transfer(bench.now);
    bench.sent();
    receive_and_keep(0, 0);
    EXPECT_EQ(bench.sent(), s_frame_of(1));
}

TEST_F(ControllingLink, Case54_OwnFramesStillOpenAtStop) {
    bench.start();
    bench.send(command);
    bench.send(command);
    bench.link.stop_transfer(bench.now);
    EXPECT_EQ(bench.link.state(), TransferState::pending_unconfirmed_stopped);
    bench.receive(s_frame_of(1));
    EXPECT_EQ(bench.link.state(), TransferState::pending_unconfirmed_stopped);
    bench.receive(i_frame(0, 2, command));
    EXPECT_EQ(bench.link.state(), TransferState::pending_stopped);
    bench.receive(stopdt_con);
    EXPECT_EQ(bench.events(), "acknowledged 1; acknowledged 2; asdu 1; stopped");
}

TEST_F(ControllingLink, Case55_NoStopConClosesAtT1) {
    bench.start();
    bench.link.stop_transfer(bench.now);
    bench.sent();
    bench.advance(15s);
    expect_closed_silently("t1: no STOPDT con within 15 s");
}

TEST_F(ControllingLink, Case56_DataAfterStopConCloses) {
    for (const auto& frame : {i_frame(0, 0, single_point), s_frame_of(0)}) {
        bench = LinkBench{Role::controlling};
        bench.start();
        bench.link.stop_transfer(bench.now);
        bench.receive(stopdt_con);
        bench.sent();
        bench.events();
        bench.receive(frame);
        expect_closed_silently("received while data transfer is stopped");
    }
}

TEST_F(ControllingLink, Case56_StartsAgainWithItsNumbers) {
    bench.start();
    bench.send(command);
    receive_data(0, 0, 1);
    bench.keep(1);
    bench.link.stop_transfer(bench.now);
    bench.receive(stopdt_con);
    bench.link.start_transfer(bench.now);
    bench.receive(startdt_con);
    bench.sent();
    bench.send(command);
    EXPECT_EQ(bench.sent(), i_frame(1, 1, command));
}

TEST_F(ControllingLink, Case58_ConfirmationsNotAskedForAreIgnored) {
    for (const auto con : {startdt_con, stopdt_con, testfr_con}) bench.receive(con);
    EXPECT_EQ(bench.link.state(), TransferState::stopped);
    bench.start();
    for (const auto con : {startdt_con, stopdt_con, testfr_con}) bench.receive(con);
    EXPECT_EQ(bench.link.state(), TransferState::started);
    EXPECT_EQ(bench.sent() + bench.events(), "");
    EXPECT_EQ(bench.link.counters().ignored, 6u);
}

TEST_F(ControllingLink, Case58_ActivationsAreNotForTheControllingStation) {
    bench.start();
    bench.receive(startdt_act);
    bench.receive(stopdt_act);
    EXPECT_EQ(bench.sent() + bench.events(), "");
    EXPECT_EQ(bench.link.counters().ignored, 2u);
}

TEST_F(ControllingLink, Case59_NothingIsAcknowledgedWhileTheStoreIsSlow) {
    bench.start();
    for (unsigned number = 0; number < 10'000; number += 8) receive_data(number, number + 7);
    bench.advance(14s);
    EXPECT_EQ(bench.sent(), "");
    bench.keep(4'000);
    EXPECT_EQ(bench.sent(), s_frame_of(4'000));
    bench.keep(10'000);
    EXPECT_EQ(bench.sent(), s_frame_of(10'000));
}

TEST_F(ControllingLink, Case59_APeerThatNeverWaitsIsCutOff) {
    bench.start();
    for (unsigned number = 0; number < 32767; ++number) receive_data(number, number);
    EXPECT_FALSE(bench.closed());
    bench.receive(i_frame(32767, 0, single_point));
    expect_closed_silently("more than 32767 I-frames received without waiting");
}

TEST_F(ControllingLink, Case60_AStoppedConnectionOnlyTests) {
    for (int round = 0; round < 5; ++round) {
        bench.advance(20s);
        EXPECT_EQ(bench.sent(), testfr_act);
        bench.receive(testfr_con);
    }
    EXPECT_EQ(bench.link.state(), TransferState::stopped);
}

TEST_F(ControllingLink, ClosedByItsOwnerItSaysSoOnceAndLast) {
    bench.start();
    receive_and_keep(0, 7);
    bench.link.close("store lost");
    bench.link.close("again");
    EXPECT_EQ(bench.sent(), s_frame_of(8)) << "what was due before";
    bench.receive(testfr_act);
    EXPECT_EQ(bench.events(), "closed");
    EXPECT_EQ(bench.close_reason(), "store lost");
    EXPECT_FALSE(bench.send(command));
    EXPECT_EQ(bench.sent(), "");
}

TEST_F(ControllingLink, CountsWhatPasses) {
    bench.start();
    receive_and_keep(0, 7);
    bench.send(command);
    bench.receive(s_frame_of(1));
    bench.sent();
    const auto& counters = bench.link.counters();
    EXPECT_EQ(counters.i_sent, 1u);
    EXPECT_EQ(counters.i_received, 8u);
    EXPECT_EQ(counters.s_sent, 0u) << "the command acknowledged";
    EXPECT_EQ(counters.s_received, 1u);
    EXPECT_EQ(counters.u_sent, 1u);
    EXPECT_EQ(counters.u_received, 1u);
    EXPECT_EQ(counters.octets_sent, 6u + 16u);
    EXPECT_EQ(counters.octets_received, 6u + 8u * 16u + 6u);
}

}  // namespace
}  // namespace busbar::iec104::test
