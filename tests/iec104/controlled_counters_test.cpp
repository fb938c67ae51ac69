#include <gmock/gmock.h>

#include "iec104/controlled_bench.hpp"
#include "iec104/station/local_freeze.hpp"

namespace busbar::iec104::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

struct Counters : testing::Test {
    ControlledBench bench;
    void SetUp() override {
        bench.value({.ioa = 1, .type = 15, .element = "01 00 00 00 00"});
        bench.value({.ioa = 2, .type = 15, .element = "02 00 00 00 00"});
        bench.value({.ioa = 3, .type = 37, .element = "03 00 00 00 00 00 00 00 08 15 0B 1A"});
        bench.value({.ioa = 4, .type = 1, .element = "01"});
        bench.station.set_attributes(1, 2, {.counter_group = 1});
        bench.station.set_attributes(1, 3, {.counter_group = 4});
    }
    /// A control room whose freezes the station's owner confirms and carries out.
    std::string freeze(ControlRoom& room, const std::string& request, CommonAddress station, std::uint8_t group) {
        EXPECT_EQ(room.request(request), "");
        EXPECT_EQ(room.events(), "command " + request);
        OctetBuffer confirmation = octets_of(request);
        iec60870::mirror(confirmation, Cause::activation_con, false, confirmation);
        EXPECT_TRUE(room.session->send(confirmation, bench.now));
        bench.station.freeze_counters(station, group, octets_of("00 00 00 09 15 0B 1A"));
        return room.sent();
    }
};

struct Freezing : Counters {
    static ControlledStationConfig config() {
        ControlledStationConfig config = ControlledBench::usual_config();
        config.freezes_counters = true;
        return config;
    }
    Freezing() { bench.station.configure(config()); }
};

TEST_F(Counters, Case83_AreReadAllAtOnce) {
    EXPECT_EQ(bench.connect_and_start().request("65 01 06 00 01 00 00 00 00 05"),
              "65 01 07 00 01 00 00 00 00 05"
              " | 0F 82 25 00 01 00 01 00 00 01 00 00 00 00 02 00 00 00 00"
              " | 25 01 25 00 01 00 03 00 00 03 00 00 00 00 00 00 00 08 15 0B 1A"
              " | 65 01 0A 00 01 00 00 00 00 05");
}

TEST_F(Counters, Case84_AreReadByGroup) {
    ControlRoom room = bench.connect_and_start();
    EXPECT_EQ(
        room.request("65 01 06 00 01 00 00 00 00 01"),
        "65 01 07 00 01 00 00 00 00 01 | 0F 01 26 00 01 00 02 00 00 02 00 00 00 00 | 65 01 0A 00 01 00 00 00 00 01");
    room.acknowledge();
    EXPECT_EQ(room.request("65 01 06 00 01 00 00 00 00 04"),
              "65 01 07 00 01 00 00 00 00 04 | 25 01 29 00 01 00 03 00 00 03 00 00 00 00 00 00 00 08 15 0B 1A"
              " | 65 01 0A 00 01 00 00 00 00 04");
}

TEST_F(Freezing, Case85_GivesTheFrozenReadingsWithTheNextSequenceNumberUntilTheNextFreeze) {
    ControlRoom room = bench.connect_and_start();
    room.events();
    EXPECT_EQ(freeze(room, "65 01 06 00 01 00 00 00 00 45", 1, 0), "65 01 07 00 01 00 00 00 00 45");
    bench.value({.ioa = 1, .type = 15, .element = "09 00 00 00 00"});
    bench.value({.ioa = 3, .type = 37, .element = "0A 00 00 00 00 00 00 00 10 15 0B 1A"});
    const std::string frozen =
        "65 01 07 00 01 00 00 00 00 05"
        " | 0F 82 25 00 01 00 01 00 00 01 00 00 00 01 02 00 00 00 01"
        " | 25 01 25 00 01 00 03 00 00 03 00 00 00 01 00 00 00 09 15 0B 1A"
        " | 65 01 0A 00 01 00 00 00 00 05";
    room.acknowledge();
    EXPECT_EQ(room.request("65 01 06 00 01 00 00 00 00 05"), frozen);
    room.acknowledge();
    EXPECT_EQ(room.request("65 01 06 00 01 00 00 00 00 05"), frozen) << "the same as often as it is read";
    room.acknowledge();
    freeze(room, "65 01 06 00 01 00 00 00 00 45", 1, 0);
    room.acknowledge();
    EXPECT_THAT(room.request("65 01 06 00 01 00 00 00 00 05"),
                testing::HasSubstr("0F 82 25 00 01 00 01 00 00 09 00 00 00 02 02 00 00 00 02"));
}

TEST_F(Freezing, OfAGroupLeavesTheOthersAsTheyAre) {
    ControlRoom room = bench.connect_and_start();
    room.events();
    EXPECT_EQ(freeze(room, "65 01 06 00 01 00 00 00 00 41", 1, 1), "65 01 07 00 01 00 00 00 00 41");
    bench.value({.ioa = 1, .type = 15, .element = "07 00 00 00 00"});
    bench.value({.ioa = 2, .type = 15, .element = "08 00 00 00 00"});
    room.acknowledge();
    EXPECT_THAT(room.request("65 01 06 00 01 00 00 00 00 05"),
                testing::HasSubstr("0F 82 25 00 01 00 01 00 00 07 00 00 00 00 02 00 00 00 01"));
}

