#include "sim/scada/scada.hpp"

#include "bench.hpp"

namespace busbar::sim::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view interrogation_of_all = "64 01 06 00 FF FF 00 00 00 14";

ScadaConfig quiet_config() {
    ScadaConfig config;
    config.session.interrogate_on_start = false;
    config.session.link.w = 1;
    return config;
}

/// A control room whose station is the test.
class ScadaBench {
public:
    explicit ScadaBench(const ScadaConfig& config = quiet_config())
        : scada(config, log.journal, nullptr),
          line(clock, scada.connect(
                          "10.0.0.9:2404", [] {}, clock.now)) {}

    void start() {
        EXPECT_EQ(line.sent(), startdt_act);
        line.receive(startdt_con);
    }

    VirtualClock clock;
    JournalBench log{clock};
    Scada scada;
    SessionBench line;
};

TEST(Scada, StartsDataTransferAndInterrogates) {
    ScadaConfig config;
    ScadaBench bench(config);
    bench.start();
    EXPECT_THAT(bench.line.sent_asdus(), ElementsAre(interrogation_of_all));
    EXPECT_TRUE(bench.scada.was_started());
}

TEST(Scada, WritesEachObjectOnALineOfItsOwn) {
    ScadaBench bench;
    bench.start();
    bench.log.lines();
    bench.line.receive_i(0, 0, "1E 02 03 00 01 00 05 00 00 01 7B 00 00 09 15 0B 1A 06 00 00 80 7B 00 00 09 15 0B 1A");
    EXPECT_THAT(
        bench.log.lines(),
        ElementsAre(
            "\"what\":\"object\",\"casdu\":1,\"ioa\":5,\"type\":30,\"cot\":3,\"value\":true,\"quality\":[],"
            "\"time\":\"2026-11-21T09:00:00.123Z\",\"raw\":\"017b000009150b1a\"",
            "\"what\":\"object\",\"casdu\":1,\"ioa\":6,\"type\":30,\"cot\":3,\"value\":false,\"quality\":[\"IV\"],"
            "\"time\":\"2026-11-21T09:00:00.123Z\",\"raw\":\"807b000009150b1a\""));
    EXPECT_EQ(bench.scada.objects(), 2u);
}

/// A journal that is full: nothing of what it should have taken may be acknowledged.
TEST(Scada, AcknowledgesOnlyWhatIsInTheFile) {
    VirtualClock clock;
    Journal journal([&clock] { return clock.utc(); });
    journal.write_to(LineLog("/dev/full"));
    Scada scada(quiet_config(), journal, nullptr);
    EXPECT_THROW(scada.connect(
                     "10.0.0.9:2404", [] {}, clock.now),
                 std::runtime_error);

    ScadaBench bench;
    bench.start();
    bench.line.receive_i(0, 0, "01 01 03 00 01 00 05 00 00 01");
    EXPECT_EQ(bench.line.sent(), "68 04 01 00 02 00");
    bench.log.journal.write_to(LineLog("/dev/full"));
    EXPECT_THROW(bench.line.receive_i(1, 0, "01 01 03 00 01 00 05 00 00 01"), std::runtime_error);
    EXPECT_EQ(bench.line.sent(), "");
}

TEST(Scada, WritesWhatItCannotUse) {
    ScadaBench bench;
    bench.start();
    bench.log.lines();
    bench.line.receive_i(0, 0, "96 01 03 00 01 00 01 00 00 CA FE");
    bench.line.receive_i(1, 0, "01 05 03 00 01 00 01 00 00 01");
    const auto lines = bench.log.lines("rejected");
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_THAT(lines[0], testing::EndsWith("\"octets\":\"960103000100010000cafe\""));
    EXPECT_THAT(lines[1], testing::EndsWith("\"octets\":\"01050300010001000001\""));
}

