#include "rtu_bench.hpp"

namespace busbar::sim::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

/// A float at IOA 1 (type 13) that moves by at most 1 a second, and its parameters at IOA 7 (type 112).
Substation one_measured_value() {
    Substation substation;
    SimPoint& point = substation.points.emplace_back();
    point.common_address = 1;
    point.ioa = 1;
    point.type = 13;
    point.minimum = 0;
    point.maximum = 1000;
    point.step = 1;
    point.period = 1s;
    substation.parameters.push_back({1, 7, 112, "threshold", 1});
    return substation;
}

RtuConfig quiet() {
    RtuConfig config = numbered_config(0, 0);
    config.activity.numbered = false;
    return config;
}

struct ParametersBench : RtuDialogue {
    ParametersBench() : RtuDialogue(quiet(), one_measured_value()) {}
    /// Asks, and expects a mirrored answer with this cause (and P/N).
    void expect(const std::string& request, const std::string& cause) {
        std::string answer = request;
        answer.replace(6, 2, cause);
        EXPECT_THAT(ask(request), ElementsAre(answer));
    }
};

std::string load(const std::string& value, const std::string& qpm) {
    return "70 01 06 00 01 00 07 00 00 " + value + " " + qpm;
}
std::string activate(const std::string& qpa, const std::string& ioa, const std::string& cause = "06") {
    return "71 01 " + cause + " 00 01 00 " + ioa + " 00 00 " + qpa;
}
const std::string fifty = "00 00 48 42", interrogate = "64 01 06 00 01 00 00 00 00 14";

TEST(RtuParameters, Case119_AreLoadedAndRefused) {
    ParametersBench bench;
    for (const std::string kind : {"01", "02", "03", "04"}) bench.expect(load(fifty, kind), "07");
    EXPECT_EQ(bench.log.lines("executed").size(), 4u);
    for (const std::string kind : {"00", "05", "3F"}) bench.expect(load(fifty, kind), "47");
    bench.expect(load("00 00 C0 7F", "01"), "47");                    // no number
    bench.expect("6E 01 06 00 01 00 07 00 00 00 40 01", "47");        // another type than the object's
    bench.expect("70 01 06 00 01 00 08 00 00 00 00 48 42 01", "6F");  // no such object
    bench.expect("70 01 86 00 01 00 07 00 00 00 00 48 42 01", "C7");  // a test
    EXPECT_THAT(bench.log.lines("executed"), IsEmpty());
}

TEST(RtuParameters, Case119_AThresholdHoldsSmallChangesBack) {
    ParametersBench bench;
    bench.advance(5s);
    EXPECT_EQ(bench.hear().size(), 5u) << "each change is an event";
    bench.expect(load(fifty, "01"), "07");
    bench.advance(45s);  // at most 45 away
    EXPECT_THAT(bench.hear(), IsEmpty());
    bench.expect(load("00 00 00 00", "01"), "07");
    bench.advance(3s);
    EXPECT_EQ(bench.hear().size(), 3u);
}

TEST(RtuParameters, Case120_OutOfOperationNothingIsHeldBack) {
    ParametersBench bench;
    bench.advance(1s);
    bench.hear();
    bench.expect(load(fifty, "01"), "07");
    bench.expect(activate("02", "07", "08"), "09");
    bench.advance(3s);
    EXPECT_EQ(bench.hear().size(), 3u);
    EXPECT_THAT(bench.ask(interrogate), Contains("70 01 14 00 01 00 07 00 00 00 00 48 42 81")) << "POP";
    bench.expect(activate("01", "00"), "07");
    bench.advance(3s);
    EXPECT_THAT(bench.hear(), IsEmpty());
    EXPECT_THAT(bench.ask(interrogate), Contains("70 01 14 00 01 00 07 00 00 00 00 48 42 01"));
}

TEST(RtuParameters, Case119_LimitsAreReportedWhenInterrogated) {
    ParametersBench bench;
    EXPECT_THAT(bench.ask(interrogate), Not(Contains(testing::StartsWith("70"))));
    bench.expect(load(fifty, "C4"), "07");  // LPC and POP are not the control room's to set
    EXPECT_THAT(bench.ask(interrogate), Contains("70 01 14 00 01 00 07 00 00 00 00 48 42 04"));
}

