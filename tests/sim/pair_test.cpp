#include <cstdlib>

#include "pair_bench.hpp"

namespace busbar::sim::test {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

/// The number behind "key": of each line.
std::vector<std::uint64_t> numbers(const std::vector<std::string>& lines, const std::string& key) {
    std::vector<std::uint64_t> found;
    for (const std::string& line : lines) {
        const std::size_t at = line.find('"' + key + "\":");
        if (at != std::string::npos) found.push_back(std::strtoull(line.c_str() + at + key.size() + 3, nullptr, 10));
    }
    return found;
}

Substation generated(std::size_t count) {
    const std::array<CommonAddress, 2> stations{1, 2};
    return generate_substation(count, stations);
}

RtuConfig walking_config(double per_second, std::uint64_t total = 0) {
    RtuConfig config;
    config.activity = {.events_per_second = per_second, .total = total};
    return config;
}

TEST(Pair, ControlRoomHasEveryPointAfterTheInterrogation) {
    PairBench bench(walking_config(0), generated(200));
    bench.connect_both();
    bench.advance(5s);
    const auto lines = bench.scada_log.lines();
    std::set<std::string> addresses;
    std::size_t complete = 0;
    for (const std::string& line : lines) {
        if (line.find("\"cot\":20") != std::string::npos) addresses.insert(line.substr(0, line.find(",\"type\"")));
        complete += line.find("\"what\":\"interrogation\"") != std::string::npos &&
                    line.find("\"complete\":true") != std::string::npos;
    }
    // Counters and protection come by other means.
    EXPECT_EQ(addresses.size(), 200u - 16u);
    EXPECT_GE(complete, 1u);
}

TEST(Pair, ControlRoomHasEveryEventOnceAndInOrder) {
    PairBench bench(numbered_config(3000, 500), numbered_substation(7, 33, std::array<CommonAddress, 1>{1}));
    bench.connect_both();
    bench.advance(20s);
    std::vector<std::string> events;
    for (const std::string& line : bench.scada_log.lines("object")) {
        if (line.find("\"cot\":3,") != std::string::npos) events.push_back(line);
    }
    const auto values = numbers(events, "value");
    ASSERT_EQ(values.size(), 3000u);
    for (std::size_t i = 0; i < values.size(); ++i) ASSERT_EQ(values[i], i + 1);
    EXPECT_TRUE(bench.rtu.is_done());
}

/// The line is lost again and again: what the control room wrote down and what it missed of that comes again.
TEST(Pair, LosesNoEventOverLostConnections) {
    PairBench bench(numbered_config(2000, 100), numbered_substation(3, 33, std::array<CommonAddress, 1>{1}));
    for (int i = 0; i < 9; ++i) {
        bench.connect_both();
        bench.advance(std::chrono::milliseconds(700 + 313 * i));
        if (!bench.at_rtu) continue;
        // What is on its way when the line breaks is gone: the control room never takes it.
        bench.rtu.on_deadline(bench.clock.now);
        OctetBuffer lost;
        bench.at_rtu->take_output(lost, bench.clock.now);
        bench.disconnect("cut");
        bench.advance(500ms);
    }
    bench.connect_both();
    bench.advance(60s);
    std::map<std::uint64_t, std::uint64_t> last;  // by object
    std::set<std::uint64_t> seen;
    for (const std::string& line : bench.scada_log.lines("object")) {
        if (line.find("\"cot\":3,") == std::string::npos) continue;
        const std::uint64_t ioa = numbers({line}, "ioa").at(0), value = numbers({line}, "value").at(0);
        if (!seen.insert(value).second) continue;  // repeats are allowed
        EXPECT_GT(value, last[ioa]);
        last[ioa] = value;
    }
    EXPECT_EQ(seen.size(), 2000u);
    EXPECT_TRUE(bench.rtu.is_done());
}

/// What the RTU says was acknowledged is never more than what the control room has written.
TEST(Pair, AcknowledgesNothingThatWasNotWritten) {
    PairBench bench(numbered_config(1000, 300), numbered_substation(1, 33, std::array<CommonAddress, 1>{1}));
    bench.connect_both();
    std::uint64_t written = 0, acknowledged = 0;
    for (int i = 0; i < 200; ++i) {
        bench.advance(37ms);
        for (const std::uint64_t value : numbers(bench.scada_log.lines("object"), "value"))
            written = std::max(written, value);
        for (const std::uint64_t to : numbers(bench.log.lines("acknowledged"), "to"))
            acknowledged = std::max(acknowledged, to);
        ASSERT_LE(acknowledged, written);
    }
    EXPECT_GT(acknowledged, 900u);
}

TEST(Pair, ExecutesACommandOnceWithSelectAndExecute) {
    PairBench bench;
    bench.connect_both();
    bench.scada_log.lines();
    ASSERT_TRUE(bench.scada.request("command 45 1 10 on select", bench.clock.now));
    bench.exchange();
    EXPECT_THAT(bench.log.lines("executed"), SizeIs(1));
    const auto lines = bench.scada_log.lines();
    std::vector<std::string> outcomes;
    for (const std::string& line : lines) {
        if (line.find("\"what\":\"command_result\"") != std::string::npos)
            outcomes.push_back(line.substr(line.find("outcome") + 10, 8));
        if (line.find("\"cot\":11") != std::string::npos) outcomes.push_back("status");
    }
    EXPECT_THAT(outcomes, ElementsAre("selected", "confirme", "status", "terminat"));
}

TEST(Pair, SynchronizesTheClockAndReadsCounters) {
    ScadaConfig config;
    config.session.synchronize_clock_on_start = true;
    config.session.stations = {1, 2};
    PairBench bench(walking_config(0), generated(200), config);
    bench.connect_both();
    bench.advance(5s);
    EXPECT_THAT(bench.log.lines("clock"), SizeIs(2));
    ASSERT_TRUE(bench.scada.request("counters 1", bench.clock.now));
    bench.scada_log.lines();
    bench.exchange();
    const auto lines = bench.scada_log.lines();
    EXPECT_EQ(std::ranges::count_if(
                  lines, [](const std::string& line) { return line.find("\"cot\":37") != std::string::npos; }),
              6);
    EXPECT_THAT(lines, testing::Contains(testing::HasSubstr(
                           "\"what\":\"counter_interrogation\",\"casdu\":1,\"qualifier\":5,\"complete\":true")));
}

TEST(Pair, StaysConnectedInSilence) {
    PairBench bench(walking_config(0), generated(20));
    bench.connect_both();
    bench.advance(std::chrono::hours(2));
    EXPECT_TRUE(bench.at_rtu);
}

TEST(Pair, LeavesPolitely) {
    PairBench bench(walking_config(5), generated(20));
    bench.connect_both();
    bench.advance(3s);
    bench.scada.stop(bench.clock.now);
    bench.exchange();
    EXPECT_FALSE(bench.at_scada);
    EXPECT_THAT(bench.log.lines("transfer_stopped"), SizeIs(1));
}

/// A foreign decoder reads what was on the wire: nothing in it is malformed.
TEST(Pair, IsWellFormedForTshark) {
    if (std::system("tshark --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "tshark is not installed";
    const TemporaryDirectory directory;
    const std::string path = directory.file("pair.pcap");
    {
        CaptureWriter capture(path);
        PairBench bench(walking_config(50), generated(200));
        bench.connect_both(&capture);
        bench.advance(10s);
        ASSERT_TRUE(bench.scada.request("command 46 1 60002 on select", bench.clock.now));
        ASSERT_TRUE(bench.scada.request("command 63 2 60006 12.5", bench.clock.now));
        ASSERT_TRUE(bench.scada.request("counters", bench.clock.now));
        ASSERT_TRUE(bench.scada.request("interrogate 2 22", bench.clock.now));
        ASSERT_TRUE(bench.scada.request("clock", bench.clock.now));
        bench.exchange();
        bench.advance(30s);
        bench.scada.stop(bench.clock.now);
        bench.exchange();
    }
    const std::string result = directory.file("tshark.txt");
    const std::string decode =
        "tshark -r " + path + " -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE -V 2>/dev/null > " + result;
    ASSERT_EQ(std::system(decode.c_str()), 0);
    const std::string text = read_file(result);
    EXPECT_THAT(text, testing::HasSubstr("M_ME_TF_1"));
    EXPECT_THAT(text, testing::HasSubstr("C_DC_NA_1"));
    EXPECT_THAT(text, testing::HasSubstr("STOPDT con"));
    for (const char* complaint :
         {"Malformed", "[Expert Info (Error", "Unassembled", "Retransmission", "not captured", "incorrect"}) {
        EXPECT_THAT(text, testing::Not(testing::HasSubstr(complaint)));
    }
}

}  // namespace
}  // namespace busbar::sim::test
