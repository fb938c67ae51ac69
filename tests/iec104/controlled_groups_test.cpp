#include "iec104/controlled_bench.hpp"

namespace busbar::iec104::test {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

constexpr std::string_view on_1 = "01 01 03 00 01 00 01 00 00 01", on_2 = "01 01 03 00 01 00 02 00 00 01",
                           on_3 = "01 01 03 00 01 00 03 00 00 01";
constexpr std::string_view interrogate = "64 01 06 00 01 00 00 00 00 14";

std::string joined(std::initializer_list<std::string_view> frames) {
    std::string text;
    for (const auto frame : frames) text += (text.empty() ? "" : " | ") + std::string(frame);
    return text;
}

TEST(ControlledGroups, Case61_SendDataOnlyOnTheStartedConnection) {
    ControlledBench bench;
    const auto group = bench.group();
    ControlRoom a = bench.connect_and_start(group), b = bench.connect(group);
    bench.event({.ioa = 1});
    EXPECT_EQ(a.sent(), on_1);
    EXPECT_EQ(b.sent(), "");
    EXPECT_EQ(a.receive(testfr_act), testfr_con);
    EXPECT_EQ(b.receive(testfr_act), testfr_con);
}

TEST(ControlledGroups, Case62_GoOnWithoutLossOrRepeatAfterAnOrderlySwitch) {
    ControlledBench bench;
    const auto group = bench.group();
    ControlRoom a = bench.connect_and_start(group), b = bench.connect(group);
    bench.event({.ioa = 1});
    EXPECT_EQ(a.sent(), on_1);
    a.acknowledge();
    EXPECT_EQ(a.receive(stopdt_act), stopdt_con);
    bench.event({.ioa = 2});
    EXPECT_EQ(a.sent(), "");
    EXPECT_EQ(b.start(), joined({startdt_con, on_2}));
    bench.event({.ioa = 3});
    EXPECT_EQ(a.sent(), "");
    EXPECT_EQ(b.sent(), on_3);
}

TEST(ControlledGroups, Case63_RepeatWhatWasOpenWhenAnotherConnectionIsStarted) {
    ControlledBench bench;
    const auto group = bench.group();
    ControlRoom a = bench.connect_and_start(group), b = bench.connect(group);
    for (Ioa ioa = 1; ioa <= 3; ++ioa) bench.event({.ioa = ioa});
    EXPECT_EQ(a.sent(), joined({on_1, on_2, on_3}));
    EXPECT_EQ(a.acknowledge(1), "");
    EXPECT_EQ(b.start(), joined({startdt_con, on_2, on_3}));
    EXPECT_EQ(a.sent(), "");
    EXPECT_THAT(a.events(), StartsWith("closed: another connection of group 'scada' was started"));
    bench.event({.ioa = 1});
    EXPECT_EQ(b.sent(), on_1);
}

TEST(ControlledGroups, Case64_DoNotWaitForASilentConnection) {
    ControlledBench bench;
    const auto group = bench.group();
    ControlRoom a = bench.connect_and_start(group);
    bench.event({.ioa = 1});
    EXPECT_EQ(a.sent(), on_1);
    bench.now += 5s;  // nothing comes, t1 is not over
    ControlRoom b = bench.connect(group);
    EXPECT_EQ(b.start(), joined({startdt_con, on_1}));
    a.drain();
    EXPECT_TRUE(a.closed());
}

TEST(ControlledGroups, KeepWhatAnUnconfirmedStopLeftOpen) {
    ControlledBench bench;
    const auto group = bench.group();
    ControlRoom a = bench.connect_and_start(group), b = bench.connect(group);
    bench.event({.ioa = 1});
    EXPECT_EQ(a.sent(), on_1);
    EXPECT_EQ(a.receive(stopdt_act), "");
    EXPECT_EQ(b.start(), joined({startdt_con, on_1}));
    a.drain();
    EXPECT_TRUE(a.closed());
}

TEST(ControlledGroups, Case65_AreIndependent) {
    ControlledBench bench;
    const auto one = bench.group("one"), two = bench.group("two");
    ControlRoom a = bench.connect_and_start(one), b = bench.connect_and_start(two);
    bench.event({.ioa = 1});
    EXPECT_EQ(a.sent(), on_1);
    a.acknowledge();
    bench.event({.ioa = 2});
    EXPECT_EQ(a.sent(), on_2);
    EXPECT_EQ(b.sent(), joined({on_1, on_2}));
    EXPECT_EQ(bench.station.acknowledged(one).major, 1u);
    EXPECT_EQ(bench.station.acknowledged(two).major, 0u);
}

TEST(ControlledGroups, Case66_AbsentOnesAreKeptForWhileOthersAreServed) {
    ControlledBench bench;
    const auto present = bench.group("present"), absent = bench.group("absent");
    ControlRoom a = bench.connect_and_start(present);
    for (int i = 0; i < 1000; ++i) {
        bench.event({.ioa = 1});
        EXPECT_EQ(a.sent(), on_1);
        a.acknowledge();
    }
    bench.now += 1h;
    ControlRoom b = bench.connect_and_start(absent);
    b.read_all();
    EXPECT_EQ(b.received(), 1000u);
}

TEST(ControlledStart, Case70_IsToldToEachGroupOnce) {
    ControlledStationConfig config = ControlledBench::usual_config();
    config.end_of_initialization = true;
    ControlledBench bench(config);
    bench.station.set_stations(std::array<CommonAddress, 2>{1, 7});
    const auto one = bench.group("one"), two = bench.group("two");
    bench.event({.ioa = 1});
    constexpr std::string_view m_ei_1 = "46 01 04 00 01 00 00 00 00 00", m_ei_7 = "46 01 04 00 07 00 00 00 00 00";
    {
        ControlRoom room = bench.connect(one);
        EXPECT_EQ(room.start(), joined({startdt_con, m_ei_1, m_ei_7, on_1}));
        room.acknowledge(1);
    }
    {
        ControlRoom room = bench.connect(one);
        EXPECT_EQ(room.start(), joined({startdt_con, m_ei_1, m_ei_7, on_1})) << "it may not have arrived";
        room.acknowledge(2);
        room.receive(stopdt_act);
        EXPECT_EQ(room.acknowledge(3), stopdt_con);
        EXPECT_EQ(room.start(), startdt_con);
    }
    EXPECT_EQ(bench.connect(one).start(), startdt_con) << "a mere reconnect";
    EXPECT_EQ(bench.connect(two).start(), joined({startdt_con, m_ei_1, m_ei_7, on_1}));
}

TEST(ControlledGroups, MayBeClosedWithTheirConnections) {
    ControlledBench bench;
    const auto group = bench.group();
    ControlRoom a = bench.connect_and_start(group), b = bench.connect(group);
    bench.station.close_group(group);
    bench.event({.ioa = 1});
    EXPECT_EQ(a.sent(), "");
    EXPECT_EQ(a.events(), "closed: the group was removed");
    EXPECT_EQ(b.sent(), "");
    EXPECT_EQ(b.events(), "closed: the group was removed");
    EXPECT_EQ(bench.station.acknowledged(group), Position{});
}

TEST(ControlledGroups, GoOnAfterTheFormatChanged) {
    ControlledBench bench;
    const auto group = bench.group();
    ControlRoom a = bench.connect_and_start(group);
    bench.event({.ioa = 1});
    a.sent();
    a.acknowledge();
    auto config = ControlledBench::usual_config();
    config.format.cause_size = 1;
    bench.station.configure(config);
    a.drain();
    EXPECT_TRUE(a.closed());
    ControlRoom b = bench.connect_and_start(group);
    bench.event({.ioa = 2});
    EXPECT_EQ(b.sent(), "01 01 03 01 00 02 00 00 01");
}

TEST(ControlledGroups, AskForWhatTheFormatChangeCostThem) {
    ControlledBench bench;
    const auto group = bench.group();
    bench.event({.ioa = 1});
    auto config = ControlledBench::usual_config();
    config.format.cause_size = 1;
    bench.station.configure(config);
    ControlRoom room = bench.connect_and_start(group);
    const auto request = bench.station.take_backlog_request();
    ASSERT_TRUE(request);
    EXPECT_EQ(request->after, Position{});
}

TEST(ControlledPeriodic, SendsByPeriodOnlyWhatThePermittedCausesAllow) {
    ControlledBench bench;
    bench.value({.ioa = 1, .type = 36, .element = "00 00 80 3F 00 00 00 00 08 15 0B 1A"});
    bench.value({.ioa = 2, .type = 13, .element = "00 00 00 40 00"});
    bench.value({.ioa = 3, .type = 1, .element = "01"});  // cause 1 is not for single points
    for (Ioa ioa = 1; ioa <= 3; ++ioa)
        bench.station.set_attributes(1, ioa, {.cyclic = 10s, .background = ioa == 3 ? 60s : 0s});
    ControlRoom room = bench.connect_and_start();
    const auto pass = [&](Duration duration) {
        bench.now += duration;
        while (bench.station.next_deadline().value_or(TimePoint::max()) <= bench.now)
            bench.station.on_deadline(bench.now);
        return room.sent();
    };
    EXPECT_EQ(pass(0s), "");
    EXPECT_EQ(pass(10s), "0D 82 01 00 01 00 01 00 00 00 00 80 3F 00 00 00 00 40 00");
    EXPECT_EQ(pass(5s), "");
    EXPECT_NE(pass(5s), "");
    room.acknowledge();
    bench.value({.ioa = 2, .type = 13, .element = "00 00 00 41 00"});
    EXPECT_EQ(pass(40s),
              joined({"0D 82 01 00 01 00 01 00 00 00 00 80 3F 00 00 00 00 41 00", "01 01 02 00 01 00 03 00 00 01"}))
        << "missed rounds are not made up for";
    room.acknowledge();

    bench.station.set_attributes(1, 1, {});
    EXPECT_EQ(pass(10s), "0D 01 01 00 01 00 02 00 00 00 00 00 41 00");
    bench.station.remove(1, 2);
    bench.station.set_attributes(1, 3, {});
    EXPECT_EQ(pass(600s), "");
    EXPECT_EQ(bench.station.next_deadline(), std::nullopt);
}

TEST(ControlledPeriodic, IsNotKeptForAStoppedConnection) {
    ControlledBench bench;
    bench.value({.ioa = 1, .type = 13, .element = "00 00 80 3F 00"});
    bench.station.set_attributes(1, 1, {.cyclic = 1s});
    bench.station.on_deadline(bench.now);
    for (int i = 0; i < 5; ++i) bench.station.on_deadline(bench.now += 1s);
    EXPECT_EQ(bench.connect().start(), startdt_con);
}

TEST(ControlledPeriodic, GoesBehindEventsAndInterrogationsAndCyclicBeforeBackground) {
    auto config = ControlledBench::usual_config();
    config.link.k = 1;
    config.link.w = 1;
    ControlledBench bench(config);
    bench.value({.ioa = 1, .type = 13, .element = "00 00 80 3F 00"});
    bench.value({.ioa = 2});
    bench.station.set_attributes(1, 1, {.cyclic = 10s});
    bench.station.set_attributes(1, 2, {.background = 10s});
    bench.station.on_deadline(bench.now);
    ControlRoom room = bench.connect_and_start();
    bench.station.on_deadline(bench.now += 10s);
    bench.event({.ioa = 3});
    EXPECT_EQ(room.request(interrogate), "64 01 07 00 01 00 00 00 00 14");
    EXPECT_EQ(room.acknowledge(), on_3);
    EXPECT_EQ(room.acknowledge(), "01 82 14 00 01 00 02 00 00 01 01");
    EXPECT_EQ(room.acknowledge(), "0D 01 14 00 01 00 01 00 00 00 00 80 3F 00");
    EXPECT_EQ(room.acknowledge(), "64 01 0A 00 01 00 00 00 00 14");
    EXPECT_EQ(room.acknowledge(), "0D 01 01 00 01 00 01 00 00 00 00 80 3F 00");
    EXPECT_EQ(room.acknowledge(), "01 01 02 00 01 00 02 00 00 01");
    EXPECT_EQ(room.acknowledge(), "");
    EXPECT_EQ(bench.station.counters().events, 1u) << "neither is an event";
}

TEST(ControlledPeriodic, LeavesOutAnObjectWhoseEventIsOnItsWay) {
    ControlledBench bench;
    bench.value({.ioa = 1, .type = 13, .element = "00 00 80 3F 00"});
    bench.station.set_attributes(1, 1, {.cyclic = 1s});
    bench.station.on_deadline(bench.now);
    ControlRoom room = bench.connect_and_start();
    bench.update({.ioa = 1, .type = 13, .element = "00 00 00 40 00"});  // not flushed
    bench.station.on_deadline(bench.now += 1s);
    EXPECT_EQ(room.sent(), "");
    bench.station.flush(bench.now);
    EXPECT_EQ(room.sent(), "0D 01 03 00 01 00 01 00 00 00 00 00 40 00");
}

TEST(ControlledMemory, OfAnIdleSessionIsSmall) { EXPECT_LE(sizeof(Link) + sizeof(ControlledSession), 2048u); }

}  // namespace
}  // namespace busbar::iec104::test