TEST(RtuParameters, Case120_CyclicTransmissionStartsAndStops) {
    ParametersBench bench;
    bench.expect(load("00 00 7A 44", "01"), "07");  // threshold 1000: no events
    bench.advance(1s);
    bench.hear();
    bench.expect(activate("03", "01"), "07");
    bench.advance(30s);
    auto cyclic = bench.hear();
    EXPECT_THAT(cyclic, Not(IsEmpty()));
    for (const auto& asdu : cyclic) EXPECT_EQ(asdu.substr(0, 8), "0D 01 01") << "cause 1";
    bench.expect(activate("03", "01", "08"), "09");
    bench.advance(60s);
    EXPECT_THAT(bench.hear(), IsEmpty());
}

TEST(RtuParameters, Case120_WhatCannotBeActivatedIsRefused) {
    ParametersBench bench;
    bench.expect(activate("04", "07"), "47");
    bench.expect(activate("00", "07", "08"), "49");
    bench.expect(activate("02", "63"), "6F");
    bench.expect(activate("03", "63"), "6F");
    bench.expect(activate("02", "00"), "6F");
}

// --- reset of the process --------------------------------------------------------------------------------------------

RtuConfig with_end_of_initialization() {
    RtuConfig config = numbered_config(0);
    config.station.end_of_initialization = true;
    return config;
}

Substation numbered(std::size_t count) {
    const std::array<CommonAddress, 1> stations{1};
    return numbered_substation(count, 7, stations);
}

TEST(RtuReset, Case97_AGeneralResetDropsTheLineAndTellsItsCause) {
    RtuBench bench(with_end_of_initialization(), numbered(1));
    SessionBench scada = bench.connect();
    scada.receive(startdt_act);
    EXPECT_THAT(scada.sent_asdus(), ElementsAre("46 01 04 00 01 00 00 00 00 00"));
    scada.acknowledge(1);
    scada.receive_i(0, 1, "69 01 06 00 01 00 00 00 00 01");
    EXPECT_THAT(scada.sent_asdus(), ElementsAre("69 01 07 00 01 00 00 00 00 01"));
    EXPECT_FALSE(scada.session->closed());
    bench.advance(900ms);
    scada.sent();
    ASSERT_TRUE(scada.session->closed());
    EXPECT_EQ(*scada.session->closed(), "the process was reset");
    scada.disconnect();
    bench.advance(2s);  // events 2 and 3
    SessionBench again = bench.connect();
    again.receive(startdt_act);
    const auto asdus = again.sent_asdus();
    ASSERT_GE(asdus.size(), 2u);
    EXPECT_EQ(asdus[0], "46 01 04 00 01 00 00 00 00 02") << "remote reset";
    EXPECT_EQ(asdus[1], "07 01 03 00 01 00 01 00 00 01 00 00 00 00") << "no event is lost";
}

TEST(RtuReset, Case97_AResetOfEventsEmptiesTheBuffer) {
    RtuBench bench(numbered_config(0), numbered(1));
    bench.advance(3s);
    SessionBench scada = bench.connect();
    scada.receive(startdt_act);
    EXPECT_EQ(scada.sent_asdus().size(), 4u);
    scada.receive_i(0, 0, "69 01 06 00 01 00 00 00 00 02");
    EXPECT_THAT(scada.sent_asdus(), ElementsAre("69 01 07 00 01 00 00 00 00 02"));
    const auto lines = bench.log.lines();
    const auto told = [&](const std::string& what) {
        return std::ranges::count_if(lines, [&](const auto& line) { return line.starts_with("\"what\":\"" + what); });
    };
    EXPECT_EQ(told("dropped"), 4);
    EXPECT_EQ(told("acknowledged"), 0) << "dropped is not acknowledged";
    scada.disconnect();
    SessionBench again = bench.connect();
    again.receive(startdt_act);
    EXPECT_THAT(again.sent_asdus(), IsEmpty());
    bench.advance(1s);
    EXPECT_THAT(again.sent_asdus(), ElementsAre("07 01 03 00 01 00 01 00 00 05 00 00 00 00"));
}

TEST(RtuReset, Case97_OtherQualifiersAndTestsAreRefused) {
    RtuBench bench(numbered_config(0, 0), numbered(1));
    SessionBench scada = bench.start();
    unsigned number = 0;
    for (const std::string qualifier : {"00", "03", "80"}) {
        scada.receive_i(number, number, "69 01 06 00 01 00 00 00 00 " + qualifier);
        EXPECT_THAT(scada.sent_asdus(), ElementsAre("69 01 47 00 01 00 00 00 00 " + qualifier));
        ++number;
    }
    scada.receive_i(number, number, "69 01 86 00 01 00 00 00 00 01");
    EXPECT_THAT(scada.sent_asdus(), ElementsAre("69 01 C7 00 01 00 00 00 00 01"));
    bench.advance(10s);
    EXPECT_FALSE(scada.session->closed());
}

}  // namespace
}  // namespace busbar::sim::test
