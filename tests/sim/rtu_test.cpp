#include "rtu_bench.hpp"

namespace busbar::sim::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Substation numbered(std::size_t count, TypeId type = 7) {
    const std::array<CommonAddress, 1> stations{1};
    return numbered_substation(count, type, stations);
}

TEST(Rtu, SendsItsEventsAsTheyHappen) {
    RtuBench bench(numbered_config(0), numbered(2));
    SessionBench scada = bench.start();
    bench.advance(0s);
    EXPECT_EQ(scada.sent(), "68 12 00 00 00 00 07 01 03 00 01 00 01 00 00 01 00 00 00 00");
    bench.advance(1s);
    EXPECT_EQ(scada.sent(), "68 12 02 00 00 00 07 01 03 00 01 00 02 00 00 02 00 00 00 00");
}

TEST(Rtu, TagsEventsWithTheWallClock) {
    RtuConfig config = numbered_config(1);
    config.activity.start_delay = 1500ms;
    RtuBench bench(config, numbered(1, 37));
    SessionBench scada = bench.start();
    bench.advance(2s);
    EXPECT_THAT(scada.sent_asdus(), ElementsAre("25 01 03 00 01 00 01 00 00 01 00 00 00 00 DC 05 00 09 15 0B 1A"));
}

TEST(Rtu, WritesEachEventBeforeItIsSent) {
    RtuBench bench(numbered_config(0), numbered(1));
    SessionBench scada = bench.start();
    bench.log.lines();
    bench.advance(0s);
    EXPECT_THAT(bench.log.lines(),
                ElementsAre("\"what\":\"event\",\"number\":1,\"casdu\":1,\"ioa\":1,\"type\":7,\"cot\":3,"
                            "\"value\":1,\"quality\":[],\"raw\":\"0100000000\""));
    EXPECT_THAT(scada.sent_asdus(), SizeIs(1));
}

TEST(Rtu, WritesAcknowledgedOnlyWhatNRCovers) {
    RtuBench bench(numbered_config(3, 1), numbered(1));
    SessionBench scada = bench.start();
    for (int i = 0; i < 3; ++i) {
        bench.advance(i == 0 ? 0s : 1s);
        EXPECT_THAT(scada.sent_asdus(), SizeIs(1));
    }
    EXPECT_THAT(bench.log.lines("acknowledged"), IsEmpty());
    scada.acknowledge(2);
    EXPECT_THAT(bench.log.lines("acknowledged"), ElementsAre("\"group\":\"control-room\",\"from\":1,\"to\":2"));
    EXPECT_FALSE(bench.rtu.is_done());
    scada.acknowledge(2);
    EXPECT_THAT(bench.log.lines("acknowledged"), IsEmpty());
    scada.acknowledge(3);
    EXPECT_THAT(bench.log.lines("acknowledged"), ElementsAre("\"group\":\"control-room\",\"from\":3,\"to\":3"));
    EXPECT_TRUE(bench.rtu.is_done());
}

TEST(Rtu, WritesAPackedEventAcknowledgedWithItsFrame) {
    RtuConfig config = numbered_config(4);
    config.activity.batch = 4;
    RtuBench bench(config, numbered(4));
    SessionBench scada = bench.start();
    bench.advance(0s);
    EXPECT_THAT(scada.sent_asdus(), SizeIs(1));
    scada.acknowledge(1);
    EXPECT_THAT(bench.log.lines("acknowledged"), ElementsAre("\"group\":\"control-room\",\"from\":1,\"to\":4"));
}

TEST(Rtu, KeepsUnacknowledgedEventsForTheNextConnection) {
    RtuBench bench(numbered_config(5), numbered(1));
    SessionBench first = bench.start();
    bench.advance(2s);  // events 1 to 3
    EXPECT_THAT(first.sent_asdus(), SizeIs(3));
    first.acknowledge(1);
    first.disconnect();
    bench.advance(2s);  // 4 and 5, with nobody there
    SessionBench second = bench.start("10.0.0.2");
    OctetBuffer output;
    second.session->take_output(output, bench.clock.now);
    second.acknowledge(0);
    EXPECT_THAT(bench.log.lines("acknowledged"), ElementsAre("\"group\":\"control-room\",\"from\":1,\"to\":1"));
    second.acknowledge(4);
    EXPECT_THAT(bench.log.lines("acknowledged"), ElementsAre("\"group\":\"control-room\",\"from\":2,\"to\":5"));
}

TEST(Rtu, SendsWhatItHasKeptInOrder) {
    RtuBench bench(numbered_config(3), numbered(1));
    SessionBench first = bench.start();
    bench.advance(2s);
    first.sent();
    first.acknowledge(1);
    first.disconnect();
    SessionBench second = bench.connect();
    second.receive(startdt_act);
    EXPECT_THAT(second.sent_asdus(),
                ElementsAre("07 01 03 00 01 00 01 00 00 02 00 00 00 00", "07 01 03 00 01 00 01 00 00 03 00 00 00 00"));
}

