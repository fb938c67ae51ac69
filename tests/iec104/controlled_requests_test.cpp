#include "iec104/controlled_bench.hpp"

namespace busbar::iec104::test {
namespace {

struct Refusal {
    const char* why;
    std::string_view request, answer;
};

void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.why; }

class ControlledRefuses : public ::testing::TestWithParam<Refusal> {};

TEST_P(ControlledRefuses, AndMirrors) {
    ControlledBench bench;
    bench.value({.ioa = 1});
    bench.value({.ioa = 2, .type = 37, .element = "03 00 00 00 00 00 00 00 08 15 0B 1A"});
    ControlRoom room = bench.connect_and_start();
    EXPECT_EQ(room.request(GetParam().request), GetParam().answer);
    EXPECT_EQ(room.events(), "") << "nothing reaches the owner";
    EXPECT_EQ(room.request("64 01 06 00 01 00 00 00 00 14").substr(0, 29), "64 01 07 00 01 00 00 00 00 14");
}

INSTANTIATE_TEST_SUITE_P(Case74, ControlledRefuses,
                         ::testing::Values(Refusal{"interrogation of IOA 1", "64 01 06 00 01 00 01 00 00 14",
                                                   "64 01 6F 00 01 00 01 00 00 14"}));

INSTANTIATE_TEST_SUITE_P(
    Case75, ControlledRefuses,
    ::testing::Values(
        Refusal{"interrogation, cause 3", "64 01 03 00 01 00 00 00 00 14", "64 01 6D 00 01 00 00 00 00 14"},
        Refusal{"interrogation, cause 5", "64 01 05 00 01 00 00 00 00 14", "64 01 6D 00 01 00 00 00 00 14"},
        Refusal{"interrogation, cause 7", "64 01 07 00 01 00 00 00 00 14", "64 01 6D 00 01 00 00 00 00 14"},
        Refusal{"interrogation, cause 10", "64 01 0A 00 01 00 00 00 00 14", "64 01 6D 00 01 00 00 00 00 14"},
        Refusal{"interrogation, cause 20", "64 01 14 00 01 00 00 00 00 14", "64 01 6D 00 01 00 00 00 00 14"}));

INSTANTIATE_TEST_SUITE_P(Case77, ControlledRefuses,
                         ::testing::Values(Refusal{"interrogation of CA 2", "64 01 06 00 02 00 00 00 00 14",
                                                   "64 01 6E 00 02 00 00 00 00 14"},
                                           Refusal{"interrogation of CA 0", "64 01 06 00 00 00 00 00 00 14",
                                                   "64 01 6E 00 00 00 00 00 00 14"},
                                           Refusal{"all stations, IOA 1", "64 01 06 00 FF FF 01 00 00 14",
                                                   "64 01 6F 00 FF FF 01 00 00 14"}));

INSTANTIATE_TEST_SUITE_P(
    Case91, ControlledRefuses,
    ::testing::Values(Refusal{"read unknown IOA", "66 01 05 00 01 00 09 00 00", "66 01 6F 00 01 00 09 00 00"},
                      Refusal{"read of all stations", "66 01 05 00 FF FF 01 00 00", "66 01 6E 00 FF FF 01 00 00"},
                      Refusal{"read, cause 6", "66 01 06 00 01 00 01 00 00", "66 01 6D 00 01 00 01 00 00"},
                      Refusal{"read of a counter", "66 01 05 00 01 00 02 00 00", "66 01 6F 00 01 00 02 00 00"},
                      Refusal{"read of an unknown CA", "66 01 05 00 02 00 01 00 00", "66 01 6E 00 02 00 01 00 00"}));

INSTANTIATE_TEST_SUITE_P(
    Case95, ControlledRefuses,
    ::testing::Values(Refusal{"C_TS_NA_1", "68 01 06 00 01 00 00 00 00 AA 55", "68 01 6C 00 01 00 00 00 00 AA 55"},
                      Refusal{"C_CD_NA_1", "6A 01 06 00 01 00 00 00 00 05 00", "6A 01 6C 00 01 00 00 00 00 05 00"},
                      Refusal{"type 0", "00 01 06 00 01 00 00 00 00 01", "00 01 6C 00 01 00 00 00 00 01"},
                      Refusal{"type 22, whatever its length", "16 FF 06 00 01 00 00", "16 FF 6C 00 01 00 00"},
                      Refusal{"type 52, header alone", "34 00 06 00 01 00", "34 00 6C 00 01 00"},
                      Refusal{"type 99", "63 01 06 00 01 00 00 00 00 01", "63 01 6C 00 01 00 00 00 00 01"},
                      Refusal{"type 128", "80 01 06 00 01 00 00 00 00 01", "80 01 6C 00 01 00 00 00 00 01"},
                      Refusal{"type 255", "FF 01 06 00 01 00 00 00 00 01", "FF 01 6C 00 01 00 00 00 00 01"}));

INSTANTIATE_TEST_SUITE_P(
    Case96, ControlledRefuses,
    ::testing::Values(Refusal{"type 1", "01 01 06 00 01 00 01 00 00 01", "01 01 6C 00 01 00 01 00 00 01"},
                      Refusal{"type 36", "24 01 03 00 01 00 01 00 00 00 00 80 3F 00 00 00 00 08 15 0B 1A",
                              "24 01 6C 00 01 00 01 00 00 00 00 80 3F 00 00 00 00 08 15 0B 1A"}));

// The order 44, 45, 46, 47, and more.
INSTANTIATE_TEST_SUITE_P(
    InOrder, ControlledRefuses,
    ::testing::Values(
        Refusal{"type before cause", "68 01 03 00 09 00 01 00 00 AA 55", "68 01 6C 00 09 00 01 00 00 AA 55"},
        Refusal{"cause before CA", "64 01 03 00 09 00 01 00 00 14", "64 01 6D 00 09 00 01 00 00 14"},
        Refusal{"CA before IOA", "64 01 06 00 09 00 01 00 00 14", "64 01 6E 00 09 00 01 00 00 14"},
        Refusal{"IOA before qualifier", "64 01 06 00 01 00 01 00 00 FF", "64 01 6F 00 01 00 01 00 00 FF"},
        Refusal{"clock with IOA", "67 01 06 00 01 00 01 00 00 00 00 00 08 15 0B 1A",
                "67 01 6F 00 01 00 01 00 00 00 00 00 08 15 0B 1A"},
        Refusal{"test with IOA", "6B 01 06 00 01 00 01 00 00 FF FF 00 00 00 08 15 0B 1A",
                "6B 01 6F 00 01 00 01 00 00 FF FF 00 00 00 08 15 0B 1A"},
        Refusal{"parameter activation for all, with IOA", "71 01 06 00 01 00 01 00 00 01",
                "71 01 6F 00 01 00 01 00 00 01"},
        Refusal{"command of all stations", "2D 01 06 00 FF FF 01 00 00 01", "2D 01 6E 00 FF FF 01 00 00 01"},
        Refusal{"command, cause 3", "2D 01 03 00 01 00 01 00 00 01", "2D 01 6D 00 01 00 01 00 00 01"},
        Refusal{"the originator is mirrored", "2D 01 06 1F 02 00 01 00 00 01", "2D 01 6E 1F 02 00 01 00 00 01"},
        Refusal{"the test bit is mirrored", "2D 01 86 00 02 00 01 00 00 01", "2D 01 EE 00 02 00 01 00 00 01"}));

class ControlledCloses : public ::testing::TestWithParam<Refusal> {};

TEST_P(ControlledCloses, Case81_OnADamagedAsdu) {
    ControlledBench bench;
    bench.value({.ioa = 1});
    const auto group = bench.group();
    ControlRoom room = bench.connect_and_start(group);
    EXPECT_EQ(room.request(GetParam().request), "");
    EXPECT_THAT(room.events(), ::testing::StartsWith("closed: damaged ASDU received"));
    EXPECT_EQ(bench.station.counters().damaged, 1u);

    ControlRoom next = bench.connect_and_start(group);
    EXPECT_NE(next.request("64 01 06 00 01 00 00 00 00 14"), "");
}

INSTANTIATE_TEST_SUITE_P(Cases, ControlledCloses,
                         ::testing::Values(Refusal{"no object", "64 00 06 00 01 00 00 00 00 14", ""},
                                           Refusal{"two objects", "64 02 06 00 01 00 00 00 00 14 00 00 00 14", ""},
                                           Refusal{"a sequence", "64 81 06 00 01 00 00 00 00 14", ""},
                                           Refusal{"too short", "64 01 06 00 01 00 00 00 00", ""},
                                           Refusal{"too long", "64 01 06 00 01 00 00 00 00 14 00", ""},
                                           Refusal{"command of two objects",
                                                   "2D 02 06 00 01 00 01 00 00 01 02 00 00 01", ""},
                                           Refusal{"command as a sequence", "2D 81 06 00 01 00 01 00 00 01", ""}));

TEST(ControlledRequests, RefusalsAreNotAnswered) {
    ControlledBench bench;
    bench.value({.ioa = 1});
    ControlRoom room = bench.connect_and_start();
    for (const std::string cause : {"2C", "2D", "2E", "2F", "6C", "6D", "6E", "6F"}) {
        room.request("64 01 " + cause + " 00 01 00 00 00 00 14");
        room.request("63 01 " + cause + " 00 01 00 00 00 00 14");  // S at w
    }
    EXPECT_EQ(room.received(), 0u);
    EXPECT_FALSE(room.closed());
}

TEST(ControlledRequests, RefusalsAreCounted) {
    ControlledBench bench;
    bench.value({.ioa = 1});
    ControlRoom room = bench.connect_and_start();
    room.request("63 01 06 00 01 00 00 00 00 14");
    room.request("64 01 03 00 01 00 00 00 00 14");
    room.request("64 01 06 00 02 00 00 00 00 14");
    room.request("64 01 06 00 01 00 01 00 00 14");
    const auto& counters = bench.station.counters();
    EXPECT_EQ(counters.refused_type, 1u);
    EXPECT_EQ(counters.refused_cause, 1u);
    EXPECT_EQ(counters.refused_common_address, 1u);
    EXPECT_EQ(counters.refused_ioa, 1u);
}

TEST(ControlledRequests, Case90_ReadingGivesTheObjectWithoutTimeTag) {
    ControlledBench bench;
    const std::tuple<TypeId, std::string_view, std::string_view> objects[] = {
        {1, "01", "01 01 05 00 01 00 01 00 00 01"},
        {30, "01 00 00 00 08 15 0B 1A", "01 01 05 00 01 00 01 00 00 01"},
        {2, "01 00 00 00", "01 01 05 00 01 00 01 00 00 01"},
        {31, "02 00 00 00 08 15 0B 1A", "03 01 05 00 01 00 01 00 00 02"},
        {32, "05 00 00 00 00 08 15 0B 1A", "05 01 05 00 01 00 01 00 00 05 00"},
        {33, "EF BE AD DE 00 00 00 00 08 15 0B 1A", "07 01 05 00 01 00 01 00 00 EF BE AD DE 00"},
        {34, "00 40 00 00 00 00 08 15 0B 1A", "09 01 05 00 01 00 01 00 00 00 40 00"},
        {35, "05 00 00 00 00 00 08 15 0B 1A", "0B 01 05 00 01 00 01 00 00 05 00 00"},
        {36, "00 00 80 3F 10 00 00 00 08 15 0B 1A", "0D 01 05 00 01 00 01 00 00 00 00 80 3F 10"},
        {20, "01 00 02 00 00", "14 01 05 00 01 00 01 00 00 01 00 02 00 00"},
        {21, "00 40", "15 01 05 00 01 00 01 00 00 00 40"},
    };
    ControlRoom room = bench.connect_and_start();
    for (const auto& [type, element, answer] : objects) {
        bench.value({.ioa = 1, .type = type, .element = element});
        EXPECT_EQ(room.request("66 01 05 00 01 00 01 00 00"), answer) << "type " << int{type};
        room.acknowledge();
    }
    EXPECT_EQ(room.request("66 01 05 07 01 00 01 00 00"), "15 01 05 07 01 00 01 00 00 00 40") << "the originator's";
}

TEST(ControlledRequests, ReadingGoesBehindTheEventsOfTheObject) {
    ControlledBench bench;
    const auto group = bench.group();
    for (int i = 0; i < 14; ++i) bench.event({.element = i == 13 ? "00" : "01"});
    ControlRoom room = bench.connect_and_start(group);
    const auto asdus = room.request_all("66 01 05 00 01 00 01 00 00");
    ASSERT_EQ(asdus.size(), 3u);
    EXPECT_EQ(asdus[0], "01 01 03 00 01 00 01 00 00 01");
    EXPECT_EQ(asdus[1], "01 01 03 00 01 00 01 00 00 00");
    EXPECT_EQ(asdus[2], "01 01 05 00 01 00 01 00 00 00");
}

TEST(ControlledRequests, Case92_AClockIsConfirmedIfItsTimeIsPossible) {
    ControlledBench bench;
    bench.value({.ioa = 1});
    ControlRoom room = bench.connect_and_start();
    const std::string head = "67 01 06 00 01 00 00 00 00 ", yes = "67 01 07 00 01 00 00 00 00 ",
                      no = "67 01 47 00 01 00 00 00 00 ";
    for (const std::string time : {"00 00 00 08 15 0B 1A", "5F EA 3B 17 1F 0C 63", "00 00 00 00 1D 02 18",
                                   "00 00 40 88 B5 0B 1A" /* GEN, SU, day of week */}) {
        EXPECT_EQ(room.request(head + time), yes + time);
        EXPECT_EQ(room.events(), "clock 1 " + time);
        room.acknowledge();
    }
    for (const std::string time :
         {"00 00 80 08 15 0B 1A" /* IV */, "60 EA 00 08 15 0B 1A" /* 60 s */, "00 00 3C 08 15 0B 1A",
          "00 00 00 18 15 0B 1A", "00 00 00 08 00 0B 1A", "00 00 00 08 1F 0B 1A" /* 31 November */,
          "00 00 00 08 15 00 1A", "00 00 00 08 15 0D 1A" /* month 13 */, "00 00 00 08 1D 02 1A" /* 29 February 2026 */,
          "00 00 00 08 1E 02 18", "00 00 00 08 15 0B 64"}) {
        EXPECT_EQ(room.request(head + time), no + time);
        EXPECT_EQ(room.events(), "");
        room.acknowledge();
    }
    EXPECT_EQ(room.request("67 01 86 00 01 00 00 00 00 00 00 00 08 15 0B 1A"),
              "67 01 87 00 01 00 00 00 00 00 00 00 08 15 0B 1A");
    EXPECT_EQ(room.events(), "") << "a test does not act";
}

TEST(ControlledRequests, Case93_AClockForAllStationsIsConfirmedByEach) {
    ControlledBench bench;
    bench.value({.common_address = 3, .ioa = 1});
    bench.value({.common_address = 8, .ioa = 1});
    ControlRoom room = bench.connect_and_start();
    EXPECT_EQ(room.request("67 01 06 00 FF FF 00 00 00 00 00 00 08 15 0B 1A"),
              "67 01 07 00 03 00 00 00 00 00 00 00 08 15 0B 1A | 67 01 07 00 08 00 00 00 00 00 00 00 08 15 0B 1A");
    EXPECT_EQ(room.events(), "clock 65535 00 00 00 08 15 0B 1A");
}

TEST(ControlledRequests, Case94_ATestIsMirrored) {
    ControlledBench bench;
    bench.value({.ioa = 1});
    ControlRoom room = bench.connect_and_start();
    EXPECT_EQ(room.request("6B 01 06 05 01 00 00 00 00 FF FF 00 00 00 08 15 0B 1A"),
              "6B 01 07 05 01 00 00 00 00 FF FF 00 00 00 08 15 0B 1A");
}

TEST(ControlledRequests, CommandsOfKnownStationsGoToTheOwner) {
    ControlledBench bench;
    bench.station.set_stations(std::array<CommonAddress, 1>{5});
    ControlRoom room = bench.connect_and_start();
    for (const std::string command :
         {"2D 01 06 00 05 00 01 00 00 81", "2D 01 08 00 05 00 01 00 00 81", "33 01 06 00 05 00 01 00 00 00 00 00 00",
          "3F 01 46 00 05 00 01 00 00 00 00 80 3F 00 00 00 00 08 15 0B 1A" /* P/N is ignored */,
          "69 01 06 00 FF FF 00 00 00 01", "6E 01 06 00 05 00 01 00 00 00 40 01", "71 01 06 00 05 00 00 00 00 01",
          "7A 01 0D 00 05 00 01 00 00 01 00 01 02"}) {
        room.request(command);
        EXPECT_EQ(room.events(), "command " + command);
    }
    EXPECT_EQ(room.received(), 0u) << "the owner answers";
}

TEST(ControlledAnswers, OfTheOwnerGoAheadOfEvents) {
    ControlledBench bench;
    ControlRoom room = bench.connect_and_start();
    bench.event({.ioa = 1});
    EXPECT_TRUE(room.session->send(octets_of("2D 01 07 00 01 00 01 00 00 01"), bench.now));
    EXPECT_EQ(room.sent(), "2D 01 07 00 01 00 01 00 00 01 | 01 01 03 00 01 00 01 00 00 01");
}

TEST(ControlledAnswers, TerminationFollowsTheReturnInformation) {
    ControlledBench bench;
    ControlRoom room = bench.connect_and_start();
    room.session->send(octets_of("2D 01 07 00 01 00 01 00 00 01"), bench.now);
    bench.update({.ioa = 9, .cause = Cause::return_remote});
    room.session->send(octets_of("2D 01 0A 00 01 00 01 00 00 01"), bench.now);
    room.session->send(octets_of("2E 01 07 00 01 00 02 00 00 01"), bench.now);
    bench.station.flush(bench.now);
    EXPECT_EQ(room.sent(),
              "2D 01 07 00 01 00 01 00 00 01 | 2E 01 07 00 01 00 02 00 00 01"
              " | 01 01 0B 00 01 00 09 00 00 01 | 2D 01 0A 00 01 00 01 00 00 01");
}

TEST(ControlledAnswers, AreBounded) {
    ControlledBench bench;
    bench.value({.ioa = 1});
    ControlRoom room = bench.connect_and_start();
    const OctetBuffer answer = octets_of("2D 01 07 00 01 00 01 00 00 01");
    int taken = 0;
    while (taken < 10000 && room.session->send(answer, bench.now)) ++taken;
    EXPECT_GT(taken, 1000);
    EXPECT_LT(taken, 10000);
    EXPECT_FALSE(room.session->send(octets_of("2D 01"), bench.now)) << "not an ASDU";

    // A peer that asks on and on without taking the answers is cut off.
    for (int i = 0; i < 20 && !room.closed(); ++i)
        room.request("6B 01 06 00 01 00 00 00 00 FF FF 00 00 00 08 15 0B 1A");
    EXPECT_TRUE(room.closed());
    EXPECT_FALSE(room.session->send(answer, bench.now));
}

}  // namespace
}  // namespace busbar::iec104::test
