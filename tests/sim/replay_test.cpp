#include "sim/rtu/replay.hpp"

#include "bench.hpp"
#include "sim/wire/capture_writer.hpp"
#include "support/source_dir.hpp"

namespace busbar::sim::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view off = "01 01 03 00 01 00 01 00 00 00", on = "01 01 03 00 01 00 01 00 00 01";
constexpr std::string_view private_type = "96 01 03 00 01 00 CA FE";

std::string i_frame(unsigned send_number, std::string_view asdu) {
    const OctetBuffer octets = octets_of(asdu);
    const Octet head[] = {0x68, static_cast<Octet>(octets.size() + 4), static_cast<Octet>(send_number * 2), 0, 6, 0};
    return hex(head) + " " + std::string(asdu);
}

/// A capture of a station that sent three ASDUs on one connection and one on another, at 0, 1, 4 and 10 s.
class Capture {
public:
    Capture() {
        CaptureWriter writer(path());
        const UtcTime start{1000s};
        RecordedConnection first(writer, parse_endpoint("10.0.0.1:5000"), parse_endpoint("10.0.0.9:2404"), start);
        RecordedConnection other(writer, parse_endpoint("10.0.0.2:6000"), parse_endpoint("10.0.0.9:2404"), start);
        RecordedConnection foreign(writer, parse_endpoint("10.0.0.2:6001"), parse_endpoint("10.0.0.9:80"), start);
        using enum RecordedConnection::Side;
        first.send(client, octets_of(startdt_act), start);
        first.send(server, octets_of(std::string(startdt_con) + i_frame(77, off)),
                   start);  // from the middle of a connection
        first.send(client, octets_of(i_frame(0, "64 01 06 00 01 00 00 00 00 14")), start);
        foreign.send(server, octets_of(i_frame(0, on)), start);
        const OctetBuffer cut = octets_of(i_frame(78, on));
        first.send(server, Octets(cut).first(7), start + 500ms);
        first.send(server, Octets(cut).subspan(7), start + 1s);
        other.send(server, octets_of(i_frame(0, private_type)), start + 4s);
        first.send(server, octets_of("FF FF FF"), start + 5s);
        first.send(server, octets_of(i_frame(79, off)), start + 10s);
    }
    std::string path() const { return directory_.file("station.pcap"); }

private:
    TemporaryDirectory directory_;
};

TEST(Recording, HasWhatTheStationSentWithItsTimes) {
    const Capture capture;
    const auto recording = Recording::load(capture.path(), 2404);
    ASSERT_TRUE(recording) << recording.error().what;
    std::string told;
    for (std::size_t i = 0; i < recording->size(); ++i) {
        told += std::to_string((*recording)[i].offset / 1ms) + " " + hex((*recording)[i].asdu) + "; ";
    }
    EXPECT_EQ(told, "0 " + std::string(off) + "; 1000 " + std::string(on) + "; 4000 " + std::string(private_type) +
                        "; 10000 " + std::string(off) + "; ");
    EXPECT_EQ(recording->skipped_octets(), 3u);
}

TEST(Recording, CanBeOfOneConnection) {
    const Capture capture;
    const auto recording = Recording::load(capture.path(), 2404, 1);
    ASSERT_TRUE(recording);
    ASSERT_EQ(recording->size(), 1u);
    EXPECT_EQ(hex((*recording)[0].asdu), private_type);
}

TEST(Recording, WithoutAStationIsAnError) {
    const Capture capture;
    EXPECT_THAT(Recording::load(capture.path(), 2405).error().what,
                testing::EndsWith("nothing that a station sent from port 2405"));
    EXPECT_THAT(Recording::load("/nowhere.pcap", 2404).error().what, testing::HasSubstr("/nowhere.pcap"));
}

class ReplayBench {
public:
    explicit ReplayBench(double speed) : replay({.link = {}, .format = {}, .speed = speed}, recording, log.journal) {}

    SessionBench start() {
        SessionBench session(clock, replay.connect({*net::IpAddress::parse("10.0.0.1"), 5000}, clock.now));
        session.receive(startdt_act);
        return session;
    }

    Capture capture;
    VirtualClock clock;
    JournalBench log{clock};
    Recording recording = *Recording::load(capture.path(), 2404);
    Replay replay;
};

TEST(Replay, SendsTheRecordedOctetsAtOnceIfItIsTold) {
    ReplayBench bench(0);
    SessionBench scada = bench.start();
    EXPECT_EQ(scada.sent(), std::string(startdt_con) + " | 68 0E 00 00 00 00 " + std::string(off) +
                                " | 68 0E 02 00 00 00 " + std::string(on) + " | 68 0C 04 00 00 00 " +
                                std::string(private_type) + " | 68 0E 06 00 00 00 " + std::string(off));
}

