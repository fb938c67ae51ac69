#include "iec104/controlled_bench.hpp"

namespace busbar::iec104::test {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr std::string_view eight_o_clock = "00 00 00 08 15 0B 1A", one_millisecond_later = "01 00 00 08 15 0B 1A";

std::string tagged(std::string_view element, std::string_view time) {
    return std::string(element) + " " + std::string(time);
}

TEST(ControlledEvents, Case06_WaitWhileTransferIsStoppedAndGoFirstWithTheirOldTime) {
    ControlledBench bench;
    ControlRoom room = bench.connect();
    bench.event({.ioa = 7, .type = 30, .element = tagged("01", eight_o_clock)});
    EXPECT_EQ(room.sent(), "");

    bench.now += 1h;
    EXPECT_EQ(room.start(), std::string(startdt_con) + " | 1E 01 03 00 01 00 07 00 00 01 00 00 00 08 15 0B 1A");
}

TEST(ControlledEvents, Case30_FillTheWindowOfKAndThenWaitForAcknowledgement) {
    ControlledBench bench;
    ControlRoom room = bench.connect_and_start();
    for (Ioa ioa = 1; ioa <= 40; ++ioa) bench.event({.ioa = ioa});
    room.sent();
    EXPECT_EQ(room.received(), 12u);
    EXPECT_EQ(room.sent(), "");
    room.acknowledge(5);
    EXPECT_EQ(room.received(), 17u);
}

TEST(ControlledEvents, Case38_UnacknowledgedBeforeAResetComeFirstOnTheNextConnection) {
    ControlledBench bench;
    const auto group = bench.group();
    {
        ControlRoom room = bench.connect_and_start(group);
        for (Ioa ioa = 1; ioa <= 3; ++ioa) bench.event({.ioa = ioa});
        room.sent();
        room.acknowledge(1);
        EXPECT_EQ(bench.station.acknowledged(group).major, 1u);
    }
    bench.event({.ioa = 4});
    ControlRoom room = bench.connect(group);
    EXPECT_EQ(room.start(), std::string(startdt_con) +
                                " | 01 01 03 00 01 00 02 00 00 01"
                                " | 01 01 03 00 01 00 03 00 00 01"
                                " | 01 01 03 00 01 00 04 00 00 01");
}

TEST(ControlledEvents, ThatWaitTogetherArePackedInTheirOrder) {
    ControlledBench bench;
    ControlRoom room = bench.connect_and_start();
    bench.update({.ioa = 1});
    bench.update({.ioa = 2});
    bench.update({.ioa = 1, .element = "00"});
    bench.update({.ioa = 1, .type = 3, .element = "02"});  // another type
    bench.update({.common_address = 2, .ioa = 1});         // another station
    bench.update({.common_address = 2, .ioa = 2, .cause = Cause::return_remote});
    EXPECT_EQ(room.sent().substr(0, 2), "01") << "what is complete may go";
    bench.station.flush(bench.now);
    EXPECT_EQ(room.sent(), "01 01 0B 00 02 00 02 00 00 01");
}

TEST(ControlledEvents, OfOneKindFillTheAsdu) {
    ControlledBench bench;
    ControlRoom room = bench.connect_and_start();
    for (Ioa ioa = 1; ioa <= 40; ++ioa)
        bench.update({.ioa = ioa, .type = 36, .element = "00 00 80 3F 00 00 00 00 08 15 0B 1A"});
    bench.station.flush(bench.now);
    const auto asdus = room.read_all();
    ASSERT_THAT(asdus, SizeIs(3));
    EXPECT_EQ(asdus[0].substr(0, 5), "24 10");  // 16 objects of 15 octets: 246 octets
    EXPECT_EQ(asdus[1].substr(0, 5), "24 10");
    EXPECT_EQ(asdus[2].substr(0, 5), "24 08");
}

TEST(ControlledEvents, OfTypesThatCarryOneObjectAreNotPacked) {
    ControlledBench bench;
    ControlRoom room = bench.connect_and_start();
    bench.update({.type = 39, .element = "01 00 05 00 00 00 00 08 15 0B 1A"});
    bench.update({.type = 39, .element = "02 00 05 00 00 00 00 08 15 0B 1A"});
    bench.station.flush(bench.now);
    EXPECT_THAT(room.read_all(), ElementsAre("27 01 03 00 01 00 01 00 00 01 00 05 00 00 00 00 08 15 0B 1A",
                                             "27 01 03 00 01 00 01 00 00 02 00 05 00 00 00 00 08 15 0B 1A"));
}

TEST(ControlledEvents, Case121_TwoChangesOneMillisecondApartAreTwoEvents) {
    ControlledBench bench;
    ControlRoom room = bench.connect_and_start();
    bench.event({.type = 30, .element = tagged("01", eight_o_clock)});
    bench.event({.type = 30, .element = tagged("00", one_millisecond_later)});
    EXPECT_EQ(room.sent(),
              "1E 01 03 00 01 00 01 00 00 01 00 00 00 08 15 0B 1A"
              " | 1E 01 03 00 01 00 01 00 00 00 01 00 00 08 15 0B 1A");
}

TEST(ControlledEvents, Case122_TenThousandWhileDisconnectedComeInOrder) {
    ControlledStationConfig config = ControlledBench::usual_config();
    config.ring_octets = 1 << 20;
    ControlledBench bench(config);
    const auto group = bench.group();
    for (Ioa ioa = 1; ioa <= 10000; ++ioa) bench.event({.ioa = ioa});
    ControlRoom room = bench.connect_and_start(group);
    const auto asdus = room.read_all();
    ASSERT_FALSE(asdus.empty());
    EXPECT_EQ(asdus.back(), "01 01 03 00 01 00 10 27 00 01");
    EXPECT_EQ(room.received(), 10000u);
    EXPECT_EQ(bench.station.acknowledged(group), bench.position);
}

TEST(ControlledEvents, Case123_AChangeOfQualityAloneIsAnEvent) {
    ControlledBench bench;
    ControlRoom room = bench.connect_and_start();
    bench.event({.element = "01"});
    bench.event({.element = "81"});
    EXPECT_EQ(room.sent(), "01 01 03 00 01 00 01 00 00 01 | 01 01 03 00 01 00 01 00 00 81");
}

TEST(ControlledEvents, Case125_DoubleTransmissionGoesWithoutAndWithTimeTag) {
    ControlledBench bench;
    bench.station.set_attributes(1, 1, {.double_transmission = true});
    ControlRoom room = bench.connect_and_start();
    bench.event({.type = 30, .element = tagged("01", eight_o_clock)});
    EXPECT_EQ(room.sent(), "01 01 03 00 01 00 01 00 00 01 | 1E 01 03 00 01 00 01 00 00 01 00 00 00 08 15 0B 1A");
    bench.event({.type = 1, .element = "00", .time_tag = one_millisecond_later});
    EXPECT_EQ(room.sent(), "01 01 03 00 01 00 01 00 00 00 | 1E 01 03 00 01 00 01 00 00 00 01 00 00 08 15 0B 1A");
    bench.event({.type = 1, .element = "01"});
    EXPECT_EQ(room.sent(), "01 01 03 00 01 00 01 00 00 01") << "there is no time tag to send";
}

TEST(ControlledEvents, Case127_OfAClockThatIsNotSynchronizedKeepTheirIv) {
    ControlledBench bench;
    ControlRoom room = bench.connect_and_start();
    bench.event({.type = 30, .element = "01 00 00 80 08 15 0B 1A"});
    bench.event({.type = 36, .element = "00 00 80 3F 00 00 00 80 08 15 0B 1A"});
    EXPECT_EQ(room.sent(),
              "1E 01 03 00 01 00 01 00 00 01 00 00 80 08 15 0B 1A"
              " | 24 01 03 00 01 00 01 00 00 00 00 80 3F 00 00 00 80 08 15 0B 1A");
}

TEST(ControlledEvents, Case128_OfBothHalfPastTwoKeepTheirOrderAndSummerTime) {
    ControlledBench bench;
    ControlRoom room = bench.connect_and_start();
    bench.event({.type = 30, .element = "00 30 75 1E 82 19 0A 1A"});  // 02:30:30, summer time
    bench.event({.type = 30, .element = "01 00 00 1E 02 19 0A 1A"});  // 02:30:00, most of an hour later
    EXPECT_EQ(room.sent(),
              "1E 01 03 00 01 00 01 00 00 00 30 75 1E 82 19 0A 1A"
              " | 1E 01 03 00 01 00 01 00 00 01 00 00 1E 02 19 0A 1A");
}

TEST(ControlledEvents, ThatCannotBeOnALineAreRefused) {
    ControlledBench bench;
    EXPECT_FALSE(bench.update({.common_address = 0}));
    EXPECT_FALSE(bench.update({.common_address = 65535}));
    EXPECT_FALSE(bench.update({.ioa = 0}));
    EXPECT_FALSE(bench.update({.ioa = 0x1000000}));
    EXPECT_FALSE(bench.update({.type = 45}));
    EXPECT_FALSE(bench.update({.type = 22}));
    EXPECT_FALSE(bench.update({.element = "01 02"}));
    EXPECT_FALSE(bench.update({.element = ""}));
    EXPECT_FALSE(bench.update({.time_tag = "00"}));
    EXPECT_EQ(bench.station.object_count(), 0u);
    EXPECT_TRUE(bench.update({.common_address = 65534, .ioa = 0xFFFFFF}));
}

TEST(ControlledEvents, AcknowledgedIsThePositionUpToWhichNothingIsOpen) {
    ControlledBench bench;
    const auto group = bench.group();
    ControlRoom room = bench.connect_and_start(group);
    bench.event({.ioa = 1});
    bench.value({.ioa = 2});  // needs no sending
    bench.event({.ioa = 3});
    room.sent();
    EXPECT_EQ(bench.station.acknowledged(group).major, 0u);
    EXPECT_EQ(bench.station.sent(group).major, 3u);
    room.acknowledge(1);
    EXPECT_EQ(bench.station.acknowledged(group).major, 2u);
    room.acknowledge(2);
    EXPECT_EQ(bench.station.acknowledged(group).major, 3u);
    bench.station.advance({9, 0});
    EXPECT_EQ(bench.station.acknowledged(group).major, 9u);
}

TEST(ControlledEvents, OfOnePositionAreOnlyAcknowledgedTogether) {
    ControlledBench bench;
    const auto group = bench.group();
    ControlRoom room = bench.connect_and_start(group);
    bench.event({.ioa = 1});
    bench.update({.ioa = 1});
    bench.update_again({.ioa = 2, .type = 3, .element = "02"});
    bench.station.flush(bench.now);
    room.sent();
    room.acknowledge(2);
    EXPECT_EQ(bench.station.acknowledged(group).major, 1u) << "half of position 2 is open";
    room.acknowledge(3);
    EXPECT_EQ(bench.station.acknowledged(group).major, 2u);
}

TEST(ControlledEvents, AfterStopTransferStayForTheNextStart) {
    ControlledBench bench;
    ControlRoom room = bench.connect_and_start();
    bench.event({.ioa = 1});
    room.sent();
    EXPECT_EQ(room.receive(stopdt_act), "");
    bench.event({.ioa = 2});
    EXPECT_EQ(room.sent(), "");
    EXPECT_EQ(room.acknowledge(1), stopdt_con);
    EXPECT_EQ(room.events(), "stopped");
    EXPECT_EQ(room.sent(), "");
    EXPECT_EQ(room.start(), std::string(startdt_con) + " | 01 01 03 00 01 00 02 00 00 01");
}

}  // namespace
}  // namespace busbar::iec104::test
