#include "rtu_bench.hpp"

namespace busbar::sim::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string read_all = "65 01 06 00 01 00 00 00 00 05", read_con = "65 01 07 00 01 00 00 00 00 05",
                  read_term = "65 01 0A 00 01 00 00 00 00 05";

/// One counter of type 15 at IOA 1, that moves by `step` each second, and one of type 37 in group 2 that rests.
Substation two_counters(double step) {
    Substation substation;
    for (const TypeId type : {TypeId{15}, TypeId{37}}) {
        SimPoint& point = substation.points.emplace_back();
        point.common_address = 1;
        point.ioa = type == 15 ? 1 : 2;
        point.type = type;
        point.minimum = 0;
        point.maximum = 2147483647.0;
        point.step = step;
        if (type == 15) point.period = 1s;
        if (type == 37) point.attributes.counter_group = 2;
        point.value.number = type == 37 ? 7 : 0;
    }
    return substation;
}

RtuConfig mode(bool send_frozen, std::chrono::seconds every = 0s) {
    RtuConfig config = numbered_config(0, 0);
    config.activity.numbered = false;
    config.counters = {.count_silently = true, .freeze_every = every, .send_frozen = send_frozen};
    return config;
}

struct CounterBench : RtuDialogue {
    explicit CounterBench(const RtuConfig& config, Substation substation = two_counters(1))
        : RtuDialogue(config, std::move(substation)) {}
};

TEST(RtuCounters, Case85_AreFrozenByCommandAndReadAsTheyWere) {
    CounterBench bench(mode(false));
    bench.advance(3s);
    EXPECT_THAT(bench.hear(), IsEmpty()) << "they count in silence";
    EXPECT_THAT(bench.ask("65 01 06 00 01 00 00 00 00 45"), ElementsAre("65 01 07 00 01 00 00 00 00 45"));
    bench.advance(2s);
    const auto frozen = ElementsAre(read_con, "0F 01 25 00 01 00 01 00 00 03 00 00 00 01",
                                    "25 01 25 00 01 00 02 00 00 07 00 00 00 01 B8 0B 00 09 15 0B 1A", read_term);
    EXPECT_THAT(bench.ask(read_all), frozen);
    EXPECT_THAT(bench.ask(read_all), frozen);
    bench.ask("65 01 06 00 01 00 00 00 00 45");
    EXPECT_THAT(bench.ask(read_all), testing::Contains("0F 01 25 00 01 00 01 00 00 05 00 00 00 02"));
}

TEST(RtuCounters, Case86_AreFrozenAndCountFromZero) {
    CounterBench bench(mode(false));
    bench.advance(3s);
    EXPECT_THAT(bench.ask("65 01 06 00 01 00 00 00 00 85"), ElementsAre("65 01 07 00 01 00 00 00 00 85"));
    bench.advance(2s);
    EXPECT_THAT(bench.ask(read_all), testing::Contains("0F 01 25 00 01 00 01 00 00 03 00 00 00 01"));
    bench.ask("65 01 06 00 01 00 00 00 00 85");
    EXPECT_THAT(bench.ask(read_all), testing::Contains("0F 01 25 00 01 00 01 00 00 02 00 00 00 02"));
}

TEST(RtuCounters, Case87_AreResetAndSayThatTheyWereAdjusted) {
    CounterBench bench(mode(false));
    bench.advance(3s);
    EXPECT_THAT(bench.ask("65 01 06 00 01 00 00 00 00 C5"), ElementsAre("65 01 07 00 01 00 00 00 00 C5"));
    EXPECT_THAT(bench.ask(read_all), testing::Contains("0F 01 25 00 01 00 01 00 00 00 00 00 00 40")) << "CA";
    bench.ask("65 01 06 00 01 00 00 00 00 45");
    bench.ask("65 01 06 00 01 00 00 00 00 45");
    EXPECT_THAT(bench.ask(read_all), testing::Contains("0F 01 25 00 01 00 01 00 00 00 00 00 00 02"))
        << "the next period was not adjusted";
}

