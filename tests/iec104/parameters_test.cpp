#include <gmock/gmock.h>

#include <list>

#include "iec104/controlled_bench.hpp"
#include "iec104/station/command_dialogues.hpp"
#include "iec104/station/command_gate.hpp"

/// Parameters as both stations see them (cases 119 and 120 of the protocol reference).
namespace busbar::iec104::test {
namespace {

using namespace std::chrono_literals;
using iec60870::AsduView;
using Stage = CommandDialogues::Stage;

struct ParameterBench {
    AsduView view(const std::string& asdu) {
        octets.push_back(octets_of(asdu));
        return *AsduView::parse(octets.back());
    }
    /// What an object of this type is refused with: "" passed; else cause and P/N is 1.
    std::string judge(TypeId type, const std::string& asdu) {
        const CommandObject object{type, CommandObject::Select::both};
        const auto asked = view(asdu);
        const auto refusal = gate.judge(1, asked, &object, {}, now);
        if (!refusal) gate.confirmed(1, asked, now);
        return refusal ? std::to_string(static_cast<int>(refusal->cause)) : "";
    }

    CommandGate gate;
    TimePoint now{};
    std::list<OctetBuffer> octets;
};

std::string normalized(const std::string& qpm) { return "6E 01 06 00 01 00 01 00 00 00 40 " + qpm; }
std::string activate(const std::string& qpa, const std::string& ioa = "01 00 00", const std::string& cause = "06") {
    return "71 01 " + cause + " 00 01 00 " + ioa + " " + qpa;
}

TEST(Parameters, Case119_KindsOfTheStandardPassAndOthersDoNot) {
    ParameterBench bench;
    for (const std::string kind : {"01", "02", "03", "04"}) {
        EXPECT_EQ(bench.judge(110, normalized(kind)), "") << kind;
        EXPECT_EQ(bench.judge(111, "6F 01 06 00 01 00 01 00 00 FF 7F " + kind), "") << kind;
        EXPECT_EQ(bench.judge(112, "70 01 06 00 01 00 01 00 00 00 00 80 3F " + kind), "") << kind;
    }
    for (const std::string kind : {"00", "05", "1F", "20", "3F", "80"}) {
        EXPECT_EQ(bench.judge(110, normalized(kind)), "7") << kind;
        EXPECT_EQ(bench.judge(112, "70 01 06 00 01 00 01 00 00 00 00 80 3F " + kind), "7") << kind;
    }
    EXPECT_EQ(bench.judge(112, "70 01 06 00 01 00 01 00 00 00 00 C0 7F 01"), "7") << "no number";
    EXPECT_EQ(bench.judge(111, normalized("01")), "7") << "another type than the object's";
    EXPECT_EQ(bench.judge(110, "6E 01 86 00 01 00 01 00 00 00 40 01"), "7") << "a test";
}

TEST(Parameters, Case120_QualifiersOfActivation) {
    ParameterBench bench;
    for (const std::string qualifier : {"02", "03"}) {
        EXPECT_EQ(bench.judge(113, activate(qualifier)), "") << qualifier;
        EXPECT_EQ(bench.judge(113, activate(qualifier, "01 00 00", "08")), "") << qualifier;
        EXPECT_EQ(bench.judge(113, activate(qualifier, "00 00 00")), "47") << "no object is addressed";
    }
    EXPECT_EQ(bench.judge(113, activate("01", "00 00 00")), "");
    for (const std::string qualifier : {"00", "04", "FF"}) {
        EXPECT_EQ(bench.judge(113, activate(qualifier)), "7") << qualifier;
        EXPECT_EQ(bench.judge(113, activate(qualifier, "01 00 00", "08")), "9") << qualifier;
    }
}

TEST(Parameters, OneOfAnObjectAtATime) {
    ParameterBench bench;
    const CommandObject object{110, CommandObject::Select::both};
    EXPECT_FALSE(bench.gate.judge(1, bench.view(normalized("01")), &object, {}, bench.now));
    EXPECT_EQ(bench.judge(110, normalized("02")), "7") << "the first is not confirmed";
    bench.gate.ended(bench.view(normalized("01")));
    EXPECT_EQ(bench.judge(110, normalized("02")), "");
}

TEST(Parameters, DisturbNoSelectionOfACommandAtTheSameAddress) {
    ParameterBench bench;
    EXPECT_EQ(bench.judge(45, "2D 01 06 00 01 00 01 00 00 81"), "");
    EXPECT_EQ(bench.judge(110, normalized("01")), "");
    EXPECT_EQ(bench.judge(113, activate("02")), "");
    EXPECT_EQ(bench.judge(113, activate("02", "01 00 00", "08")), "");
    EXPECT_EQ(bench.gate.selections(), 1u);
    EXPECT_TRUE(bench.gate.take_dropped().empty());
    EXPECT_EQ(bench.judge(45, "2D 01 06 00 01 00 01 00 00 01"), "") << "the execute";
}

struct ParameterDialogue : testing::Test {
    void send(CommandDialogues::Id id, const std::string& asdu) { dialogues.start(id, octets_of(asdu), now); }
    std::vector<CommandDialogues::Step> hear(const std::string& asdu) {
        octets.push_back(octets_of(asdu));
        return dialogues.answered(*AsduView::parse(octets.back()), now);
    }
    CommandDialogues dialogues{iec60870::AsduFormat{}};
    TimePoint now{};
    std::list<OctetBuffer> octets;
};

TEST_F(ParameterDialogue, Case119_EndsWithItsConfirmation) {
    send(1, normalized("01"));
    const auto steps = hear("6E 01 07 00 01 00 01 00 00 00 40 C1");  // LPC and POP are the station's own
    ASSERT_EQ(steps.size(), 1u);
    EXPECT_EQ(steps[0].stage, Stage::confirmed);
    EXPECT_TRUE(steps[0].last);
    EXPECT_EQ(dialogues.size(), 0u);
    send(2, normalized("01"));
    EXPECT_TRUE(hear("6E 01 07 00 01 00 01 00 00 01 40 01").empty()) << "another value";
    EXPECT_TRUE(hear("6E 01 07 00 01 00 01 00 00 00 40 02").empty()) << "another kind";
    EXPECT_TRUE(hear("6E 01 0A 00 01 00 01 00 00 00 40 01").empty()) << "parameters do not terminate";
    EXPECT_EQ(hear("6E 01 47 00 01 00 01 00 00 00 40 01").at(0).stage, Stage::refused);
}

TEST_F(ParameterDialogue, Case120_ActivationAndDeactivationAreToldApart) {
    send(1, activate("03"));
    send(2, activate("03", "01 00 00", "08"));
    EXPECT_EQ(hear("71 01 09 00 01 00 01 00 00 03").at(0).id, 2u);
    EXPECT_EQ(hear("71 01 07 00 01 00 01 00 00 03").at(0).id, 1u);
    send(3, activate("03", "01 00 00", "08"));
    const auto refused = hear("71 01 49 00 01 00 01 00 00 03");
    EXPECT_EQ(refused.at(0).stage, Stage::refused);
    EXPECT_EQ(refused.at(0).cause, 9);
}

TEST_F(ParameterDialogue, WithoutAnAnswerIsUnknown) {
    send(1, normalized("01"));
    EXPECT_EQ(dialogues.on_deadline(now + 10s).at(0).stage, Stage::unknown);
    send(2, normalized("01"));
    EXPECT_EQ(dialogues.line_lost().at(0).stage, Stage::unknown);
}

TEST(ControlledParameters, Case119_Case120_GoToTheOwner) {
    ControlledBench bench;
    bench.value({.ioa = 1});
    ControlRoom room = bench.connect_and_start();
    for (const auto& asdu : {normalized("01"), activate("01", "00 00 00"), activate("03", "01 00 00", "08")}) {
        EXPECT_EQ(room.request(asdu), "");
        EXPECT_EQ(room.events(), "command " + asdu);
    }
    EXPECT_EQ(room.request("6E 01 08 00 01 00 01 00 00 00 40 01"), "6E 01 6D 00 01 00 01 00 00 00 40 01") << "DEACT";
    room.acknowledge();
    EXPECT_EQ(room.request(activate("01")), "71 01 6F 00 01 00 01 00 00 01") << "QPA 1 has no address";
}

TEST(ControlledParameters, AnswerInterrogationsAndAreNoEvents) {
    ControlledBench bench;
    bench.value({.ioa = 1});
    bench.value({.ioa = 7, .type = 112, .element = "00 00 80 3F 01"});
    bench.value({.ioa = 8, .type = 110, .element = "00 40 83"});
    EXPECT_FALSE(bench.update({.ioa = 7, .type = 112, .element = "00 00 80 3F 01"})) << "never spontaneous";
    EXPECT_FALSE(bench.update({.ioa = 9, .type = 113, .element = "01", .event = false}));
    bench.station.set_attributes(1, 8, {.groups = 1});
    ControlRoom room = bench.connect_and_start();
    EXPECT_EQ(room.request("64 01 06 00 01 00 00 00 00 14"),
              "64 01 07 00 01 00 00 00 00 14 | 01 01 14 00 01 00 01 00 00 01 | 6E 01 14 00 01 00 08 00 00 00 40 83"
              " | 70 01 14 00 01 00 07 00 00 00 00 80 3F 01 | 64 01 0A 00 01 00 00 00 00 14");
    room.acknowledge();
    EXPECT_EQ(room.request("64 01 06 00 01 00 00 00 00 15"),
              "64 01 07 00 01 00 00 00 00 15 | 6E 01 15 00 01 00 08 00 00 00 40 83 | 64 01 0A 00 01 00 00 00 00 15");
    room.acknowledge();
    EXPECT_EQ(room.request("66 01 05 00 01 00 07 00 00"), "66 01 6F 00 01 00 07 00 00") << "cannot be read";
}

TEST(ControlledStart, IsToldAgainWithItsCauseAfterARestart) {
    auto config = ControlledBench::usual_config();
    config.end_of_initialization = true;
    ControlledBench bench(config);
    bench.value({.ioa = 1});
    const auto group = bench.group();
    {
        ControlRoom room = bench.connect(group);
        EXPECT_THAT(room.start(), testing::HasSubstr("46 01 04 00 01 00 00 00 00 00"));
        room.acknowledge();
    }
    bench.station.restarted(2);
    ControlRoom room = bench.connect(group);
    EXPECT_THAT(room.start(), testing::HasSubstr("46 01 04 00 01 00 00 00 00 02"));
}

TEST(ControlledGroups, DroppedEventsAreNeitherSentNorRepeated) {
    ControlledBench bench;
    const auto group = bench.group();
    {
        ControlRoom room = bench.connect_and_start(group);
        bench.event({.ioa = 1});
        EXPECT_EQ(room.sent(), "01 01 03 00 01 00 01 00 00 01");
        bench.event({.ioa = 2});
        bench.station.drop_events(group);
        EXPECT_EQ(room.sent(), "");
        EXPECT_EQ(bench.station.acknowledged(group), bench.position);
        room.acknowledge();
    }
    ControlRoom room = bench.connect_and_start(group);
    EXPECT_EQ(room.sent(), "");
    bench.event({.ioa = 3});
    EXPECT_EQ(room.sent(), "01 01 03 00 01 00 03 00 00 01");
}

}  // namespace
}  // namespace busbar::iec104::test