TEST(Rtu, KeepsMoreThanTheStationsRingHolds) {
    RtuConfig config = numbered_config(5000, 5000);
    config.station.ring_octets = 16 << 10;
    config.station.backlog_octets = 1 << 20;
    RtuBench bench(config, numbered(1));
    bench.advance(2s);
    SessionBench scada = bench.connect();
    scada.receive(startdt_act);
    unsigned frames = 0;
    std::uint32_t last = 0;
    for (auto asdus = scada.sent_asdus(); !asdus.empty(); asdus = scada.sent_asdus()) {
        for (const std::string& asdu : asdus) {
            const OctetBuffer octets = octets_of(asdu);
            const auto view = iec60870::AsduView::parse(octets);
            ASSERT_TRUE(view);
            for (const auto object : *view) {
                EXPECT_EQ(number_of(7, object.element), ++last);
            }
        }
        frames += static_cast<unsigned>(asdus.size());
        scada.acknowledge(frames);
    }
    EXPECT_EQ(last, 5000u);
    EXPECT_TRUE(bench.rtu.is_done());
}

TEST(Rtu, DropsTheOldestEventOfAFullBufferAndSaysSo) {
    RtuConfig config = numbered_config(5);
    config.buffer_limit = 3;
    RtuBench bench(config, numbered(1));
    bench.advance(4s);
    EXPECT_THAT(bench.log.lines("dropped"),
                ElementsAre("\"group\":\"control-room\",\"number\":1", "\"group\":\"control-room\",\"number\":2"));
}

TEST(Rtu, KeepsABufferForEachControlRoom) {
    RtuConfig config = numbered_config(2);
    config.groups = {{"a", *net::AllowList::parse({"10.0.0.1"})}, {"b", *net::AllowList::parse({"10.0.1.0/24"})}};
    RtuBench bench(config, numbered(1));
    SessionBench a = bench.start("10.0.0.1");
    bench.advance(1s);
    EXPECT_THAT(a.sent_asdus(), SizeIs(2));
    a.acknowledge(2);
    EXPECT_THAT(bench.log.lines("acknowledged"), ElementsAre("\"group\":\"a\",\"from\":1,\"to\":2"));
    EXPECT_FALSE(bench.rtu.is_done());
    SessionBench b = bench.connect("10.0.1.77");
    b.receive(startdt_act);
    EXPECT_THAT(b.sent_asdus(), SizeIs(2));
    b.acknowledge(2);
    EXPECT_THAT(bench.log.lines("acknowledged"), ElementsAre("\"group\":\"b\",\"from\":1,\"to\":2"));
    EXPECT_TRUE(bench.rtu.is_done());
    EXPECT_EQ(bench.open("10.0.2.1"), nullptr);
}

TEST(Rtu, WritesConnectionsAndDataTransfer) {
    RtuBench bench;
    SessionBench scada = bench.start();
    scada.receive(stopdt_act);
    EXPECT_EQ(scada.sent(), stopdt_con);
    scada.disconnect();
    EXPECT_THAT(
        bench.log.lines(),
        ElementsAre(
            "\"what\":\"connected\",\"connection\":1,\"peer\":\"10.0.0.1:5000\",\"group\":\"control-room\"",
            "\"what\":\"transfer_started\",\"connection\":1,\"group\":\"control-room\"",
            "\"what\":\"transfer_stopped\",\"connection\":1,\"group\":\"control-room\"",
            "\"what\":\"disconnected\",\"connection\":1,\"peer\":\"10.0.0.1:5000\",\"reason\":\"closed by the peer\""));
}

TEST(Rtu, AnswersAnInterrogationWithItsImage) {
    RtuBench bench;
    SessionBench scada = bench.start();
    scada.receive_i(0, 0, "64 01 06 00 01 00 00 00 00 14");
    EXPECT_THAT(scada.sent_asdus(),
                ElementsAre("64 01 07 00 01 00 00 00 00 14", "01 01 14 00 01 00 01 00 00 00",
                            "0D 01 14 00 01 00 02 00 00 00 00 00 00 00", "64 01 0A 00 01 00 00 00 00 14"));
}