TEST(RtuCounters, Case84_ACommandForAGroupLeavesTheOthers) {
    CounterBench bench(mode(false));
    bench.advance(3s);
    EXPECT_THAT(bench.ask("65 01 06 00 01 00 00 00 00 82"), ElementsAre("65 01 07 00 01 00 00 00 00 82"));
    EXPECT_THAT(bench.ask("65 01 06 00 01 00 00 00 00 02"),
                testing::Contains("25 01 27 00 01 00 02 00 00 07 00 00 00 01 B8 0B 00 09 15 0B 1A"));
    EXPECT_THAT(bench.ask(read_all), testing::Contains("0F 01 25 00 01 00 01 00 00 03 00 00 00 00"));
}

TEST(RtuCounters, Case89_AreSentAtTheFullHourWithASequenceNumberThatWraps) {
    CounterBench bench(mode(true, 3600s));
    for (unsigned hour = 1; hour <= 33; ++hour) {
        bench.advance(3600s);
        const auto asdus = bench.hear();
        ASSERT_EQ(asdus.size(), 2u) << hour;
        const OctetBuffer reading = octets_of(asdus[0]);
        EXPECT_EQ(reading[2], 3) << "spontaneous";
        EXPECT_EQ(reading[13], hour % 32) << "SQ";
        EXPECT_EQ(reading[9] + 256u * reading[10], (3600 * hour) % 65536);
        EXPECT_EQ(asdus[1].substr(asdus[1].size() - 20, 8), "00 00 00") << "at the full hour";
    }
}

TEST(RtuCounters, Case89_FrozenByTheClockTheyWaitInModeB) {
    CounterBench bench(mode(false, 60s));
    bench.advance(90s);
    EXPECT_THAT(bench.hear(), IsEmpty());
    EXPECT_THAT(bench.ask(read_all), testing::Contains("0F 01 25 00 01 00 01 00 00 3C 00 00 00 01"));
}

TEST(RtuCounters, FrozenByCommandTheyAreSentInModeD) {
    CounterBench bench(mode(true));
    bench.advance(3s);
    EXPECT_THAT(bench.ask("65 01 06 00 01 00 00 00 00 45"),
                ElementsAre("65 01 07 00 01 00 00 00 00 45", "0F 01 03 00 01 00 01 00 00 03 00 00 00 01",
                            "25 01 03 00 01 00 02 00 00 07 00 00 00 01 B8 0B 00 09 15 0B 1A"));
}

TEST(RtuCounters, AreBufferedForAControlRoomThatIsAway) {
    RtuBench bench(mode(true, 3600s), two_counters(1));
    bench.advance(2h);
    SessionBench scada = bench.connect();
    scada.receive(startdt_act);
    const auto asdus = scada.sent_asdus();
    ASSERT_EQ(asdus.size(), 4u);
    EXPECT_EQ(asdus[0], "0F 01 03 00 01 00 01 00 00 10 0E 00 00 01");
    EXPECT_EQ(asdus[2], "0F 01 03 00 01 00 01 00 00 20 1C 00 00 02");
}

TEST(RtuCounters, SayThatTheyPassedTheirRangeInThePeriod) {
    Substation substation = two_counters(1);
    substation.points[0].value.number = 2147483646.0;
    CounterBench bench(mode(false), std::move(substation));
    bench.advance(3s);
    bench.ask("65 01 06 00 01 00 00 00 00 45");
    EXPECT_THAT(bench.ask(read_all), testing::Contains("0F 01 25 00 01 00 01 00 00 01 00 00 00 21")) << "CY, SQ 1";
    bench.ask("65 01 06 00 01 00 00 00 00 45");
    EXPECT_THAT(bench.ask(read_all), testing::Contains("0F 01 25 00 01 00 01 00 00 01 00 00 00 02"));
}

}  // namespace
}  // namespace busbar::sim::test
