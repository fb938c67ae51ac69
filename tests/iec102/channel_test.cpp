// Several meters on one line: turns, rates, demotion, requests, gateways, and what goes wrong.
#include <gmock/gmock.h>

#include "channel_bench.hpp"

namespace busbar::iec102::test {
namespace {

using testing::HasSubstr;

/// Meters m1, m2 … with link addresses 1, 2 …; all answer in 20 ms.
class Bench : public MeteredBench {
public:
    explicit Bench(unsigned meters, ChannelConfig config = {}) : MeteredBench(config) {
        for (std::uint16_t link = 1; link <= meters; ++link) {
            add(link);
            configs.push_back(meter_config("m" + std::to_string(link), link));
        }
        channel.set_devices(configs, now);
        connect();
    }
    void apply() {
        channel.set_devices(configs, now);
        pump();
    }
    MeterPeer& peer(std::uint16_t link) { return *peers.at(link); }
    void silence(std::uint16_t link) { silent_ = std::move(peers.at(link)), peers.erase(link), silent_link_ = link; }
    void speak() { peers[silent_link_] = std::move(silent_); }
    unsigned readings_in(std::string_view device, Duration duration) {
        const unsigned before = readings[std::string{device}];
        advance(duration);
        return readings[std::string{device}] - before;
    }
    const DeviceStatus& status(std::size_t index) const { return channel.devices()[index]->status(); }