TEST(Rtu, ExecutesACommandAndReturnsItsStatusBeforeTheTermination) {
    RtuBench bench;
    SessionBench scada = bench.start();
    bench.log.lines();
    scada.receive_i(0, 0, "2D 01 06 05 01 00 0A 00 00 01");
    EXPECT_THAT(scada.sent_asdus(),
                ElementsAre("2D 01 07 05 01 00 0A 00 00 01", "1E 01 0B 00 01 00 01 00 00 01 00 00 00 09 15 0B 1A",
                            "2D 01 0A 05 01 00 0A 00 00 01"));
    const std::string command = "\"casdu\":1,\"ioa\":10,\"type\":45,";
    const std::string element = "\"value\":true,\"qualifier\":0,\"select\":false,\"raw\":\"01\"";
    EXPECT_THAT(
        bench.log.lines(),
        ElementsAre(
            "\"what\":\"command\",\"connection\":1," + command + "\"cot\":6,\"oa\":5," + element,
            "\"what\":\"executed\",\"connection\":1," + command + "\"count\":1,\"oa\":5," + element,
            "\"what\":\"answer\",\"connection\":1," + command + "\"cot\":7,\"oa\":5," + element + ",\"sent\":true",
            "\"what\":\"event\",\"number\":1,\"casdu\":1,\"ioa\":1,\"type\":30,\"cot\":11,\"value\":true,\"quality\":[]"
            ","
            "\"time\":\"2026-11-21T09:00:00.000Z\",\"raw\":\"0100000009150b1a\"",
            "\"what\":\"answer\",\"connection\":1," + command + "\"cot\":10,\"oa\":5," + element + ",\"sent\":true"));
}

TEST(Rtu, FollowsASetPointSpontaneously) {
    RtuBench bench;
    SessionBench scada = bench.start();
    scada.receive_i(0, 0, "32 01 06 00 01 00 0B 00 00 00 00 20 41 00");  // 10.0
    EXPECT_THAT(scada.sent_asdus()[1], testing::StartsWith("24 01 03 00 01 00 02 00 00 00 00 20 41 00"));
}

TEST(Rtu, DropsAnswersForAConnectionThatHasGone) {
    Substation substation = small_substation();
    substation.commands[0].running = 5s;
    RtuBench bench(numbered_config(0, 0), std::move(substation));
    SessionBench scada = bench.start();
    scada.receive_i(0, 0, "2D 01 06 00 01 00 0A 00 00 01");
    scada.disconnect();
    bench.log.lines();
    bench.advance(5s);
    EXPECT_THAT(bench.log.lines("answer"), ElementsAre(testing::EndsWith("\"sent\":false")));
}

TEST(Rtu, RefusesWhatItDoesNotHave) {
    RtuBench bench;
    SessionBench scada = bench.start();
    scada.receive_i(0, 0, "2D 01 06 00 01 00 63 00 00 01");           // no such command
    scada.receive_i(1, 0, "69 01 06 00 01 00 00 00 00 03");           // a reset that is reserved
    scada.receive_i(2, 0, "7A 01 0D 00 01 00 01 00 00 01 00 00 01");  // file
    EXPECT_THAT(scada.sent_asdus(), ElementsAre("2D 01 6F 00 01 00 63 00 00 01", "69 01 47 00 01 00 00 00 00 03",
                                                testing::StartsWith("7A 01 6C")));
}

TEST(Rtu, WritesTheClockItWasSent) {
    RtuBench bench;
    SessionBench scada = bench.start();
    scada.receive_i(0, 0, "67 01 06 00 01 00 00 00 00 7B 00 00 09 15 0B 1A");
    EXPECT_THAT(scada.sent_asdus(), SizeIs(1));
    EXPECT_THAT(
        bench.log.lines("clock"),
        ElementsAre("\"connection\":1,\"casdu\":1,\"time\":\"2026-11-21T09:00:00.123Z\",\"raw\":\"7b000009150b1a\""));
}

TEST(Rtu, ClosesTheOlderConnectionOfAControlRoomThatStartsAnother) {
    RtuBench bench;
    SessionBench first = bench.start();
    SessionBench second = bench.start();
    first.sent();
    EXPECT_TRUE(first.session->closed());
    EXPECT_FALSE(second.session->closed());
}

TEST(Rtu, SendsFaultyAsdusBetweenItsOwnIfItIsTold) {
    for (const FaultKind kind : {FaultKind::damaged_asdu, FaultKind::unknown_type}) {
        RtuConfig config = numbered_config(0, 1);
        config.faults = {{kind, 2}};
        RtuBench bench(config, numbered(1));
        SessionBench scada = bench.start();
        std::vector<std::string> types;
        for (int i = 0; i < 5; ++i) {
            bench.advance(1s);
            for (const std::string& asdu : scada.sent_asdus()) types.push_back(asdu.substr(0, 5));
        }
        const std::string faulty = kind == FaultKind::damaged_asdu ? "01 05" : "96 01";
        EXPECT_THAT(types, testing::Contains(faulty).Times(testing::Ge(2)));
        EXPECT_THAT(types, testing::Contains("07 01").Times(6));
    }
}

}  // namespace
}  // namespace busbar::sim::test