TEST(Scada, GivesACommandAndWritesWhatBecameOfIt) {
    ScadaBench bench;
    bench.start();
    bench.log.lines();
    ASSERT_TRUE(bench.scada.request("command 45 1 10 on select", bench.clock.now));
    EXPECT_THAT(bench.line.sent_asdus(), ElementsAre("2D 01 06 00 01 00 0A 00 00 81"));
    EXPECT_THAT(bench.log.lines(),
                ElementsAre(testing::StartsWith("\"what\":\"command\",\"casdu\":1,\"ioa\":10,\"type\":45,\"cot\":6")));
    bench.line.receive_i(0, 1, "2D 01 07 00 01 00 0A 00 00 81");
    EXPECT_THAT(bench.line.sent_asdus(), ElementsAre("2D 01 06 00 01 00 0A 00 00 01"));
    bench.line.receive_i(1, 2, "2D 01 47 00 01 00 0A 00 00 01");
    EXPECT_THAT(bench.log.lines("command_result"),
                ElementsAre("\"casdu\":1,\"ioa\":10,\"type\":45,\"outcome\":\"selected\",\"cot\":7",
                            "\"casdu\":1,\"ioa\":10,\"type\":45,\"outcome\":\"refused\",\"cot\":7"));
}

TEST(Scada, KnowsNotWhatBecameOfACommandWhenTheLineIsLost) {
    ScadaBench bench;
    bench.start();
    ASSERT_TRUE(bench.scada.request("command 45 1 10 on", bench.clock.now));
    bench.line.sent();
    bench.line.disconnect();
    EXPECT_THAT(bench.log.lines("command_result"),
                ElementsAre("\"casdu\":1,\"ioa\":10,\"type\":45,\"outcome\":\"unknown\""));
    EXPECT_FALSE(bench.scada.is_connected());
}

struct Row {
    std::string_view request;
    std::string_view asdu;
};

class ScadaRequest : public testing::TestWithParam<Row> {};

TEST_P(ScadaRequest, IsSent) {
    ScadaBench bench;
    bench.start();
    const auto done = bench.scada.request(GetParam().request, bench.clock.now);
    ASSERT_TRUE(done) << done.error().what;
    EXPECT_THAT(bench.line.sent_asdus(), ElementsAre(GetParam().asdu));
}

INSTANTIATE_TEST_SUITE_P(All, ScadaRequest,
                         testing::Values(Row{"interrogate", interrogation_of_all},
                                         Row{"interrogate 3 21", "64 01 06 00 03 00 00 00 00 15"},
                                         Row{"counters 3", "65 01 06 00 03 00 00 00 00 05"},
                                         Row{"read 3 100", "66 01 05 00 03 00 64 00 00"},
                                         Row{"clock 3", "67 01 06 00 03 00 00 00 00 00 00 00 09 15 0B 1A"},
                                         Row{" command 45 1 10 on ", "2D 01 06 00 01 00 0A 00 00 01"}));

TEST(ScadaRequest, IsNamedIfItIsWrong) {
    ScadaBench bench;
    EXPECT_EQ(bench.scada.request("interrogate", bench.clock.now).error().what,
              "data transfer is not started, or too much waits");
    bench.start();
    EXPECT_EQ(bench.scada.request("reboot", bench.clock.now).error().what, "\"reboot\" is no request");
    EXPECT_EQ(bench.scada.request("interrogate x", bench.clock.now).error().what, "\"x\" is no such number");
    EXPECT_EQ(bench.scada.request("interrogate 1 256", bench.clock.now).error().what, "\"256\" is no such number");
    EXPECT_EQ(bench.scada.request("read 1", bench.clock.now).error().what, "read needs CASDU IOA");
    EXPECT_EQ(bench.scada.request("command 45", bench.clock.now).error().what, "a command needs TYPE CASDU IOA VALUE");
    EXPECT_TRUE(bench.scada.request("", bench.clock.now));
    bench.line.disconnect();
    EXPECT_EQ(bench.scada.request("interrogate", bench.clock.now).error().what, "there is no connection");
}

