// Test cases 46-60 and 140-155 of the protocol reference as far as the controlling session decides them.
#include <gtest/gtest.h>

#include "iec104/controlling_bench.hpp"
#include "iec60870/asdu/type_table.hpp"

namespace busbar::iec104::test {
namespace {

using iec60870::Cause;

ControllingConfig quiet() {
    ControllingConfig config;
    config.stations = {1};
    config.interrogate_on_start = false;
    return config;
}

struct Controlling : testing::Test {
    ControllingBench bench{quiet()};
    void SetUp() override { bench.start(); }
    void restart(const ControllingConfig& config, Keep keep = Keep::at_once) {
        bench = ControllingBench{config, keep};
        bench.start();
    }
};

TEST_F(Controlling, Case46_DataBeforeStartConByOption) {
    for (const bool accepted : {false, true}) {
        auto config = quiet();
        config.accept_early_data = accepted;
        bench = ControllingBench{config};
        bench.session.allow_transfer(true, bench.now);
        bench.receive(single_point);
        EXPECT_EQ(bench.events(), accepted ? "received 1" : "closed: I-frame received while data transfer is stopped");
    }
}

TEST_F(Controlling, Case53_StopAcknowledgesFirst) {
    bench.receive({single_point, single_point});
    bench.session.stop_transfer(bench.now);
    EXPECT_EQ(bench.sent_frames(), s_frame_of(2) + " | " + std::string(stopdt_act));
    EXPECT_FALSE(bench.session.read(1, 1, bench.now));
    bench.receive_frames(std::string(stopdt_con));
    EXPECT_EQ(bench.events(), "received 1; received 1; stopped");
    bench.advance(60s);
    EXPECT_EQ(bench.session.link().state(), TransferState::stopped) << "and stays so";
}

TEST_F(Controlling, Case53_NoRequestIsTakenThatCouldNotLeave) {
    restart(quiet(), Keep::by_hand);
    bench.receive(single_point);
    bench.session.stop_transfer(bench.now);
    EXPECT_EQ(bench.session.link().state(), TransferState::started) << "the stop waits for the store";
    EXPECT_FALSE(bench.session.send(octets_of(command), bench.now));
    EXPECT_FALSE(bench.session.test(1, bench.now));
    bench.receive("29 01 03 00 01 00 01 00 00 01");
    EXPECT_EQ(bench.sent(), "") << "nor is anything refused any more";
}

TEST_F(Controlling, Case59_TransferNeedsTheStore) {
    bench = ControllingBench{quiet()};
    bench.session.allow_transfer(true, bench.now);
    bench.session.allow_transfer(false, bench.now);
    bench.receive_frames(std::string(startdt_con));
    EXPECT_EQ(bench.events(), "started") << "what has begun goes on";
    bench.session.stop_transfer(bench.now);
    bench.receive_frames(std::string(stopdt_con));
    bench.session.allow_transfer(false, bench.now);
    bench.sent_frames();
    bench.advance(1h);
    EXPECT_THAT(bench.sent_frames(), testing::Not(testing::HasSubstr(std::string(startdt_act))));
    bench.session.allow_transfer(true, bench.now);
    EXPECT_EQ(bench.sent_frames(), startdt_act);
}

TEST_F(Controlling, Case59_AllowedAgainWhileItStopsItStartsAgain) {
    bench.session.stop_transfer(bench.now);
    bench.session.allow_transfer(true, bench.now);
    EXPECT_EQ(bench.sent_frames(), stopdt_act);
    bench.receive_frames(std::string(stopdt_con));
    EXPECT_EQ(bench.sent_frames(), startdt_act);
    bench.receive_frames(std::string(startdt_con));
    EXPECT_TRUE(bench.session.read(1, 1, bench.now));
}

TEST_F(Controlling, Case59_NothingIsAcknowledgedAheadOfWhatIsNotKept) {
    restart(quiet(), Keep::by_hand);
    const std::string_view ours = "46 01 04 00 02 00 00 00 00 00";  // M_EI_NA_1: not reported
    bench.receive({ours, single_point, ours, single_point, ours});
    EXPECT_EQ(bench.session.link().kept_count(), 1u);
    bench.keep(2);
    EXPECT_EQ(bench.session.link().kept_count(), 3u);
    bench.keep(4);
    EXPECT_EQ(bench.session.link().kept_count(), 5u);
    bench.receive(ours);
    EXPECT_EQ(bench.session.link().kept_count(), 6u);
    bench.keep(1000);
    EXPECT_EQ(bench.session.link().kept_count(), 6u) << "never more than was received";
}

TEST_F(Controlling, Case59_AnswersWaitForTheOwnerToo) {
    restart(quiet(), Keep::by_hand);
    bench.receive({"2D 01 07 00 01 00 01 00 00 01", "46 01 04 00 02 00 00 00 00 00"});
    EXPECT_EQ(bench.session.link().kept_count(), 0u);
    bench.keep(1);
    EXPECT_EQ(bench.session.link().kept_count(), 2u);
}

TEST_F(Controlling, Case59_RejectedOnesWaitForTheirOctetsToBeStoredToo) {
    restart(quiet(), Keep::by_hand);
    bench.receive({"29 01 03 00 01 00 01 00 00 01", "01 02 03 00 01 00 01 00 00 01"});
    EXPECT_EQ(bench.session.link().kept_count(), 0u);
    bench.keep(2);
    EXPECT_EQ(bench.session.link().kept_count(), 2u);
}

TEST_F(Controlling, Case140_InOrderWithAllTheirOctets) {
    bench.receive({"01 01 14 00 01 00 01 00 00 00", "1E 01 03 00 01 00 01 00 00 01 00 00 00 09 15 0B 1A"});
    EXPECT_EQ(bench.events(), "received 1; received 1");
    EXPECT_EQ(bench.last_octets(), "1E 01 03 00 01 00 01 00 00 01 00 00 00 09 15 0B 1A");
}

TEST_F(Controlling, Case141_EveryMonitorTypeWithItsGreatestNumber) {
    for (const auto& type : iec60870::all_types()) {
        if (type.id > 40) continue;
        for (const bool sequence : {false, true}) {
            if (sequence && !type.sequence_allowed) continue;
            iec60870::AsduWriter writer;
            iec60870::AsduHeader header;
            header.type = type.id;
            header.sequence = sequence;
            header.cause = Cause::spontaneous;
            header.common_address = 1;
            writer.start(header);
            const OctetBuffer element(type.size);
            unsigned count = 0;
            const unsigned most = sequence ? 127 : type.max_count;
            while (count < most && writer.add(1 + count, element)) ++count;
            bench.receive(hex(writer.octets()));
            EXPECT_EQ(bench.events(), "received " + std::to_string(count)) << type.name;
        }
    }
    EXPECT_EQ(bench.sent(), "");
}

struct Unsupported {
    const char* asdu;
    const char* answer;  // empty: none
    const char* reason;
};

TEST_F(Controlling, Case143_UnsupportedTypesAreSentBackMirrored) {
    const Unsupported table[] = {
        // Undefined, private, and longer than any object we know.
        {"29 01 03 00 01 00 01 00 00 01", "29 01 6C 00 01 00 01 00 00 01", "type 41 with cause 3 is not"},
        {"FF 01 03 00 01 00 01 00 00", "FF 01 6C 00 01 00 01 00 00", "type 255 with cause 3 is not"},
        {"00 FF 83 09 01 00", "00 FF EC 09 01 00", "type 0 with cause 3 is not"},
        // A command, as if we were the controlled station; a log.
        {"2D 01 06 00 01 00 01 00 00 01", "2D 01 6C 00 01 00 01 00 00 01", "type 45 with cause 6 is not"},
        {"64 01 06 00 01 00 00 00 00 14", "64 01 6C 00 01 00 00 00 00 14", "type 100 with cause 6 is not"},
        {"7F 01 0D 00 01 00 01 00 00 01 00 00 00 00 09 15 0B 1A 00 00 00 09 15 0B 1A",
         "7F 01 6C 00 01 00 01 00 00 01 00 00 00 00 09 15 0B 1A 00 00 00 09 15 0B 1A", "type 127 with cause 13 is not"},
        // Never in answer to 44-47, or both would answer for ever.
        {"29 01 6C 00 01 00 01 00 00 01", "", "type 41 with cause 44 answers nothing"},
        {"01 01 6D 00 01 00 01 00 00 01", "", "type 1 with cause 45 answers nothing"},
        {"34 01 2E 00 01 00 01 00 00 01", "", "type 52 with cause 46 answers nothing"},
        {"46 01 6F 00 01 00 00 00 00 00", "", "type 70 with cause 47 answers nothing"},
        // A confirmation of a type that has no description.
        {"34 01 07 00 01 00 01 00 00 01", "34 01 6C 00 01 00 01 00 00 01", "type 52 with cause 7 is not"},
    };
    unsigned count = 0;
    for (const auto& [asdu, answer, reason] : table) {
        bench.receive(asdu);
        EXPECT_THAT(bench.events(), testing::StartsWith(std::string("rejected: ") + reason)) << asdu;
        EXPECT_EQ(bench.last_octets(), asdu);
        EXPECT_EQ(bench.sent(), answer) << asdu;
        EXPECT_EQ(bench.session.counters().unknown_type, ++count);
    }
    EXPECT_EQ(bench.session.link().kept_count(), count) << "acknowledged, the link stays";
    EXPECT_EQ(bench.session.link().state(), TransferState::started);
}

TEST_F(Controlling, Case143_UnknownAddressesAreTheOwners) {
    bench.receive({"01 01 03 00 63 00 01 00 00 01", "01 01 03 00 01 00 FF FF FF 01"});
    EXPECT_EQ(bench.events(), "received 1; received 1");
}

TEST_F(Controlling, Case143_AFloodOfUnknownTypesLeavesRoomForRequests) {
    std::string flood;
    for (unsigned number = 0; number < 200; ++number) flood += i_frame(number, 0, "29 01 03 00 01 00 01 00 00 01");
    bench.receive_frames(flood);
    for (unsigned number = 0; number < 48; ++number) EXPECT_TRUE(bench.session.read(1, 1, bench.now)) << number;
    EXPECT_EQ(bench.session.counters().unknown_type, 200u);
}

TEST_F(Controlling, Case144_DamagedAsdusAreCountedAndNotUsed) {
    const char* const table[] = {
        "01 02 03 00 01 00 01 00 00 01",                       // two objects promised, one there
        "01 01 03 00 01 00 01 00 00 01 00",                    // an octet too many
        "01 00 03 00 01 00 01 00 00 01",                       // N = 0
        "01 00 03 00 01 00",                                   // nothing at all
        "01 82 03 00 01 00 01 00 00 01",                       // a sequence cut short
        "64 01 07 00 01 00 00 00 00",                          // a confirmation without its qualifier
        "1E 81 03 00 01 00 01 00 00 01 00 00 00 09 15 0B 1A",  // SQ = 1 with a time tag
    };
    unsigned count = 0;
    for (const char* const asdu : table) {
        bench.receive(asdu);
        EXPECT_THAT(bench.events(), testing::StartsWith("rejected: damaged ASDU: ")) << asdu;
        EXPECT_EQ(bench.last_octets(), asdu);
        EXPECT_EQ(bench.session.counters().damaged, ++count);
    }
    EXPECT_EQ(bench.sent(), "");
    EXPECT_EQ(bench.session.link().kept_count(), count);
    bench.receive(single_point);
    EXPECT_EQ(bench.events(), "received 1") << "the link stays";
}

TEST_F(Controlling, Case144_DamageClosesByOption) {
    auto config = quiet();
    config.close_on_damage = true;
    restart(config);
    bench.receive({"01 00 03 00 01 00", single_point});
    const auto events = bench.events();
    EXPECT_THAT(events, testing::StartsWith("rejected: damaged ASDU: "));
    EXPECT_THAT(events, testing::HasSubstr("; closed: damaged ASDU: "));
    EXPECT_THAT(events, testing::Not(testing::HasSubstr("received")));
}

TEST_F(Controlling, Case146_AnswersToCommandsArePassedOn) {
    EXPECT_TRUE(bench.session.send(octets_of(command), bench.now));
    EXPECT_EQ(bench.sent(), command);
    bench.receive({"2D 01 07 00 01 00 01 00 00 01", "01 01 0B 00 01 00 01 00 00 01", "2D 01 0A 00 01 00 01 00 00 01"});
    EXPECT_EQ(bench.events(), "answer 45 cause 7; received 1; answer 45 cause 10");
}

TEST_F(Controlling, Case147_RefusalsOfCommandsArePassedOn) {
    bench.receive({"2D 01 47 00 01 00 01 00 00 01", "2D 01 6F 00 01 00 01 00 00 01", "2D 01 09 00 01 00 01 00 00 01"});
    EXPECT_EQ(bench.events(), "answer 45 cause 7 negative; answer 45 cause 47 negative; answer 45 cause 9");
    EXPECT_EQ(bench.sent(), "");
}

TEST_F(Controlling, Case147_RefusalsOfEverythingThatCanBeSent) {
    for (const auto& type : iec60870::all_types()) {
        if (type.direction != iec60870::Direction::control || type.id >= 120) continue;
        iec60870::AsduWriter writer;
        iec60870::AsduHeader header;
        header.type = type.id;
        header.cause = Cause::unknown_ioa;
        header.negative = true;
        header.common_address = 1;
        writer.start(header);
        writer.add(0, OctetBuffer(type.size));
        bench.receive(hex(writer.octets()));
        EXPECT_THAT(bench.events(), testing::StartsWith("answer " + std::to_string(type.id) + " cause 47 negative"));
    }
}

TEST_F(Controlling, RequestsHaveTheirForm) {
    auto config = quiet();
    config.originator = 3;
    restart(config);
    EXPECT_TRUE(bench.session.read(1, 0x010203, bench.now));
    EXPECT_TRUE(bench.session.test(1, bench.now));
    EXPECT_TRUE(bench.session.test(1, bench.now));
    EXPECT_TRUE(bench.session.synchronize_clock(1, {1, 2, 3, 4, 5, 6, 7}, bench.now));
    EXPECT_EQ(bench.sent(),
              "66 01 05 03 01 00 03 02 01 | 6B 01 06 03 01 00 00 00 00 01 00 00 00 80 00 01 01 00 | "
              "6B 01 06 03 01 00 00 00 00 02 00 00 00 80 00 01 01 00 | "
              "67 01 06 03 01 00 00 00 00 01 02 03 04 05 06 07");
}

TEST_F(Controlling, RequestsWaitForTheWindowAndAreBounded) {
    auto config = quiet();
    config.link.k = 2;
    config.link.w = 1;
    restart(config);
    unsigned taken = 0;
    while (bench.session.read(1, 1 + taken, bench.now)) ++taken;
    EXPECT_EQ(taken, 64u);
    EXPECT_EQ(bench.sent(), "66 01 05 00 01 00 01 00 00 | 66 01 05 00 01 00 02 00 00");
    bench.receive(single_point);
    EXPECT_EQ(bench.sent(), "66 01 05 00 01 00 03 00 00 | 66 01 05 00 01 00 04 00 00");
}

TEST_F(Controlling, TheLimitOfAnInterrogationBeginsWhenItLeaves) {
    auto config = quiet();
    config.link.k = 1;
    config.link.w = 1;
    restart(config);
    bench.session.send(octets_of(command), bench.now);
    EXPECT_TRUE(bench.session.interrogate(1, 20, bench.now));
    EXPECT_EQ(bench.sent(), command);
    bench.advance(12s);
    bench.receive_frames(s_frame_of(1));
    EXPECT_EQ(bench.sent(), "64 01 06 00 01 00 00 00 00 14");
    bench.receive_frames(s_frame_of(2));
    bench.advance(10s - 1ms);
    EXPECT_EQ(bench.events(), "");
    bench.advance(1ms);
    EXPECT_EQ(bench.events(), "ended 1 20: not confirmed in time");
}

TEST_F(Controlling, RequestsThatWaitedDoNotOutliveTheTransfer) {
    auto config = quiet();
    config.link.k = 1;
    config.link.w = 1;
    restart(config);
    bench.session.send(octets_of(command), bench.now);
    bench.session.send(octets_of(command), bench.now);
    EXPECT_EQ(bench.sent(), command);
    bench.session.stop_transfer(bench.now);
    bench.receive_frames(s_frame_of(1) + std::string(stopdt_con));
    bench.session.allow_transfer(true, bench.now);
    bench.receive_frames(std::string(startdt_con));
    EXPECT_EQ(bench.sent(), "") << "a command is never sent late";
}

TEST_F(Controlling, RequestsThatFitNoFrameAreRefused) {
    auto config = quiet();
    config.format.ioa_size = 2;
    config.format.common_address_size = 1;
    restart(config);
    EXPECT_FALSE(bench.session.read(256, 1, bench.now));
    EXPECT_FALSE(bench.session.interrogate(256, 20, bench.now));
    EXPECT_FALSE(bench.session.interrogate_counters(256, 5, bench.now));
    EXPECT_FALSE(bench.session.read(1, 65536, bench.now));
    EXPECT_FALSE(bench.session.send(OctetBuffer(250), bench.now));
    EXPECT_FALSE(bench.session.send(OctetBuffer(4), bench.now));
    EXPECT_TRUE(bench.session.read(1, 65535, bench.now));
    EXPECT_EQ(bench.sent(), "66 01 05 00 01 FF FF");
}

TEST_F(Controlling, RequestsNeedAStartedTransfer) {
    bench = ControllingBench{quiet()};
    EXPECT_FALSE(bench.session.read(1, 1, bench.now));
    EXPECT_FALSE(bench.session.interrogate(1, 20, bench.now));
    EXPECT_FALSE(bench.session.send(octets_of(command), bench.now));
    bench.session.allow_transfer(true, bench.now);
    EXPECT_FALSE(bench.session.read(1, 1, bench.now));
}

TEST_F(Controlling, SmallFieldsAreSpokenToo) {
    auto config = quiet();
    config.format = {.cause_size = 1, .common_address_size = 1, .ioa_size = 1};
    restart(config);
    bench.receive({"01 01 03 01 01 01", "66 01 6F 01 01"});
    EXPECT_EQ(bench.events(), "received 1; answer 102 cause 47 negative");
    EXPECT_TRUE(bench.session.interrogate(iec60870::all_stations, 20, bench.now));
    EXPECT_EQ(bench.sent(), "64 01 06 FF 00 14");
}

TEST_F(Controlling, Case152_CountersAreDataWhateverTheirCause) {
    for (const char* const cause : {"03", "25", "26", "29"}) {
        bench.receive("0F 01 " + std::string(cause) + " 00 01 00 01 00 00 05 00 00 00 E1");
        EXPECT_EQ(bench.events(), "received 1");
    }
}

TEST_F(Controlling, Case153_RefusedClockSynchronizationMakesNoLoop) {
    auto config = quiet();
    config.synchronize_clock_on_start = true;
    bench = ControllingBench{config};
    bench.clock = std::array<Octet, 7>{0, 0, 0, 9, 21, 11, 26};
    bench.start();
    bench.receive("67 01 47 00 01 00 00 00 00 00 00 00 09 15 0B 1A");
    EXPECT_EQ(bench.events(), "answer 103 cause 7 negative");
    bench.advance(1h);
    EXPECT_EQ(bench.sent() + bench.events(), "");
}

TEST_F(Controlling, Case153_ClockOnSchedule) {
    auto config = quiet();
    config.synchronize_clock_every = 7s;
    restart(config);
    bench.advance(14s);
    EXPECT_EQ(bench.events(), "clock 1; clock 1");
    config.synchronize_clock_every = 60s;
    bench.session.configure(config, bench.now);
    bench.advance(60s);
    EXPECT_EQ(bench.events(), "clock 1");
    bench.session.stop_transfer(bench.now);
    bench.receive_frames(std::string(stopdt_con));
    bench.advance(10min);
    EXPECT_EQ(bench.events(), "stopped");
}

TEST_F(Controlling, Case153_ClockOfAllStationsAtOnce) {
    auto config = quiet();
    config.stations.clear();
    config.synchronize_clock_on_start = true;
    bench = ControllingBench{config};
    bench.session.allow_transfer(true, bench.now);
    bench.receive_frames(std::string(startdt_con));
    EXPECT_EQ(bench.events(), "started; clock 65535");
}

TEST_F(Controlling, Case154_StrangeTimeTagsDoNotCostTheValue) {
    // IV; GEN and SU; 30 February; 60 seconds and hour 31.
    for (const char* const tag :
         {"00 00 80 09 15 0B 1A", "00 00 40 89 15 0B 1A", "00 00 00 09 1E 02 1A", "60 EA 3F 1F 15 0B 1A"}) {
        bench.receive("1E 01 03 00 01 00 01 00 00 01 " + std::string(tag));
        EXPECT_EQ(bench.events(), "received 1");
        EXPECT_THAT(bench.last_octets(), testing::EndsWith(tag));
    }
}

TEST_F(Controlling, Case155_TestDataIsKeptApart) {
    bench.receive({"01 01 83 00 01 00 01 00 00 01", "46 01 84 00 01 00 00 00 00 00"});
    EXPECT_EQ(bench.events(), "rejected: test (T = 1)");
    EXPECT_EQ(bench.session.counters().test_ignored, 1u);
    EXPECT_EQ(bench.sent(), "") << "a tested initialization asks for nothing";
    EXPECT_EQ(bench.session.link().kept_count(), 2u);
}

TEST_F(Controlling, ParametersMayTakePartInAnInterrogation) {
    bench.receive("6E 01 14 00 01 00 01 00 00 00 40 01");
    EXPECT_EQ(bench.events(), "received 1");
    bench.receive("6E 01 03 00 01 00 01 00 00 00 40 01");
    EXPECT_EQ(bench.events(), "rejected: type 110 with cause 3 is not supported in monitor direction");
}

TEST_F(Controlling, ClosedByTheOwner) {
    bench.session.close("store lost");
    bench.advance(1ms);
    bench.receive_frames("");
    EXPECT_EQ(bench.events(), "closed: store lost");
    EXPECT_EQ(bench.session.next_deadline(), std::nullopt);
}

/// A whole session, cut off after each of its frames: whatever was left, it ends with one Closed and nothing after it.
TEST(ControllingLost, WhereverTheConnectionBreaks) {
    const std::vector<std::string> script = {
        std::string(startdt_con),
        i_frame(0, 1, "46 01 04 00 01 00 00 00 00 00"),
        i_frame(1, 1, "64 01 07 00 01 00 00 00 00 14"),
        i_frame(2, 1, "01 01 14 00 01 00 01 00 00 01"),
        std::string(testfr_act),
        i_frame(3, 1, "29 01 03 00 01 00 01 00 00 01"),
        i_frame(4, 1, "64 01 0A 00 01 00 00 00 00 14"),
        i_frame(5, 2, "1E 01 03 00 01 00 01 00 00 01 00 00 00 09 15 0B 1A"),
        std::string(stopdt_con),
    };
    for (std::size_t steps = 0; steps <= script.size(); ++steps) {
        for (const bool half_a_frame : {false, true}) {
            ControllingConfig config;
            config.stations = {1};
            config.synchronize_clock_on_start = true;
            ControllingBench bench{config};
            bench.session.allow_transfer(true, bench.now);
            bench.sent();
            for (std::size_t step = 0; step < steps; ++step) {
                if (step == 8) bench.session.stop_transfer(bench.now);
                bench.receive_frames(script[step]);
                bench.advance(1s);
            }
            if (half_a_frame && steps < script.size()) bench.receive_frames(script[steps].substr(0, 8));
            bench.session.close("connection lost");
            bench.receive_frames("");
            EXPECT_THAT(bench.events(), testing::EndsWith("closed: connection lost")) << "after step " << steps;
            bench.sent();
            bench.sent_frames();
            EXPECT_FALSE(bench.session.send(octets_of(command), bench.now));
            EXPECT_FALSE(bench.session.interrogate(1, 20, bench.now));
            bench.session.keep(100, bench.now);
            bench.session.allow_transfer(true, bench.now);
            bench.advance(1h);
            EXPECT_EQ(bench.events() + bench.sent() + bench.sent_frames(), "") << "after step " << steps;
            EXPECT_EQ(bench.session.next_deadline(), std::nullopt);
        }
    }
}

}  // namespace
}  // namespace busbar::iec104::test