    std::vector<DeviceConfig> configs;

private:
    std::unique_ptr<MeterPeer> silent_;
    std::uint16_t silent_link_ = 0;
};

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

/// Each thing that can go wrong with each frame of the start-up and the first readings.
struct Fault {
    const char* name;
    OctetBuffer (*arrives)(const OctetBuffer& request, const OctetBuffer& answer);
};

OctetBuffer joined(OctetBuffer first, const OctetBuffer& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

constexpr Fault faults[] = {
    {"silence", [](const OctetBuffer&, const OctetBuffer&) { return OctetBuffer{}; }},
    {"noise",
     [](const OctetBuffer&, const OctetBuffer&) {
         return OctetBuffer{0x68, 0x21, 0x10, 0x33, 0x16, 0xFF, 0x68, 0x20, 0x20, 0x68};
     }},
    {"echo", [](const OctetBuffer& request, const OctetBuffer& answer) { return joined(request, answer); }},
    {"echo alone", [](const OctetBuffer& request, const OctetBuffer&) { return request; }},
    {"FF before it",
     [](const OctetBuffer&, const OctetBuffer& answer) {
         return joined({0xFF, 0xFF, 0xFF}, answer);
     }},
    {"false start before it",
     [](const OctetBuffer&, const OctetBuffer& answer) {
         return joined({0x68, 0xF0, 0xF0, 0x68}, answer);
     }},
    {"wrong checksum",
     [](const OctetBuffer&, const OctetBuffer& answer) {
         OctetBuffer damaged = answer;
         if (damaged.size() > 1) ++damaged[damaged.size() - 2];
         return damaged;
     }},
    {"cut",
     [](const OctetBuffer&, const OctetBuffer& answer) {
         return OctetBuffer(answer.begin(), answer.begin() + static_cast<std::ptrdiff_t>(answer.size() / 2));
     }},
    {"twice", [](const OctetBuffer&, const OctetBuffer& answer) { return joined(answer, answer); }},
    {"another address",
     [](const OctetBuffer&, const OctetBuffer& answer) {
         const Frame frame = parse_frame(answer).value();
         return encode_frame({frame.control, 77, frame.asdu});
     }},
};

constexpr std::size_t observed_frames = 16;  // start-up and two readings of two meters

TEST(MeterChannel, ValuesComeBackByThemselvesAfterEachFaultAtEachFrame) {
    for (const Fault& fault : faults) {
        for (std::size_t at = 0; at < observed_frames; ++at) {
            SCOPED_TRACE(std::string{fault.name} + " at frame " + std::to_string(at));
            Bench bench{2};
            bench.fault = fault.arrives;
            bench.fault_at = at;
            bench.advance(10s);
            EXPECT_GE(bench.readings_in("m1", 5s), 5u);
            EXPECT_GE(bench.readings_in("m2", 5s), 5u);
            EXPECT_EQ(bench.status(0).rounds_failed + bench.status(1).rounds_failed, 0u);
        }
    }
}

/// What the first meter says of itself for a while.
struct Mood {
    const char* name;
    void (*begin)(MeterPeer&);
    void (*end)(MeterPeer&);
    Duration recovery;
};

constexpr Mood moods[] = {
    {"busy", [](MeterPeer& peer) { peer.busy = true; }, [](MeterPeer& peer) { peer.busy = false; }, 5s},
    {"no data", [](MeterPeer& peer) { peer.not_ready = 20; }, [](MeterPeer& peer) { peer.not_ready = 0; }, 5s},
    {"one NACK", [](MeterPeer& peer) { peer.nacks = 1; }, [](MeterPeer&) {}, 5s},
    {"NACKs", [](MeterPeer& peer) { peer.nacks = 3; }, [](MeterPeer& peer) { peer.nacks = 0; }, 65s},
    {"refusal", [](MeterPeer& peer) { peer.refuse_reads = Cause::record_unknown; },
     [](MeterPeer& peer) { peer.refuse_reads.reset(); }, 65s},
    {"login refused", [](MeterPeer& peer) { peer.refuse_login = true; },
     [](MeterPeer& peer) { peer.refuse_login = false; }, 65s},
    {"session lost", [](MeterPeer& peer) { peer.session = false; }, [](MeterPeer&) {}, 65s},
};

TEST(MeterChannel, ValuesComeBackByThemselvesWhateverAMeterSaidAtAnyFrame) {
    for (const Mood& mood : moods) {
        for (std::size_t at = 0; at < observed_frames; ++at) {
            SCOPED_TRACE(std::string{mood.name} + " at frame " + std::to_string(at));
            Bench bench{2};
            bench.fault_at = at;
            bench.fault = [&](const OctetBuffer&, const OctetBuffer& answer) {
                mood.begin(bench.peer(1));
                return answer;
            };
            bench.advance(4s);
            EXPECT_GE(bench.readings_in("m2", 4s), 3u);  // the other keeps its rate
            mood.end(bench.peer(1));
            bench.advance(mood.recovery);
            EXPECT_GE(bench.readings_in("m1", 5s), 4u);
            EXPECT_EQ(bench.status(0).state, DeviceState::good);
            EXPECT_EQ(bench.status(0).demotions, 0u);
        }
    }
}

TEST(MeterChannel, ValuesComeBackAfterAClosedConnectionAtEachFrame) {
    for (std::size_t at = 0; at < observed_frames; ++at) {
        SCOPED_TRACE(at);
        Bench bench{2};
        bool closes = false;
        bench.fault_at = at;
        bench.fault = [&](const OctetBuffer&, const OctetBuffer&) {
            closes = true;
            return OctetBuffer{};
        };
        while (!closes) bench.advance(1ms);
        bench.close();
        bench.advance(5s);
        bench.connect();
        bench.advance(3s);
        EXPECT_GE(bench.readings_in("m1", 5s), 5u);
        EXPECT_GE(bench.readings_in("m2", 5s), 5u);
    }
}

TEST(MeterChannel, ARestartedMeterIsReadAgain) {
    for (int step = 0; step < 50; ++step) {
        SCOPED_TRACE(step);
        Bench bench{1};
        bench.advance(2s + 10ms * step);
        // It is away for a while: a frame is lost, and the frame count bit with it.
        bench.silence(1);
        bench.advance(20s);
        bench.speak();
        bench.peer(1).restart();
        bench.advance(20s);
        EXPECT_EQ(bench.status(0).state, DeviceState::good);
    }
}

}  // namespace
}  // namespace busbar::iec102::test