TEST(Scada, StopsDataTransferBeforeItLeaves) {
    ScadaBench bench;
    bench.start();
    bench.line.receive_i(0, 0, "01 01 03 00 01 00 05 00 00 01");
    bench.line.sent();
    bench.scada.stop(bench.clock.now);
    EXPECT_EQ(bench.line.sent(), stopdt_act);
    EXPECT_FALSE(bench.line.session->closed());
    bench.line.receive(stopdt_con);
    EXPECT_TRUE(bench.line.session->closed());
}

TEST(Scada, LeavesAtOnceIfDataTransferIsNotRunning) {
    ScadaBench bench;
    bench.scada.stop(bench.clock.now);
    EXPECT_TRUE(bench.line.session->closed());
}

TEST(Scada, StopsAndStartsDataTransferOnRequest) {
    ScadaBench bench;
    bench.start();
    ASSERT_TRUE(bench.scada.request("stop", bench.clock.now));
    EXPECT_EQ(bench.line.sent(), stopdt_act);
    bench.line.receive(stopdt_con);
    EXPECT_FALSE(bench.line.session->closed());
    ASSERT_TRUE(bench.scada.request("start", bench.clock.now));
    EXPECT_EQ(bench.line.sent(), startdt_act);
}

TEST(Scada, GivesTheCommandsItWasStartedWithOnce) {
    ScadaConfig config = quiet_config();
    config.requests = {"command 45 1 10 on", "nonsense"};
    ScadaBench bench(config);
    bench.start();
    EXPECT_THAT(bench.line.sent_asdus(), ElementsAre("2D 01 06 00 01 00 0A 00 00 01"));
    EXPECT_THAT(bench.log.lines("request_failed"),
                ElementsAre("\"request\":\"nonsense\",\"reason\":\"\\\"nonsense\\\" is no request\""));
    bench.line.disconnect();
    SessionBench second(bench.clock, bench.scada.connect(
                                         "10.0.0.9:2404", [] {}, bench.clock.now));
    second.sent();
    second.receive(startdt_con);
    EXPECT_THAT(second.sent_asdus(), IsEmpty());
}

TEST(LineScreen, HasALineForEachObject) {
    LineScreen screen({{{1, 5}, "door"}});
    iec60870::AsduHeader header;
    header.type = 30;
    header.common_address = 1;
    header.cause = iec60870::Cause::spontaneous;
    const OctetBuffer element = octets_of("41 7B 00 00 09 15 0B 1A");
    screen.show(header, {5, element}, UtcTime(1795251601000ms));
    screen.tell("connected", UtcTime(1795251602000ms));
    EXPECT_EQ(screen.take({}),
              "09:00:01.000     1        5  M_SP_TB_1  cot 3           true NT         09:00:00.123  door\n"
              "09:00:02.000 connected\n");
    EXPECT_EQ(screen.take({}), "");
}

TEST(TableScreen, KeepsARowForEachObjectAndMakesRoom) {
    TableScreen screen(5, 200, {});  // two rows of objects
    iec60870::AsduHeader header;
    header.type = 1;
    header.common_address = 1;
    const OctetBuffer on = octets_of("01"), off = octets_of("00");
    screen.show(header, {5, on}, {});
    screen.show(header, {6, on}, {});
    screen.show(header, {5, off}, {});
    screen.show(header, {7, on}, {});  // in the place of 6
    const std::string table = screen.take({});
    EXPECT_THAT(table, testing::HasSubstr("4 objects"));
    EXPECT_EQ(std::ranges::count(table, '\n'), 4);
    EXPECT_THAT(table, testing::ContainsRegex(" 5  M_SP_NA_1 .*false"));
    EXPECT_THAT(table, testing::ContainsRegex(" 7  M_SP_NA_1 .*true"));
    EXPECT_THAT(table, testing::Not(testing::ContainsRegex(" 6  M_SP_NA_1")));
}

}  // namespace
}  // namespace busbar::sim::test
