#include <set>

#include "iec104/controlled_bench.hpp"

namespace busbar::iec104::test {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

/// C_IC_NA_1, qualifier 20, to CA 1, and its answers.
constexpr std::string_view interrogate = "64 01 06 00 01 00 00 00 00 14";
constexpr std::string_view confirmed = "64 01 07 00 01 00 00 00 00 14";
constexpr std::string_view terminated = "64 01 0A 00 01 00 00 00 00 14";

/// Case 71's station: one object of each kind, side by side.
void fill(ControlledBench& bench) {
    bench.value({.ioa = 1, .type = 1, .element = "01"});
    bench.value({.ioa = 2, .type = 30, .element = "00 00 00 00 08 15 0B 1A"});
    bench.value({.ioa = 3, .type = 36, .element = "00 00 80 3F 00 00 00 00 08 15 0B 1A"});
    bench.value({.ioa = 4, .type = 13, .element = "00 00 00 40 00"});
    bench.value({.ioa = 10, .type = 31, .element = "02 00 00 00 08 15 0B 1A"});
    bench.value({.ioa = 11, .type = 37, .element = "05 00 00 00 00 00 00 00 08 15 0B 1A"});
    bench.value({.ioa = 12, .type = 38, .element = "01 00 05 00 00 00 08 15 0B 1A"});
}

TEST(ControlledInterrogation, Case71_GivesAllObjectsOnceWithoutTimeTags) {
    ControlledBench bench;
    fill(bench);
    ControlRoom room = bench.connect_and_start();
    EXPECT_EQ(room.request(interrogate), std::string(confirmed) +
                                             " | 01 82 14 00 01 00 01 00 00 01 00"
                                             " | 03 01 14 00 01 00 0A 00 00 02"
                                             " | 0D 82 14 00 01 00 03 00 00 00 00 80 3F 00 00 00 00 40 00 | " +
                                             std::string(terminated));
    EXPECT_EQ(bench.station.counters().interrogations, 1u);
    EXPECT_EQ(bench.station.counters().interrogation_objects, 5u);
}

TEST(ControlledInterrogation, WithTimeTagsGivesThemWhereThereAreSome) {
    ControlledStationConfig config = ControlledBench::usual_config();
    config.interrogation_time_tags = true;
    ControlledBench bench(config);
    bench.value({.ioa = 1, .type = 1, .element = "01"});
    bench.value({.ioa = 2, .type = 30, .element = "00 00 00 00 08 15 0B 1A"});
    bench.value({.ioa = 3, .type = 1, .element = "01", .time_tag = "01 00 00 08 15 0B 1A"});
    bench.value({.ioa = 4, .type = 21, .element = "05 00", .time_tag = "01 00 00 08 15 0B 1A"});  // has no tagged type
    ControlRoom room = bench.connect_and_start();
    EXPECT_EQ(room.request(interrogate), std::string(confirmed) +
                                             " | 01 01 14 00 01 00 01 00 00 01"
                                             " | 1E 02 14 00 01 00 02 00 00 00 00 00 00 08 15 0B 1A"
                                             " 03 00 00 01 01 00 00 08 15 0B 1A"
                                             " | 15 01 14 00 01 00 04 00 00 05 00 | " +
                                             std::string(terminated));
}

TEST(ControlledInterrogation, Case72_OfAGroupGivesOnlyThatGroup) {
    ControlledBench bench;
    fill(bench);
    bench.station.set_attributes(1, 2, {.groups = 0x0001});
    bench.station.set_attributes(1, 3, {.groups = 0x8001});
    ControlRoom room = bench.connect_and_start();
    EXPECT_EQ(room.request("64 01 06 00 01 00 00 00 00 15"),
              "64 01 07 00 01 00 00 00 00 15 | 01 01 15 00 01 00 02 00 00 00"
              " | 0D 01 15 00 01 00 03 00 00 00 00 80 3F 00 | 64 01 0A 00 01 00 00 00 00 15");
    EXPECT_EQ(
        room.request("64 01 06 00 01 00 00 00 00 24"),
        "64 01 07 00 01 00 00 00 00 24 | 0D 01 24 00 01 00 03 00 00 00 00 80 3F 00 | 64 01 0A 00 01 00 00 00 00 24");
    EXPECT_EQ(room.request("64 01 06 00 01 00 00 00 00 16"),
              "64 01 07 00 01 00 00 00 00 16 | 64 01 0A 00 01 00 00 00 00 16")
        << "defined, but empty";
}

TEST(ControlledInterrogation, Case72_EachOfTheSixteenGroupsHasItsOwnCause) {
    ControlledBench bench;
    for (unsigned group = 0; group < 16; ++group) {
        bench.value({.ioa = 100 + group});
        bench.station.set_attributes(1, 100 + group, {.groups = static_cast<std::uint16_t>(1u << group)});
    }
    ControlRoom room = bench.connect_and_start();
    for (unsigned group = 0; group < 16; ++group) {
        const Octet qualifier[] = {static_cast<Octet>(21 + group)}, ioa[] = {static_cast<Octet>(100 + group)};
        const std::string request = "64 01 06 00 01 00 00 00 00 " + hex(qualifier);
        EXPECT_EQ(room.request(request), "64 01 07 00 01 00 00 00 00 " + hex(qualifier) + " | 01 01 " + hex(qualifier) +
                                             " 00 01 00 " + hex(ioa) + " 00 00 01 | 64 01 0A 00 01 00 00 00 00 " +
                                             hex(qualifier));
        room.acknowledge();
    }
}

TEST(ControlledInterrogation, Case73_WithAQualifierThatIsNotUsedIsRefused) {
    ControlledBench bench;
    fill(bench);
    ControlRoom room = bench.connect_and_start();
    for (const std::string qualifier : {"00", "13", "25", "40", "FF"}) {
        EXPECT_EQ(room.request("64 01 06 00 01 00 00 00 00 " + qualifier), "64 01 47 00 01 00 00 00 00 " + qualifier);
        room.acknowledge();
    }
    EXPECT_EQ(bench.station.counters().negative_confirmations, 5u);
}

TEST(ControlledInterrogation, Case76_OfAllStationsGivesACompleteSeriesForEach) {
    ControlledBench bench;
    bench.value({.common_address = 3, .ioa = 1});
    bench.value({.common_address = 8, .ioa = 1, .element = "00"});
    ControlRoom room = bench.connect_and_start();
    EXPECT_EQ(room.request("64 01 06 00 FF FF 00 00 00 14"),
              "64 01 07 00 03 00 00 00 00 14 | 01 01 14 00 03 00 01 00 00 01 | 64 01 0A 00 03 00 00 00 00 14"
              " | 64 01 07 00 08 00 00 00 00 14 | 01 01 14 00 08 00 01 00 00 00 | 64 01 0A 00 08 00 00 00 00 14");
    EXPECT_EQ(bench.station.counters().interrogations, 2u);
}

TEST(ControlledInterrogation, Case78_AskedForAgainWhileItRunsIsRefusedAndEndsOnce) {
    ControlledBench bench;
    for (Ioa ioa = 1; ioa <= 5000; ++ioa) bench.value({.ioa = 2 * ioa});
    ControlRoom room = bench.connect_and_start();
    room.request(interrogate);
    room.request(interrogate);
    const auto asdus = room.read_all();
    EXPECT_THAT(asdus, testing::Contains("64 01 47 00 01 00 00 00 00 14").Times(1));
    EXPECT_THAT(asdus, testing::Contains(terminated).Times(1));
    EXPECT_EQ(asdus.back(), terminated);
    EXPECT_EQ(bench.station.counters().interrogation_objects, 5000u);
}

TEST(ControlledInterrogation, OfAllStationsRefusesOneThatIsBeingInterrogatedAlready) {
    ControlledBench bench;
    bench.value({.common_address = 2, .ioa = 1});
    for (Ioa ioa = 1; ioa <= 5000; ++ioa) bench.value({.common_address = 1, .ioa = 2 * ioa});
    ControlRoom room = bench.connect_and_start();
    room.request(interrogate);
    room.request("64 01 06 00 FF FF 00 00 00 14");
    const auto asdus = room.read_all();
    EXPECT_THAT(asdus, testing::Contains("64 01 47 00 01 00 00 00 00 14").Times(1));
    EXPECT_THAT(asdus, testing::Contains(terminated).Times(1));
    EXPECT_THAT(asdus, testing::Contains("64 01 0A 00 02 00 00 00 00 14").Times(1));
}

TEST(ControlledInterrogation, Case79_StopsWhenDeactivated) {
    ControlledBench bench;
    for (Ioa ioa = 1; ioa <= 5000; ++ioa) bench.value({.ioa = 2 * ioa});
    ControlRoom room = bench.connect_and_start();
    room.request(interrogate);
    room.request("64 01 08 00 01 00 00 00 00 14");
    EXPECT_EQ(room.acknowledge(), "64 01 09 00 01 00 00 00 00 14");
    EXPECT_THAT(room.read_all(), SizeIs(0));
    EXPECT_EQ(room.request("64 01 08 00 01 00 00 00 00 14"), "64 01 49 00 01 00 00 00 00 14") << "nothing runs";
    room.acknowledge();
    EXPECT_EQ(room.request_all(interrogate).back(), terminated);
}

TEST(ControlledInterrogation, OfAllStationsStopsWhenDeactivatedForAll) {
    ControlledBench bench;
    bench.value({.common_address = 2, .ioa = 1});
    for (Ioa ioa = 1; ioa <= 5000; ++ioa) bench.value({.common_address = 1, .ioa = 2 * ioa});
    ControlRoom room = bench.connect_and_start();
    room.request("64 01 06 00 FF FF 00 00 00 14");
    room.request("64 01 08 00 FF FF 00 00 00 14");
    EXPECT_EQ(room.acknowledge(), "64 01 09 00 01 00 00 00 00 14 | 64 01 09 00 02 00 00 00 00 14");
    EXPECT_THAT(room.read_all(), SizeIs(0));
}

TEST(ControlledInterrogation, Case80_LetsEventsThroughAndTakesValuesWhenTheyAreSent) {
    ControlledBench bench;
    for (Ioa ioa = 1; ioa <= 1000; ++ioa) bench.value({.ioa = 2 * ioa, .element = "00"});
    ControlRoom room = bench.connect_and_start();
    room.request(interrogate);                    // twelve frames are out
    bench.event({.ioa = 2000, .element = "01"});  // the last one has not been sent yet
    const auto asdus = room.read_all();
    ASSERT_FALSE(asdus.empty());
    EXPECT_EQ(asdus.front(), "01 01 03 00 01 00 D0 07 00 01") << "the event goes first";
    EXPECT_THAT(asdus.at(asdus.size() - 2), testing::EndsWith("D0 07 00 01")) << "the present value";
}

TEST(ControlledInterrogation, SendsAnObjectOnlyAfterTheEventsOfIt) {
    ControlledBench bench;
    bench.value({.ioa = 5000, .element = "00"});
    const auto group = bench.group();
    for (int i = 0; i < 30; ++i) bench.event({.ioa = 1, .element = i % 2 == 0 ? "01" : "00"});
    ControlRoom room = bench.connect_and_start(group);
    const auto asdus = room.request_all(interrogate);
    const auto position = [&](std::string_view asdu) {
        return std::find(asdus.begin(), asdus.end(), asdu) - asdus.begin();
    };
    EXPECT_LT(position(confirmed), 3);
    EXPECT_LT(position("01 01 14 00 01 00 88 13 00 00"), 10) << "an object without events does not wait";
    EXPECT_EQ(position("01 01 14 00 01 00 01 00 00 00"), static_cast<std::ptrdiff_t>(asdus.size()) - 2);
    EXPECT_EQ(asdus.back(), terminated);
}

TEST(ControlledInterrogation, GetsOnWhileEventsNeverStop) {
    ControlledBench bench;
    for (Ioa ioa = 1; ioa <= 2000; ++ioa) bench.value({.ioa = 2 * ioa + 100});
    ControlRoom room = bench.connect_and_start();
    room.request(interrogate);
    bool over = false;
    for (int round = 0; round < 100 && !over; ++round) {
        for (int i = 0; i < 20; ++i) bench.event({.ioa = 1});  // more than the window takes
        over = room.acknowledge().find(terminated) != std::string::npos;
    }
    EXPECT_TRUE(over);
}

TEST(ControlledInterrogation, LeavesObjectsWhoseEventsDoNotComeInTime) {
    ControlledBench bench;
    bench.value({.ioa = 1});
    const auto group = bench.group();
    ControlRoom room = bench.connect_and_start(group);
    bench.value({.ioa = 2, .element = "00"});
    bench.update({.ioa = 2});  // in the open batch: its event is on its way for as long as nobody flushes
    EXPECT_EQ(room.request(interrogate), std::string(confirmed) + " | 01 01 14 00 01 00 01 00 00 01");
    ASSERT_TRUE(room.session->next_deadline());
    bench.now += 10s;
    EXPECT_EQ(room.request("66 01 05 00 01 00 01 00 00"), "01 01 05 00 01 00 01 00 00 01") << "reading goes on";
    room.acknowledge();
    bench.now += 20s;
    EXPECT_EQ(room.session->next_deadline(), bench.now);
    room.session->on_deadline(bench.now);
    EXPECT_EQ(room.sent(), "68 04 43 00 00 00 | " + std::string(terminated));
    EXPECT_EQ(bench.station.counters().interrogation_late, 1u);
}

TEST(ControlledInterrogation, Case82_RepeatsTheOriginatorInAllAnswersAndInNoEvent) {
    ControlledBench bench;
    bench.value({.ioa = 1});
    ControlRoom room = bench.connect_and_start();
    EXPECT_EQ(room.request("64 01 06 07 01 00 00 00 00 14"),
              "64 01 07 07 01 00 00 00 00 14 | 01 01 14 07 01 00 01 00 00 01 | 64 01 0A 07 01 00 00 00 00 14");
    bench.event({.ioa = 1});
    EXPECT_EQ(room.sent(), "01 01 03 00 01 00 01 00 00 01");
}

TEST(ControlledInterrogation, AsATestIsAnsweredAsATest) {
    ControlledBench bench;
    bench.value({.ioa = 1});
    ControlRoom room = bench.connect_and_start();
    EXPECT_EQ(room.request("64 01 86 00 01 00 00 00 00 14"),
              "64 01 87 00 01 00 00 00 00 14 | 01 01 94 00 01 00 01 00 00 01 | 64 01 8A 00 01 00 00 00 00 14");
}

TEST(ControlledInterrogation, EndsWithTheTransfer) {
    ControlledBench bench;
    for (Ioa ioa = 1; ioa <= 5000; ++ioa) bench.value({.ioa = 2 * ioa});
    ControlRoom room = bench.connect_and_start();
    room.request(interrogate);
    room.receive(stopdt_act);
    EXPECT_EQ(room.acknowledge(), stopdt_con);
    EXPECT_EQ(room.start(), startdt_con);
    EXPECT_EQ(room.request(interrogate).substr(0, confirmed.size()), confirmed);
}

TEST(ControlledInterrogation, OfTwoStationsAtOnceTakesTurns) {
    ControlledBench bench;
    for (CommonAddress station = 1; station <= 2; ++station)
        for (Ioa ioa = 1; ioa <= (station == 1 ? 2700u : 2000u); ++ioa)
            bench.value({.common_address = station, .ioa = 2 * ioa});
    ControlRoom room = bench.connect_and_start();
    const std::string first = room.request(interrogate);
    const auto asdus = room.request_all("64 01 06 00 02 00 00 00 00 14");
    std::set<std::string> last_two(asdus.end() - 2, asdus.end());
    EXPECT_THAT(last_two, testing::UnorderedElementsAre(terminated, "64 01 0A 00 02 00 00 00 00 14"));
}

TEST(ControlledInterrogation, Case129_PacksASequenceOf127) {
    ControlledBench bench;
    for (Ioa ioa = 1; ioa <= 127; ++ioa) bench.value({.ioa = ioa});
    bench.value({.common_address = 2, .ioa = 128});
    for (Ioa ioa = 1; ioa <= 128; ++ioa) bench.value({.common_address = 3, .ioa = ioa});
    ControlRoom room = bench.connect_and_start();
    const std::string first = room.request(interrogate);
    std::vector<std::string> data;
    for (const std::string& asdu : room.read_all(first + " | " + room.request("64 01 06 00 03 00 00 00 00 14")))
        if (asdu.starts_with("01")) data.push_back(asdu.substr(0, 26));
    EXPECT_THAT(data, testing::IsSupersetOf(
                          {"01 FF 14 00 01 00 01 00 00", "01 FF 14 00 03 00 01 00 00", "01 01 14 00 03 00 80 00 00"}));
    EXPECT_THAT(data, SizeIs(3));
}

TEST(ControlledInterrogation, PacksSingleAddressesWhereRunsAreShort) {
    ControlledBench bench;
    for (Ioa ioa = 1; ioa <= 90; ++ioa) bench.value({.ioa = ioa + ioa / 3});  // three, a gap, three …
    ControlRoom room = bench.connect_and_start();
    const auto asdus = room.request_all(interrogate);
    ASSERT_THAT(asdus, SizeIs(4));
    EXPECT_EQ(asdus[1].substr(0, 17), "01 3C 14 00 01 00");  // 60 of them
    EXPECT_EQ(asdus[2].substr(0, 17), "01 1E 14 00 01 00");
}

TEST(ControlledInterrogation, PacksEachTypeForItselfWhateverLiesSideBySide) {
    ControlledBench bench;
    for (Ioa ioa = 1; ioa <= 100; ioa += 2) {
        bench.value({.ioa = ioa});
        bench.value({.ioa = ioa + 1, .type = 3, .element = "02"});
    }
    ControlRoom room = bench.connect_and_start();
    EXPECT_THAT(room.request_all(interrogate), SizeIs(4));  // 50 of each between confirmation and termination
}

TEST(ControlledInterrogation, HonoursOtherSizesOfTheFields) {
    ControlledStationConfig config = ControlledBench::usual_config();
    config.format = {.cause_size = 1, .common_address_size = 1, .ioa_size = 2, .max_size = 12};
    ControlledBench bench(config);
    for (Ioa ioa = 1; ioa <= 7; ++ioa) bench.value({.ioa = ioa});
    ControlRoom room = bench.connect_and_start();
    EXPECT_EQ(
        room.request("64 01 06 FF 00 00 14"),
        "64 01 07 01 00 00 14 | 01 86 14 01 01 00 01 01 01 01 01 01 | 01 01 14 01 07 00 01 | 64 01 0A 01 00 00 14");
    EXPECT_FALSE(bench.update({.ioa = 0x10000})) << "does not fit into two octets";
    EXPECT_FALSE(bench.update({.common_address = 255})) << "all stations";
}

}  // namespace
}  // namespace busbar::iec104::test