TEST(Replay, KeepsTheRecordedTimes) {
    for (const double speed : {1.0, 2.0}) {
        ReplayBench bench(speed);
        SessionBench scada = bench.start();
        EXPECT_THAT(scada.sent_asdus(), SizeIs(1));
        scada.acknowledge(1);
        const auto second = std::chrono::milliseconds(static_cast<int>(1000 / speed));
        EXPECT_EQ(scada.session->next_deadline(), bench.clock.now + second);
        bench.clock.now += second - 1ms;
        EXPECT_THAT(scada.sent_asdus(), IsEmpty());
        bench.clock.now += 1ms;
        EXPECT_THAT(scada.sent_asdus(), ElementsAre(on));
        bench.clock.now += second * 9;
        EXPECT_THAT(scada.sent_asdus(), SizeIs(2));
    }
}

TEST(Replay, BeginsWithTheStartOfDataTransfer) {
    ReplayBench bench(1);
    SessionBench scada(bench.clock, bench.replay.connect({}, bench.clock.now));
    bench.clock.now += 60s;
    EXPECT_EQ(scada.sent(), "");
    scada.receive(startdt_act);
    EXPECT_THAT(scada.sent_asdus(), SizeIs(1));
}

TEST(Replay, GoesOnBehindTheLastAcknowledgedAsduWithTheNextConnection) {
    ReplayBench bench(0);
    SessionBench first = bench.start();
    EXPECT_THAT(first.sent_asdus(), SizeIs(4));
    first.acknowledge(2);
    first.disconnect();
    SessionBench second = bench.start();
    EXPECT_THAT(second.sent_asdus(), ElementsAre(private_type, off));
    EXPECT_FALSE(bench.replay.is_done());
    second.acknowledge(2);
    EXPECT_TRUE(bench.replay.is_done());
    EXPECT_THAT(bench.log.lines("acknowledged"),
                ElementsAre("\"connection\":1,\"from\":1,\"to\":2", "\"connection\":2,\"from\":3,\"to\":4"));
}

TEST(Replay, LeavesRequestsToTheRecordingAndRefusesThemAfterIt) {
    constexpr std::string_view interrogation = "64 01 06 00 FF FF 00 00 00 14";
    ReplayBench bench(1);
    SessionBench scada = bench.start();
    scada.receive_i(0, 0, interrogation);
    EXPECT_THAT(scada.sent_asdus(), ElementsAre(off));
    bench.clock.now += 10s;
    EXPECT_THAT(scada.sent_asdus(), SizeIs(3));
    scada.receive_i(1, 4, interrogation);
    EXPECT_THAT(scada.sent_asdus(), ElementsAre("64 01 47 00 FF FF 00 00 00 14"));
    scada.acknowledge(5);
    EXPECT_TRUE(bench.replay.is_done());
}

TEST(Replay, WritesWhatItSendsAndHears) {
    ReplayBench bench(0);
    SessionBench scada = bench.start();
    scada.sent();
    scada.receive_i(0, 0, "64 01 06 00 FF FF 00 00 00 14");
    scada.disconnect();
    EXPECT_THAT(
        bench.log.lines(),
        ElementsAre(
            "\"what\":\"connected\",\"connection\":1,\"peer\":\"10.0.0.1:5000\"",
            "\"what\":\"transfer_started\",\"connection\":1",
            "\"what\":\"asdu\",\"connection\":1,\"number\":1,\"casdu\":1,\"type\":1,\"cot\":3,\"octets\":"
            "\"01010300010001000000\"",
            "\"what\":\"asdu\",\"connection\":1,\"number\":2,\"casdu\":1,\"type\":1,\"cot\":3,\"octets\":"
            "\"01010300010001000001\"",
            "\"what\":\"asdu\",\"connection\":1,\"number\":3,\"casdu\":1,\"type\":150,\"cot\":3,\"octets\":"
            "\"960103000100cafe\"",
            "\"what\":\"asdu\",\"connection\":1,\"number\":4,\"casdu\":1,\"type\":1,\"cot\":3,\"octets\":"
            "\"01010300010001000000\"",
            "\"what\":\"request\",\"connection\":1,\"casdu\":65535,\"type\":100,\"cot\":6,\"octets\":"
            "\"64010600ffff00000014\"",
            "\"what\":\"disconnected\",\"connection\":1,\"peer\":\"10.0.0.1:5000\",\"reason\":\"closed by the peer\""));
}

/// A real RTU that was recorded: all its I-frames, and nothing else.
TEST(Replay, LoadsACaptureOfARealStation) {
    const std::string path = tests::source_dir + "/../shared/captures/iti_javarmi_iec_misc.pcap";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "the folder of captures is not beside the sources";
    const auto recording = Recording::load(path, 2404);
    ASSERT_TRUE(recording) << recording.error().what;
    EXPECT_EQ(recording->size(), 107u);
    EXPECT_EQ(recording->skipped_octets(), 0u);
}

}  // namespace
}  // namespace busbar::sim::test
