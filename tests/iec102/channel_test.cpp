// Several meters on one line: turns, rates, demotion, requests, gateways. What goes wrong: channel_faults_test.cpp.
#include <gmock/gmock.h>

#include "channel_bench.hpp"

namespace busbar::iec102::test {
namespace {

using testing::HasSubstr;

using Bench = MetersBench;

TEST(MeterChannel, ReadsEachDeviceAtItsRateInOneSession) {
    Bench bench{3};
    bench.advance(10s);
    for (const auto& [link, peer] : bench.peers) {
        EXPECT_EQ(peer->logins, 1u);
        EXPECT_GE(peer->reads, 10u);
        EXPECT_LE(peer->reads, 11u);
    }
    const auto interval = bench.status(0).intervals[0];
    ASSERT_TRUE(interval);
    EXPECT_NEAR(std::chrono::duration<double>(*interval).count(), 1.0, 0.1);
}

TEST(MeterChannel, ReadsObjectsOfDifferentRatesTogetherWhenTheyAreDueTogether) {
    Bench bench{1};
    bench.configs[0].periods = {std::chrono::milliseconds{2000}, std::chrono::milliseconds{1000}, std::nullopt};
    bench.apply();
    bench.advance(3500ms);
    EXPECT_EQ(bench.events(),
              "m1 starting; m1 good; m1 values 192 193; m1 values 193; m1 values 192 193; m1 values 193");
}

TEST(MeterChannel, ALineSlowerThanTheScanRateIsReadBackToBackAndNothingQueuesUp) {
    Bench bench{1};
    bench.configs[0].periods.fill(std::chrono::milliseconds{100});
    bench.apply();
    bench.latency = 250ms;
    EXPECT_EQ(bench.readings_in("m1", 10s), 17u);  // 4 answers to open, then 2 a reading
    const auto interval = bench.status(0).intervals[0];
    ASSERT_TRUE(interval);
    EXPECT_NEAR(std::chrono::duration<double>(*interval).count(), 0.5, 0.01);
    bench.latency = 20ms;  // fast again: the rate is the scan rate, not faster to catch up
    bench.advance(1s);
    EXPECT_LE(bench.readings_in("m1", 10s), 100u);
    EXPECT_GE(bench.readings_in("m1", 10s), 99u);
}

TEST(MeterChannel, ASilentDeviceIsDemotedAfterThreeRoundsOfFourAttempts) {
    Bench bench{1};
    bench.silence(1);
    bench.advance(200ms);  // settling
    bench.advance(36s - 1ms);
    EXPECT_EQ(bench.frames, 12u);
    EXPECT_EQ(bench.events(), "m1 starting; m1 failing: no answer to 4 attempts");
    bench.advance(1ms);
    EXPECT_EQ(bench.events(), "m1 demoted: no answer to 4 attempts");
    bench.advance(60s - 1ms);
    EXPECT_EQ(bench.frames, 12u);  // not one frame while off-scan
    bench.advance(1ms);
    EXPECT_EQ(bench.events(), "m1 starting: on-scan again");
    EXPECT_EQ(bench.status(0).failures, 0u);
    bench.advance(24s);
    EXPECT_EQ(bench.status(0).failures, 2u);  // the count began at 0
    EXPECT_EQ(bench.status(0).state, DeviceState::failing);
    bench.speak();
    bench.advance(10s);
    EXPECT_EQ(bench.status(0).state, DeviceState::good);
    EXPECT_EQ(bench.status(0).failures, 0u);
}

TEST(MeterChannel, WithoutAutoDemotionADeviceStaysOnScan) {
    Bench bench{1};
    bench.configs[0].demotion.enabled = false;
    bench.apply();
    bench.silence(1);
    bench.advance(120s);
    EXPECT_EQ(bench.status(0).state, DeviceState::failing);
    EXPECT_GE(bench.status(0).failures, 9u);
    bench.speak();
    bench.advance(5s);
    EXPECT_EQ(bench.status(0).state, DeviceState::good);
}

TEST(MeterChannel, AnAnswerBetweenResetsTheCountOfFailures) {
    Bench bench{1};
    bench.advance(2s);
    for (int round = 0; round < 5; ++round) {
        bench.silence(1);
        bench.advance(20s);  // one round, and a part
        bench.speak();
        bench.peer(1).restart();
        bench.advance(10s);
        EXPECT_EQ(bench.status(0).state, DeviceState::good) << round;
    }
    EXPECT_EQ(bench.status(0).demotions, 0u);
}

TEST(MeterChannel, ASilentDeviceCostsTheOthersOneTimeOutATurn) {
    Bench bench{3};
    bench.advance(2s);
    bench.configs[0].demotion.enabled = false;
    bench.apply();
    bench.silence(1);
    // Each of the others is served once in a turn: a time-out of 3 s and two frames of each, not four time-outs.
    EXPECT_GE(bench.readings_in("m2", 60s), 9u);
    EXPECT_GE(bench.readings_in("m3", 60s), 9u);
}

TEST(MeterChannel, OnceDemotedADeviceCostsTheOthersNothing) {
    Bench bench{2};
    bench.silence(1);
    bench.advance(45s);
    EXPECT_EQ(bench.status(0).state, DeviceState::demoted);
    EXPECT_GE(bench.readings_in("m2", 10s), 9u);
}

TEST(MeterChannel, AWrongPasswordIsNotHammeredAndIsNoFailureOfTheLine) {
    Bench bench{2};
    bench.configs[0].password = Password{9};
    bench.apply();
    bench.advance(10 * 60s);
    EXPECT_LE(bench.peer(1).login_attempts, 10u);
    EXPECT_GE(bench.peer(1).login_attempts, 9u);
    EXPECT_EQ(bench.status(0).rounds_failed, 0u);
    EXPECT_EQ(bench.status(0).demotions, 0u);
    EXPECT_GE(bench.readings["m2"], 599u);
    bench.configs[0].password = Password{1};  // set right by the operator: tried at once
    bench.apply();
    bench.advance(2s);
    EXPECT_EQ(bench.status(0).state, DeviceState::good);
}

TEST(MeterChannel, AMeterWithoutInstantaneousValuesIsAskedOnceAMinute) {
    Bench bench{2};
    bench.peer(1).refuse_reads = Cause::type_not_available;
    bench.advance(10 * 60s);
    EXPECT_EQ(bench.status(0).state, DeviceState::refusing);
    EXPECT_EQ(bench.status(0).reason, "no instantaneous values: requested ASDU type not available (cause 14)");
    EXPECT_EQ(bench.status(0).rounds_failed, 0u);
    EXPECT_LE(bench.peer(1).frames, 6 * 11u);
    EXPECT_EQ(bench.count("m1 refused"), 3u);  // each object once, not every minute
    EXPECT_GE(bench.readings["m2"], 599u);
    bench.peer(1).refuse_reads.reset();
    bench.advance(61s);
    EXPECT_EQ(bench.status(0).state, DeviceState::good);
}

TEST(MeterChannel, ObjectsAreAskedOneByOneWhenOneOfThemIsNotThere) {
    Bench bench{1};
    bench.peer(1).missing_objects = {power_object};
    bench.advance(5s);
    EXPECT_EQ(bench.count("m1 refused"), 1u);
    EXPECT_EQ(bench.count("m1 refused 193: requested information object not available (cause 17)"), 1u);
    EXPECT_EQ(bench.status(0).state, DeviceState::good);
    EXPECT_TRUE(bench.values["m1"].energies);
    bench.events();
    bench.advance(3s);
    EXPECT_THAT(bench.events(), HasSubstr("m1 values 192 194"));  // those that work, together
    bench.peer(1).missing_objects.clear();
    bench.advance(60s);
    bench.events();
    bench.advance(2s);
    EXPECT_THAT(bench.events(), HasSubstr("m1 values 192 193 194"));
}

TEST(MeterChannel, ARefusalIsSaidAgainAfterTheMeterWasAway) {
    Bench bench{1};
    bench.peer(1).missing_objects = {power_object};
    bench.advance(5s);
    EXPECT_EQ(bench.count("m1 refused 193"), 1u);
    bench.silence(1);
    bench.advance(20s);  // its tags are bad for another reason
    bench.speak();
    bench.advance(120s);
    EXPECT_EQ(bench.count("m1 refused 193"), 2u);
    EXPECT_EQ(bench.status(0).state, DeviceState::good);
}

TEST(MeterChannel, AWrongPointAddressIsARefusalWithItsReason) {
    Bench bench{1};
    bench.configs[0].point_address = 2;
    bench.apply();
    bench.advance(30s);
    EXPECT_EQ(bench.status(0).state, DeviceState::login_refused);
    EXPECT_THAT(bench.status(0).reason, HasSubstr("address unknown (cause 16)"));
}

TEST(MeterChannel, StaleAnswersAreDiscardedUpToTen) {
    Bench bench{1};
    bench.advance(2s);
    const OctetBuffer old = make_asdu({TypeId::increments, 1, false, Cause::request, false, false, 1, 11},
                                      AddressedTotal{1, {5, {}}}, TimeLabelA{});
    bench.peer(1).stale.assign(10, old);
    bench.events();
    bench.advance(2s);
    EXPECT_EQ(bench.status(0).rounds_failed, 0u);
    EXPECT_THAT(bench.events(), HasSubstr("m1 values"));
    bench.peer(1).stale.assign(11, old);
    bench.advance(4s);
    EXPECT_EQ(bench.status(0).rounds_failed, 1u);
    EXPECT_EQ(bench.count("m1 failing: only answers to something else"), 1u);
    EXPECT_EQ(bench.status(0).state, DeviceState::good);  // the reset has emptied the meter's queue
}

TEST(MeterChannel, ADisabledDeviceGetsNoFrame) {
    Bench bench{2};
    bench.advance(2s);
    bench.configs[0].enabled = false;
    bench.apply();
    bench.advance(500ms);
    EXPECT_FALSE(bench.peer(1).session);  // logged out
    const auto frames = bench.peer(1).frames;
    EXPECT_GE(bench.readings_in("m2", 10s), 9u);
    EXPECT_EQ(bench.peer(1).frames, frames);
    EXPECT_EQ(bench.status(0).state, DeviceState::disabled);
    EXPECT_EQ(bench.peer(2).logins, 1u);
    bench.configs[0].enabled = true;
    bench.apply();
    EXPECT_GE(bench.readings_in("m1", 3s), 2u);
}

TEST(MeterChannel, DevicesComeGoAndChangeWithoutDisturbingTheOthers) {
    Bench bench{2};
    bench.advance(2s);
    bench.add(3);
    bench.configs.push_back(meter_config("m3", 3));
    bench.configs.erase(bench.configs.begin());
    bench.apply();
    bench.advance(5s);
    EXPECT_FALSE(bench.peer(1).session);
    EXPECT_GE(bench.peer(3).reads, 4u);
    EXPECT_EQ(bench.peer(2).logins, 1u);
    EXPECT_EQ(bench.channel.devices().size(), 2u);
    bench.configs[0].periods.fill(std::chrono::milliseconds{500});  // m2: only its rate
    bench.apply();
    EXPECT_GE(bench.readings_in("m2", 10s), 19u);
    EXPECT_EQ(bench.peer(2).logins, 1u);
    bench.configs[1].name = "other";  // the same meter under another name: logs out before the other logs in
    bench.apply();
    EXPECT_GE(bench.readings_in("other", 5s), 4u);
    EXPECT_EQ(bench.peer(3).logins, 2u);
}

TEST(MeterChannel, ADeviceRemovedInTheMiddleOfItsFrameLogsOutAfterTheAnswer) {
    for (int step = 0; step < 60; ++step) {
        SCOPED_TRACE(step);
        Bench bench{2};
        bench.advance(200ms + 5ms * step);
        bench.configs.erase(bench.configs.begin());
        bench.apply();
        bench.advance(5s);
        EXPECT_FALSE(bench.peer(1).session);
        EXPECT_GE(bench.peer(2).reads, 4u);
        EXPECT_EQ(bench.status(0).rounds_failed, 0u);
    }
}

TEST(MeterChannel, ReadsOnRequestAndSaysWhatBecameOfIt) {
    Bench bench{1};
    bench.configs[0].periods.fill(std::chrono::milliseconds{3'600'000});
    bench.apply();
    bench.advance(2s);
    bench.events();
    EXPECT_FALSE(bench.channel.request("m1", {7, ReadNow{}}, bench.now));
    bench.pump();
    bench.advance(1s);
    EXPECT_EQ(bench.events(), "m1 values 192 193 194; m1 finished 7");
    EXPECT_FALSE(bench.channel.request("m1", {8, read_identification()}, bench.now));
    bench.pump();
    bench.advance(1s);
    EXPECT_EQ(bench.events(), "m1 answer 8: type 71; m1 finished 8");
    EXPECT_FALSE(bench.channel.request("m1", {9, read_time()}, bench.now));
    bench.pump();
    bench.advance(2s);
    EXPECT_EQ(bench.events(), "m1 finished 9: requested ASDU type not available (cause 14)");
    EXPECT_EQ(bench.channel.request("nobody", {10, ReadNow{}}, bench.now), "there is no such device");
}

TEST(MeterChannel, ALoadCurveComesFrameByFrame) {
    Bench bench{2};
    bench.advance(2s);
    bench.peer(1).curve_frames = 40;
    const TotalRange range{1,
                           8,
                           {label_a(parse_iso8601("2026-11-01T00:00:00Z").value()),
                            label_a(parse_iso8601("2026-11-02T00:00:00Z").value())}};
    EXPECT_FALSE(bench.channel.request("m1", {1, read_increments(11, range)}, bench.now));
    bench.pump();
    EXPECT_GE(bench.readings_in("m2", 5s), 4u);  // the other keeps its rate
    EXPECT_EQ(bench.count("m1 answer 1: type 11"), 40u);
    EXPECT_EQ(bench.count("m1 finished 1"), 1u);
}

TEST(MeterChannel, RequestsToADeviceOffScanAreRefused) {
    Bench bench{1};
    bench.silence(1);
    EXPECT_EQ(bench.channel.request("m1", {1, ReadNow{}}, bench.now), std::nullopt);
    bench.pump();
    bench.advance(40s);
    EXPECT_EQ(bench.count("m1 finished 1: no answer to 4 attempts"), 1u);
    EXPECT_EQ(bench.channel.request("m1", {2, ReadNow{}}, bench.now), "the device is demoted");
    EXPECT_TRUE(bench.channel.end_demotion("m1", bench.now));
    bench.speak();
    bench.pump();
    bench.advance(5s);
    EXPECT_EQ(bench.status(0).state, DeviceState::good);
    EXPECT_FALSE(bench.channel.end_demotion("m1", bench.now));
}

TEST(MeterChannel, WaitingRequestsAreBounded) {
    Bench bench{1};
    bench.advance(1s);
    unsigned taken = 0;
    for (std::uint64_t id = 0; id < 100; ++id) taken += !bench.channel.request("m1", {id, ReadNow{}}, bench.now);
    EXPECT_LE(taken, 17u);
    EXPECT_EQ(bench.channel.request("m1", {1, ReadNow{}}, bench.now), "too many requests are waiting");
    bench.pump();
    bench.advance(10s);
    EXPECT_EQ(bench.count("m1 finished"), taken);
}

TEST(MeterChannel, AClosedConnectionFailsEverythingAndTheNextOneStartsAnew) {
    Bench bench{2};
    bench.advance(2s);
    EXPECT_FALSE(bench.channel.request("m1", {1, ReadNow{}}, bench.now));
    bench.pump();
    bench.close();
    EXPECT_EQ(bench.count("m1 failing: connection closed"), 1u);
    EXPECT_EQ(bench.count("m2 failing: connection closed"), 1u);
    EXPECT_EQ(bench.count("m1 finished 1: "), 1u);
    EXPECT_EQ(bench.channel.request("m1", {2, ReadNow{}}, bench.now), "the line is not connected");
    bench.advance(60s);
    bench.connect();
    bench.advance(2s);
    EXPECT_EQ(bench.status(0).state, DeviceState::good);
    EXPECT_EQ(bench.peer(1).logins, 2u);
    EXPECT_EQ(bench.status(0).demotions, 0u);
}

TEST(MeterChannel, PausesAtAnyMomentAndStartsAnewAfterwards) {
    for (int step = 0; step < 120; ++step) {
        SCOPED_TRACE(step);
        Bench bench{2};
        bench.advance(190ms + 4ms * step);
        bench.channel.pause(bench.now);
        bench.pump();
        bench.advance(4s);
        ASSERT_EQ(bench.count("line free"), 1u);
        EXPECT_FALSE(bench.peer(1).session);
        EXPECT_FALSE(bench.peer(2).session);
        const auto frames = bench.frames;
        bench.advance(60s);
        EXPECT_EQ(bench.frames, frames);
        // What the gateway's client does: a reset of its own.
        bench.peer(1).restart();
        bench.peer(2).restart();
        bench.channel.resume(bench.now);
        bench.pump();
        bench.advance(3s);
        EXPECT_EQ(bench.status(0).state, DeviceState::good);
        EXPECT_EQ(bench.status(1).state, DeviceState::good);
        EXPECT_EQ(bench.status(0).rounds_failed, 0u);
    }
}

TEST(MeterChannel, WhileItPausesItOnlyLogsOut) {
    Bench bench{3};
    for (auto& config : bench.configs) config.periods.fill(std::chrono::milliseconds{100});
    bench.apply();
    bench.latency = 200ms;  // each is due again before the others have logged out
    bench.advance(5s);
    bench.sent();
    bench.channel.pause(bench.now);
    bench.pump();
    bench.advance(5s);
    EXPECT_EQ(bench.count("line free"), 1u);
    const std::string sent = bench.sent();
    EXPECT_THAT(sent, HasSubstr("BB 00 06"));
    EXPECT_EQ(sent.find("10 49"), std::string::npos) << sent;
    EXPECT_EQ(sent.find("A2 03 05"), std::string::npos) << sent;
}

TEST(MeterChannel, ResumesBeforeTheLineWasFree) {
    for (int step = 0; step < 40; ++step) {
        SCOPED_TRACE(step);
        Bench bench{2};
        bench.advance(2s);
        bench.channel.pause(bench.now);
        bench.pump();
        bench.advance(3ms * step);
        bench.channel.resume(bench.now);
        bench.pump();
        bench.advance(10s);
        EXPECT_EQ(bench.status(0).state, DeviceState::good);
        EXPECT_EQ(bench.status(1).state, DeviceState::good);
        EXPECT_EQ(bench.peer(1).logins, 2u);
        EXPECT_GE(bench.peer(1).reads, 8u);
    }
}

TEST(MeterChannel, PausingASilentLineTakesOneTimeOut) {
    Bench bench{1};
    bench.advance(2s);
    bench.silence(1);
    bench.advance(1500ms);
    bench.channel.pause(bench.now);
    bench.pump();
    bench.advance(3s);
    EXPECT_EQ(bench.count("line free"), 1u);
}

TEST(MeterChannel, APauseWithoutAConnectionIsFreeAtOnce) {
    ChannelBench bench;
    bench.channel.set_devices({meter_config("m", 1)}, bench.now);
    bench.channel.pause(bench.now);
    bench.pump();
    EXPECT_EQ(bench.count("line free"), 1u);
}

TEST(MeterChannel, WhileTheLineIsAwayNothingIsSentAndRequestsAreRefused) {
    Bench bench{1};
    bench.advance(2s);
    bench.channel.pause(bench.now);
    bench.pump();
    bench.advance(1s);
    EXPECT_EQ(bench.channel.request("m1", {1, ReadNow{}}, bench.now), "the line is in another hand");
    bench.receive("68 09 09 68 08 01 00 BB 00 07 01 00 00 CC 16");  // what the gateway's client is sent
    EXPECT_EQ(bench.sent().find("10 49"), 0u);                      // of the start-up, no more
}

TEST(MeterChannel, ReadsTheRatiosBeforeTheFirstValuesAndEveryHour) {
    MetersBench bench(1);
    bench.peer(1).ratios = Ratios{4000, 4000, 2000, 50};
    bench.configs[0].read_ratios = true;
    bench.apply();
    bench.advance(1s);
    EXPECT_THAT(bench.events(), testing::HasSubstr("m1 good; m1 ratios 2000/50; m1 values 192 193 194"));
    bench.advance(1h - 2s);
    EXPECT_EQ(bench.peer(1).ratio_reads, 1u);
    bench.advance(3s);
    EXPECT_EQ(bench.peer(1).ratio_reads, 2u);
    EXPECT_EQ(bench.peer(1).logins, 1u);
}

TEST(MeterChannel, ReadsTheRatiosAnewWithEverySession) {
    MetersBench bench(1);
    bench.peer(1).ratios = Ratios{4000, 4000, 2000, 50};
    bench.configs[0].read_ratios = true;
    bench.apply();
    bench.advance(5s);
    bench.close();
    bench.advance(1s);
    bench.connect();
    bench.advance(5s);
    EXPECT_EQ(bench.peer(1).ratio_reads, 2u);
    bench.channel.pause(bench.now);
    bench.pump();
    bench.advance(1s);
    bench.channel.resume(bench.now);
    bench.pump();
    bench.advance(5s);
    EXPECT_EQ(bench.peer(1).ratio_reads, 3u);
}

TEST(MeterChannel, GoesOnWithoutTheRatiosOfAMeterThatDoesNotGiveThem) {
    MetersBench bench(1);
    bench.configs[0].read_ratios = true;
    bench.apply();
    EXPECT_GE(bench.readings_in("m1", 30s), 28u);
    EXPECT_EQ(bench.count("m1 no ratios: requested ASDU type not available (cause 14)"), 1u);
    bench.advance(60s);
    EXPECT_EQ(bench.count("m1 no ratios"), 2u);  // once a minute
    EXPECT_EQ(bench.count("failing"), 0u);
    bench.peer(1).ratios = Ratios{4000, 4000, 2000, 50};
    bench.advance(61s);
    EXPECT_EQ(bench.count("m1 ratios 2000/50"), 1u);
}

TEST(MeterChannel, AMeterThatKeepsSilentAboutItsRatiosIsNotHurried) {
    MetersBench bench(1);
    bench.configs[0].read_ratios = true;
    bench.configs[0].demotion.enabled = false;
    bench.configs[0].periods.fill(1min);
    bench.apply();
    bench.silence(1);
    bench.advance(10min);
    // Four attempts of three seconds each, then not before the next minute.
    EXPECT_EQ(bench.status(0).rounds_failed, 10u);
}

TEST(MeterChannel, ReadsTheRatiosWhenThatIsSwitchedOn) {
    MetersBench bench(1);
    bench.peer(1).ratios = Ratios{4000, 4000, 2000, 50};
    bench.advance(5s);
    for (const bool on : {true, false, true}) {
        bench.configs[0].read_ratios = on;
        bench.apply();
        bench.advance(2s);
    }
    EXPECT_EQ(bench.peer(1).ratio_reads, 2u);
    EXPECT_EQ(bench.peer(1).logins, 1u);
}

}  // namespace
}  // namespace busbar::iec102::test
