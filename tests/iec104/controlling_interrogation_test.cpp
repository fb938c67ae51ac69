// Test cases 136-139 and 145 of the protocol reference, and what follows from the rules of 10.2 and 10.3.
#include <gtest/gtest.h>

#include "iec104/controlling_bench.hpp"

namespace busbar::iec104::test {
namespace {

// C_IC_NA_1 of station 1, QOI 20, as it goes and comes back.
constexpr std::string_view asked = "64 01 06 00 01 00 00 00 00 14", confirmed = "64 01 07 00 01 00 00 00 00 14",
                           terminated = "64 01 0A 00 01 00 00 00 00 14", refused = "64 01 47 00 01 00 00 00 00 14";
// C_CI_NA_1 of station 1, general.
constexpr std::string_view counters_asked = "65 01 06 00 01 00 00 00 00 05";
constexpr std::string_view interrogated = "01 01 14 00 01 00 01 00 00 01", event = single_point;
constexpr std::string_view initialised = "46 01 04 00 01 00 00 00 00 00";

ControllingConfig one_station() {
    ControllingConfig config;
    config.stations = {1};
    return config;
}

TEST(ControllingStart, Case136_InterrogatesAfterStart) {
    ControllingBench bench{one_station()};
    EXPECT_EQ(bench.sent() + bench.sent_frames(), "") << "nothing before it is allowed";
    bench.session.allow_transfer(true, bench.now);
    EXPECT_EQ(bench.sent_frames(), startdt_act);
    bench.receive_frames(std::string(startdt_con));
    EXPECT_EQ(bench.events(), "started");
    EXPECT_EQ(bench.sent(), asked);
}

TEST(ControllingStart, Case136_ClockThenStationsThenCounters) {
    ControllingConfig config;
    config.originator = 7;
    config.stations = {1, 2};
    config.counters_every = 60s;
    config.synchronize_clock_on_start = true;
    ControllingBench bench{config};
    bench.clock = std::array<Octet, 7>{0, 0, 0, 9, 21, 11, 26};
    bench.session.allow_transfer(true, bench.now);
    bench.receive_frames(std::string(startdt_con));
    EXPECT_EQ(bench.events(), "started; clock 1; clock 2");
    EXPECT_EQ(bench.sent(),
              "67 01 06 07 01 00 00 00 00 00 00 00 09 15 0B 1A | 67 01 06 07 02 00 00 00 00 00 00 00 09 15 0B 1A | "
              "64 01 06 07 01 00 00 00 00 14");
    bench.receive({"64 01 07 07 01 00 00 00 00 14", "64 01 0A 07 01 00 00 00 00 14"});
    EXPECT_EQ(bench.sent(), "64 01 06 07 02 00 00 00 00 14");
    bench.receive({"64 01 07 07 02 00 00 00 00 14", "64 01 0A 07 02 00 00 00 00 14"});
    EXPECT_EQ(bench.sent(), "65 01 06 07 01 00 00 00 00 05");
    bench.receive({"65 01 07 07 01 00 00 00 00 05", "65 01 0A 07 01 00 00 00 00 05"});
    EXPECT_EQ(bench.sent(), "65 01 06 07 02 00 00 00 00 05");
}

TEST(ControllingStart, Case136_GroupsInsteadOfTheStation) {
    auto config = one_station();
    config.groups = {1, 16};
    ControllingBench bench{config};
    bench.session.allow_transfer(true, bench.now);
    bench.receive_frames(std::string(startdt_con));
    EXPECT_EQ(bench.sent(), "64 01 06 00 01 00 00 00 00 15");
    bench.receive({"64 01 07 00 01 00 00 00 00 15", "01 01 15 00 01 00 01 00 00 01", "64 01 0A 00 01 00 00 00 00 15"});
    EXPECT_EQ(bench.sent(), "64 01 06 00 01 00 00 00 00 24");
}

TEST(ControllingStart, Case136_NothingIsAskedThatIsNotConfigured) {
    auto config = one_station();
    config.interrogate_on_start = false;
    ControllingBench bench{config};
    bench.session.allow_transfer(true, bench.now);
    bench.receive_frames(std::string(startdt_con));
    bench.advance(1h);
    EXPECT_EQ(bench.sent(), "");
}

/// Started; station 1 has been asked.
struct Interrogation : testing::Test {
    ControllingBench bench{one_station()};
    void SetUp() override { bench.start(); }
};

TEST_F(Interrogation, Case137_EndsWithTheTermination) {
    bench.receive({confirmed, interrogated, event, interrogated, terminated});
    EXPECT_EQ(bench.events(),
              "answer 100 cause 7; received 1; received 1; received 1; answer 100 cause 10; ended 1 20 complete");
    EXPECT_EQ(bench.session.counters().interrogations, 1u);
    bench.advance(1h);
    EXPECT_EQ(bench.sent(), "") << "once";
}

TEST_F(Interrogation, Case138_RefusedIsAskedAgainLater) {
    bench.receive(refused);
    EXPECT_EQ(bench.events(), "answer 100 cause 7 negative; ended 1 20: refused");
    bench.advance(30s - 1ms);
    EXPECT_EQ(bench.sent(), "");
    bench.advance(1ms);
    EXPECT_EQ(bench.sent(), asked);
    bench.receive("64 01 6E 00 01 00 00 00 00 14");
    EXPECT_EQ(bench.events(), "answer 100 cause 46 negative; ended 1 20: refused: common address unknown (46)");
    EXPECT_EQ(bench.session.counters().interrogation_failed, 2u);
}

TEST_F(Interrogation, Case138_NoAnswerIsAskedAgainLater) {
    bench.receive_frames(s_frame_of(1));
    bench.advance(10s - 1ms);
    EXPECT_EQ(bench.events(), "");
    bench.advance(1ms);
    EXPECT_EQ(bench.events(), "ended 1 20: not confirmed in time");
    bench.advance(30s);
    EXPECT_EQ(bench.sent(), asked);
}

TEST_F(Interrogation, Case138_DataWithoutConfirmationIsTaken) {
    bench.receive(interrogated);
    EXPECT_EQ(bench.events(), "received 1");
    bench.advance(20s);
    bench.receive({interrogated, terminated});
    EXPECT_EQ(bench.events(), "received 1; answer 100 cause 10; ended 1 20 complete");
}

TEST_F(Interrogation, Case138_NoTerminationEndsWhenNoDataComesAnyMore) {
    bench.receive(confirmed);
    for (int round = 0; round < 4; ++round) {
        bench.advance(20s);
        bench.receive(interrogated);
    }
    bench.events();
    bench.advance(20s);
    bench.receive(event);
    bench.advance(10s - 1ms);
    EXPECT_EQ(bench.events(), "received 1") << "an event is no progress";
    bench.advance(1ms);
    EXPECT_EQ(bench.events(), "ended 1 20: not terminated in time");
}

TEST_F(Interrogation, Case138_ALateConfirmationIsProgress) {
    bench.receive_frames(s_frame_of(1));
    bench.advance(9s);
    bench.receive(confirmed);
    bench.events();
    bench.advance(30s - 1ms);
    EXPECT_EQ(bench.events(), "");
    bench.advance(1ms);
    EXPECT_EQ(bench.events(), "ended 1 20: not terminated in time");
}

TEST_F(Interrogation, Case138_AWholeInterrogationHasALimit) {
    bench.receive(confirmed);
    for (int round = 0; round < 59; ++round) {
        bench.advance(10s);
        bench.receive(interrogated);
    }
    bench.events();
    bench.advance(10s);
    EXPECT_EQ(bench.events(), "ended 1 20: not terminated in time");
}

TEST_F(Interrogation, Case138_FailuresDoNotPileUp) {
    auto config = one_station();
    config.interrogate_every = 50s;
    bench.session.configure(config, bench.now);
    bench.receive_frames(s_frame_of(1));
    int asked_again = 0;
    for (int second = 0; second < 1000; ++second) {
        bench.advance(1s);
        const std::string sent = bench.sent();
        if (sent == refused || sent.empty()) continue;
        EXPECT_EQ(sent, asked);
        ++asked_again;
        bench.receive(refused);
    }
    EXPECT_LE(asked_again, 1000 / 50 + 1000 / 30 + 1) << "at most the schedule and one repetition";
    EXPECT_GE(asked_again, 1000 / 50);
}

TEST_F(Interrogation, Case138_TerminationOfAnotherQualifierIsNotOurs) {
    bench.receive({confirmed, "64 01 0A 00 01 00 00 00 00 15"});
    EXPECT_EQ(bench.events(), "answer 100 cause 7; answer 100 cause 10; ended 1 21 complete");
    bench.receive(terminated);
    EXPECT_EQ(bench.events(), "answer 100 cause 10; ended 1 20 complete");
}

TEST_F(Interrogation, Case138_AnswersOfAnotherStationAreNotOurs) {
    bench.receive({"64 01 07 00 02 00 00 00 00 14", "01 01 14 00 02 00 01 00 00 01", "64 01 0A 00 02 00 00 00 00 14"});
    bench.events();
    bench.advance(10s);
    EXPECT_EQ(bench.events(), "ended 1 20: not confirmed in time");
}

TEST_F(Interrogation, Case138_CountersWithTheSameQualifierAreNotOurs) {
    bench.receive({confirmed, terminated});
    EXPECT_TRUE(bench.session.interrogate(1, 64, bench.now));
    bench.sent();
    bench.events();
    bench.receive("65 01 0A 00 01 00 00 00 00 40");
    EXPECT_EQ(bench.events(), "answer 101 cause 10; ended 1 counters 64 complete");
    bench.receive("64 01 07 00 01 00 00 00 00 40");
    EXPECT_EQ(bench.events(), "answer 100 cause 7");
    bench.advance(30s);
    EXPECT_EQ(bench.events(), "ended 1 64: not terminated in time");
}

TEST_F(Interrogation, ADeactivationConfirmedIsNoConfirmation) {
    bench.receive("64 01 09 00 01 00 00 00 00 14");
    bench.events();
    bench.advance(10s);
    EXPECT_EQ(bench.events(), "ended 1 20: not confirmed in time");
}

TEST_F(Interrogation, Case148_TerminationBeforeConfirmationIsTaken) {
    bench.receive({terminated, confirmed});
    EXPECT_EQ(bench.events(), "answer 100 cause 10; ended 1 20 complete; answer 100 cause 7");
    bench.advance(1h);
    EXPECT_EQ(bench.events(), "");
}

TEST_F(Interrogation, RunsOnScheduleOneAtATime) {
    auto config = one_station();
    config.interrogate_every = 60s;
    config.counters_every = 60s;
    bench.session.configure(config, bench.now);
    bench.receive({confirmed, terminated});
    bench.advance(60s);
    EXPECT_EQ(bench.sent(), asked);
    bench.receive({confirmed, terminated});
    EXPECT_EQ(bench.sent(), counters_asked);
    bench.receive({"65 01 07 00 01 00 00 00 00 05", "0F 01 25 00 01 00 01 00 00 05 00 00 00 01"});
    EXPECT_EQ(bench.sent(), "");
    bench.receive("65 01 0A 00 01 00 00 00 00 05");
    bench.events();
    bench.advance(60s);
    EXPECT_EQ(bench.sent(), asked);
}

TEST(ControllingStart, ScheduleBeginsWithTheTransfer) {
    auto config = one_station();
    config.interrogate_on_start = false;
    config.interrogate_every = 60s;
    ControllingBench bench{config};
    bench.advance(90s);
    bench.start();
    bench.advance(60s - 1ms);
    EXPECT_EQ(bench.sent(), "");
    bench.advance(1ms);
    EXPECT_EQ(bench.sent(), asked);
}

TEST(ControllingStart, ASlowStationIsNotAskedMoreOftenThanItAnswers) {
    auto config = one_station();
    config.interrogate_every = 5s;
    ControllingBench bench{config};
    bench.start();
    bench.receive(confirmed);
    for (int round = 0; round < 4; ++round) {
        bench.advance(15s);
        bench.receive(interrogated);
    }
    EXPECT_EQ(bench.sent(), "");
    bench.receive(terminated);
    EXPECT_EQ(bench.sent(), asked);
    bench.receive({confirmed, terminated});
    EXPECT_EQ(bench.sent(), "") << "what was due meanwhile is asked once";
}

TEST_F(Interrogation, NothingThatWaitedOutlivesTheTransfer) {
    EXPECT_TRUE(bench.session.interrogate(1, 21, bench.now));
    bench.receive(refused);
    EXPECT_EQ(bench.sent(), "64 01 06 00 01 00 00 00 00 15");
    EXPECT_TRUE(bench.session.interrogate(1, 22, bench.now));
    bench.session.stop_transfer(bench.now);
    bench.receive_frames(std::string(stopdt_con));
    bench.session.allow_transfer(true, bench.now);
    bench.receive_frames(std::string(startdt_con));
    EXPECT_EQ(bench.sent(), asked);
    bench.receive({confirmed, terminated});
    bench.advance(1h);
    EXPECT_EQ(bench.sent(), "");
}

TEST_F(Interrogation, Case145_EndOfInitializationAsksAgain) {
    bench.receive({confirmed, terminated});
    bench.events();
    bench.receive(initialised);
    EXPECT_EQ(bench.events(), "");
    EXPECT_EQ(bench.sent(), asked);
}

TEST_F(Interrogation, Case145_BetweenRequestAndConfirmationItChangesNothing) {
    bench.receive({initialised, confirmed, terminated});
    EXPECT_EQ(bench.sent(), "");
}

TEST_F(Interrogation, Case145_InTheMiddleItAsksAgainButNotInALoop) {
    bench.receive({confirmed, initialised, initialised, terminated});
    EXPECT_EQ(bench.sent(), "");
    bench.advance(30s);
    EXPECT_EQ(bench.sent(), asked);
    bench.receive({confirmed, terminated});
    bench.advance(1h);
    EXPECT_EQ(bench.sent(), "");
}

TEST(ControllingStart, Case145_AsksForAllConfiguredGroupsAgain) {
    auto config = one_station();
    config.groups = {1, 2};
    ControllingBench bench{config};
    bench.start();
    const std::string_view group_1 = "64 01 06 00 01 00 00 00 00 15", group_2 = "64 01 06 00 01 00 00 00 00 16";
    bench.receive({"64 01 07 00 01 00 00 00 00 15", "64 01 0A 00 01 00 00 00 00 15"});
    EXPECT_EQ(bench.sent(), group_2);
    bench.receive({initialised, "64 01 07 00 01 00 00 00 00 16", "64 01 0A 00 01 00 00 00 00 16"});
    EXPECT_EQ(bench.sent(), "");
    bench.advance(30s);
    EXPECT_EQ(bench.sent(), group_1) << "group 2 was asked after it";
    bench.receive({"64 01 07 00 01 00 00 00 00 15", "64 01 0A 00 01 00 00 00 00 15"});
    EXPECT_EQ(bench.sent(), "");
    bench.receive(initialised);
    EXPECT_EQ(bench.sent(), group_1);
    bench.receive({"64 01 07 00 01 00 00 00 00 15", "64 01 0A 00 01 00 00 00 00 15"});
    EXPECT_EQ(bench.sent(), group_2);
}

TEST_F(Interrogation, Case145_OfAStationThatIsNotOursItChangesNothing) {
    bench.receive({confirmed, terminated});
    bench.receive("46 01 04 00 02 00 00 00 00 00");
    EXPECT_EQ(bench.sent(), "");
}

TEST_F(Interrogation, WhatRunsFailsWhenTransferStops) {
    bench.receive(confirmed);
    bench.events();
    bench.session.stop_transfer(bench.now);
    bench.receive_frames(std::string(stopdt_con));
    EXPECT_EQ(bench.events(), "stopped; ended 1 20: data transfer stopped");
    bench.advance(10s);
    EXPECT_EQ(bench.sent(), "");
}

/// Started without stations: all of them are asked at once by common address 65535.
struct InterrogationOfAll : testing::Test {
    ControllingBench bench;
    void SetUp() override {
        bench.session.allow_transfer(true, bench.now);
        bench.receive_frames(std::string(startdt_con));
        ASSERT_EQ(bench.sent(), "64 01 06 00 FF FF 00 00 00 14");
        bench.events();
    }
};

TEST_F(InterrogationOfAll, AnsweredOnceWith65535) {
    bench.receive({"64 01 07 00 FF FF 00 00 00 14", interrogated, "64 01 0A 00 FF FF 00 00 00 14"});
    EXPECT_EQ(bench.events(), "answer 100 cause 7; received 1; answer 100 cause 10; ended 65535 20 complete");
    bench.advance(1h);
    EXPECT_EQ(bench.sent(), "");
}

TEST_F(InterrogationOfAll, Case145_AStationIsReachedByTheOneThatWaits) {
    bench.receive({"64 01 07 00 FF FF 00 00 00 14", "64 01 0A 00 FF FF 00 00 00 14"});
    EXPECT_TRUE(bench.session.interrogate_counters(1, 5, bench.now));
    EXPECT_EQ(bench.sent(), counters_asked);
    EXPECT_TRUE(bench.session.interrogate(iec60870::all_stations, 20, bench.now));
    bench.receive({initialised, "65 01 0A 00 01 00 00 00 00 05"});
    EXPECT_EQ(bench.sent(), "64 01 06 00 FF FF 00 00 00 14");
    bench.receive({"64 01 07 00 FF FF 00 00 00 14", "64 01 0A 00 FF FF 00 00 00 14"});
    EXPECT_EQ(bench.sent(), "");
}

TEST_F(InterrogationOfAll, AnsweredByEachStation) {
    bench.receive({confirmed, "64 01 07 00 02 00 00 00 00 14", interrogated, terminated});
    EXPECT_EQ(bench.events(),
              "answer 100 cause 7; answer 100 cause 7; received 1; answer 100 cause 10; ended 1 20 complete");
    EXPECT_TRUE(bench.session.interrogate(1, 20, bench.now));
    EXPECT_EQ(bench.sent(), "") << "station 2 is not through";
    bench.receive("64 01 0A 00 02 00 00 00 00 14");
    EXPECT_EQ(bench.events(), "answer 100 cause 10; ended 2 20 complete");
    EXPECT_EQ(bench.sent(), asked);
}

TEST_F(InterrogationOfAll, AnsweredByOneStationAfterTheOther) {
    bench.receive({confirmed, terminated, "64 01 07 00 02 00 00 00 00 14", "64 01 0A 00 02 00 00 00 00 14"});
    EXPECT_EQ(bench.events(),
              "answer 100 cause 7; answer 100 cause 10; ended 1 20 complete; "
              "answer 100 cause 7; answer 100 cause 10; ended 2 20 complete");
}

TEST_F(InterrogationOfAll, RefusedByOneStationOnlyThatOneIsAskedAgain) {
    bench.receive({confirmed, "64 01 47 00 02 00 00 00 00 14", terminated});
    EXPECT_EQ(bench.events(),
              "answer 100 cause 7; answer 100 cause 7 negative; ended 2 20: refused; "
              "answer 100 cause 10; ended 1 20 complete");
    bench.advance(30s);
    EXPECT_EQ(bench.sent(), "64 01 06 00 02 00 00 00 00 14");
}

TEST_F(Interrogation, CountersAreDoneWithTheConfirmationOfAFreeze) {
    bench.receive({confirmed, terminated});
    bench.events();
    EXPECT_TRUE(bench.session.interrogate_counters(1, 0x45, bench.now));
    EXPECT_TRUE(bench.session.interrogate_counters(1, 0x05, bench.now));
    EXPECT_EQ(bench.sent(), "65 01 06 00 01 00 00 00 00 45");
    bench.receive("65 01 07 00 01 00 00 00 00 45");
    EXPECT_EQ(bench.events(), "answer 101 cause 7; ended 1 counters 69 complete");
    EXPECT_EQ(bench.sent(), counters_asked);
}

TEST(ControllingCounters, AreFrozenBeforeTheyAreReadAndAFreezeIsNotRepeated) {
    ControllingConfig config;
    config.stations = {1};
    config.interrogate_on_start = false;
    config.counters_every = 3600s;
    config.freeze_counters = true;
    ControllingBench bench(config);
    bench.session.allow_transfer(true, bench.now);
    bench.start();
    bench.receive({"65 01 07 00 01 00 00 00 00 05", "65 01 0A 00 01 00 00 00 00 05"});
    bench.sent();
    bench.advance(3600s);
    EXPECT_EQ(bench.sent(), "65 01 06 00 01 00 00 00 00 45");
    bench.receive("65 01 07 00 01 00 00 00 00 45");
    EXPECT_EQ(bench.sent(), "65 01 06 00 01 00 00 00 00 05");
    bench.receive({"65 01 07 00 01 00 00 00 00 05", "65 01 0A 00 01 00 00 00 00 05"});
    bench.advance(3600s);
    EXPECT_EQ(bench.sent(), "65 01 06 00 01 00 00 00 00 45");
    bench.advance(10s);  // no confirmation
    EXPECT_EQ(bench.sent(), "65 01 06 00 01 00 00 00 00 05") << "what was frozen last, or is present";
    bench.receive({"65 01 07 00 01 00 00 00 00 05", "65 01 0A 00 01 00 00 00 00 05"});
    bench.advance(60s);
    EXPECT_EQ(bench.sent(), "");
}

TEST_F(Interrogation, OrderedByTheOwnerItIsNotRepeated) {
    bench.receive({confirmed, terminated});
    EXPECT_TRUE(bench.session.interrogate(1, 21, bench.now));
    EXPECT_EQ(bench.sent(), "64 01 06 00 01 00 00 00 00 15");
    bench.receive("64 01 47 00 01 00 00 00 00 15");
    bench.advance(1h);
    EXPECT_EQ(bench.sent(), "");
}

}  // namespace
}  // namespace busbar::iec104::test