TEST_F(Freezing, Case89_SequenceNumbersWrap) {
    for (int i = 0; i < 33; ++i) bench.station.freeze_counters(1, 0, {});
    EXPECT_THAT(bench.connect_and_start().request("65 01 06 00 01 00 00 00 00 01"),
                testing::HasSubstr("0F 01 26 00 01 00 02 00 00 02 00 00 00 01"))
        << "33 modulo 32";
}

TEST_F(Freezing, KeepsCarryAdjustedAndInvalidOfTheValue) {
    bench.value({.ioa = 2, .type = 15, .element = "05 00 00 00 FF"});  // IV, CA, CY; SQ 31
    bench.station.freeze_counters(1, 1, {});
    EXPECT_THAT(bench.connect_and_start().request("65 01 06 00 01 00 00 00 00 01"),
                testing::HasSubstr("02 00 00 05 00 00 00 E0"));
}

TEST_F(Freezing, OfAllStationsIsConfirmedByEach) {
    bench.value({.common_address = 9, .ioa = 1, .type = 15, .element = "01 00 00 00 00"});
    ControlRoom room = bench.connect_and_start();
    room.events();
    EXPECT_EQ(freeze(room, "65 01 06 00 FF FF 00 00 00 45", iec60870::all_stations, 0),
              "65 01 07 00 01 00 00 00 00 45 | 65 01 07 00 09 00 00 00 00 45");
    room.acknowledge();
    EXPECT_THAT(room.request("65 01 06 00 09 00 00 00 00 05"),
                testing::HasSubstr("0F 01 25 00 09 00 01 00 00 01 00 00 00 01"));
}

TEST_F(Freezing, WaitsForTheEventsOfTheCounterAsEveryInterrogationDoes) {
    ControlRoom room = bench.connect_and_start();
    bench.station.freeze_counters(1, 0, {});
    ASSERT_TRUE(bench.update({.ioa = 2, .type = 15, .element = "06 00 00 00 00"}));  // not flushed
    EXPECT_EQ(room.request("65 01 06 00 01 00 00 00 00 01"), "65 01 07 00 01 00 00 00 00 01");
    bench.station.flush(bench.now);
    EXPECT_EQ(room.sent(),
              "0F 01 03 00 01 00 02 00 00 06 00 00 00 00 | 0F 01 26 00 01 00 02 00 00 02 00 00 00 01"
              " | 65 01 0A 00 01 00 00 00 00 01");
}

TEST_F(Freezing, Case88_WhatIsNoCounterRequestOrATestIsRefused) {
    ControlRoom room = bench.connect_and_start();
    for (const std::string qualifier : {"00", "06", "20", "40", "46", "C0", "FF"}) {
        EXPECT_EQ(room.request("65 01 06 00 01 00 00 00 00 " + qualifier), "65 01 47 00 01 00 00 00 00 " + qualifier);
        room.acknowledge();
    }
    EXPECT_EQ(room.request("65 01 86 00 01 00 00 00 00 45"), "65 01 C7 00 01 00 00 00 00 45");
}

TEST(ControlledCounters, Case88_AreNotFrozenUnlessTheStationIsToldSo) {
    ControlledBench bench;
    bench.value({.ioa = 1, .type = 15, .element = "01 00 00 00 00"});
    ControlRoom room = bench.connect_and_start();
    for (const std::string qualifier : {"00", "06", "20", "45", "85", "C5"}) {
        EXPECT_EQ(room.request("65 01 06 00 01 00 00 00 00 " + qualifier), "65 01 47 00 01 00 00 00 00 " + qualifier);
        room.acknowledge();
    }
}

TEST(LocalFreeze, Case89_IsDueAtTheFullHour) {
    const UtcTime nine{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21} + 9h};
    const TimePoint now{};
    LocalFreeze freeze(3600s, now, nine + 15min);
    EXPECT_EQ(freeze.next_deadline(), now + 45min);
    EXPECT_FALSE(freeze.take_due(now + 44min, nine + 59min));
    EXPECT_TRUE(freeze.take_due(now + 45min - 1ms, nine + 1h - 1ms) || freeze.take_due(now + 45min, nine + 1h));
    EXPECT_EQ(freeze.next_deadline(), now + 105min);
    EXPECT_TRUE(freeze.take_due(now + 105min + 3s, nine + 2h + 3s)) << "a little late";
    EXPECT_EQ(freeze.next_deadline(), now + 165min);
    EXPECT_EQ(LocalFreeze().next_deadline(), std::nullopt);
}

TEST(LocalFreeze, IsNotRepeatedWhenTheClockIsSetBackALittle) {
    const UtcTime nine{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21} + 9h};
    LocalFreeze freeze(3600s, TimePoint{}, nine);
    EXPECT_TRUE(freeze.take_due(TimePoint{} + 1h, nine + 1h - 2s));
    EXPECT_EQ(freeze.next_deadline(), TimePoint{} + 2h + 2s);
}

}  // namespace
}  // namespace busbar::iec104::test
