#include "iec104/station/command_gate.hpp"

#include <gtest/gtest.h>

#include <list>

#include "iec104/link_bench.hpp"

/// Cases of the protocol reference, 14.4, as far as the judgement of a command goes.
namespace busbar::iec104 {
namespace {

using namespace std::chrono_literals;
using iec60870::AsduView;
using iec60870::Cause;
using Select = CommandObject::Select;

constexpr CommandGate::Asker room = 1, other_room = 2;

/// A gate with one object, IOA 1 of station 1, on a virtual clock.
struct GateBench {
    explicit GateBench(iec60870::TypeId type = 45, Select select = Select::both, CommandRules rules = {})
        : gate(rules), object{type, select} {}

    AsduView view(const std::string& asdu) {
        octets.push_back(test::octets_of(asdu));
        const auto parsed = AsduView::parse(octets.back());
        EXPECT_TRUE(parsed) << asdu;
        return *parsed;
    }
    /// "" passed; else cause and reason.
    std::string judge(const std::string& asdu, CommandGate::Asker asker = room, CommandGate::TagReading tag = {true}) {
        const auto refusal = gate.judge(asker, view(asdu), known ? &object : nullptr, tag, now);
        return refusal ? std::to_string(static_cast<int>(refusal->cause)) + " " + std::string(refusal->reason) : "";
    }
    /// Passed, and confirmed by the process.
    std::string give(const std::string& asdu, CommandGate::Asker asker = room) {
        auto refusal = judge(asdu, asker);
        if (refusal.empty()) gate.confirmed(asker, view(asdu), now);
        return refusal;
    }
    std::size_t dropped() { return gate.take_dropped().size(); }

    CommandGate gate;
    CommandObject object;
    TimePoint now{};
    bool known = true;
    std::list<OctetBuffer> octets;
};

// C_SC_NA_1, activation, CA 1, IOA 1; the last octet is SCO.
const std::string single_on = "2D 01 06 00 01 00 01 00 00 01", single_off = "2D 01 06 00 01 00 01 00 00 00";
const std::string select_on = "2D 01 06 00 01 00 01 00 00 81", select_off = "2D 01 06 00 01 00 01 00 00 80";
const std::string cancel_on = "2D 01 08 00 01 00 01 00 00 81";

std::string with(std::string type, std::string element) { return type + " 01 06 00 01 00 01 00 00 " + element; }

TEST(CommandGate, Case98_PassesDirectSingleCommands) {
    GateBench bench;
    EXPECT_EQ(bench.give(single_on), "");
    EXPECT_EQ(bench.give(single_off), "");
}

TEST(CommandGate, Case99_Case100_RefusesStates0And3) {
    for (const auto& [type, id] : {std::pair{"2E", 46}, {"2F", 47}}) {
        GateBench bench(static_cast<iec60870::TypeId>(id));
        for (const auto* value : {"00", "03", "80", "83"})
            EXPECT_EQ(bench.judge(with(type, value)), "7 the value is not permitted") << type << " " << value;
        for (const auto* value : {"01", "02"}) EXPECT_EQ(bench.give(with(type, value)), "") << type << " " << value;
    }
}

TEST(CommandGate, Case101_PassesBothEndsOfEachRangeAndNoNumberlessFloat) {
    GateBench normalized(48), scaled(49), real(50);
    for (const auto* value : {"00 80 00", "FF 7F 00"}) {
        EXPECT_EQ(normalized.give(with("30", value)), "");
        EXPECT_EQ(scaled.give(with("31", value)), "");
    }
    for (const auto* value : {"FF FF 7F 7F 00", "FF FF 7F FF 00", "01 00 00 00 00"})
        EXPECT_EQ(real.give(with("32", value)), "") << value;
    for (const auto* value : {"00 00 C0 7F 00", "00 00 80 7F 00", "00 00 80 FF 00"})
        EXPECT_EQ(real.judge(with("32", value)), "7 the value is not permitted") << value;
}

TEST(CommandGate, Case102_PassesEveryBitString) {
    GateBench bench(51);
    EXPECT_EQ(bench.give(with("33", "01 00 00 00")), "");
    EXPECT_EQ(bench.give(with("33", "00 00 00 80")), "");
}

TEST(CommandGate, Case103_PassesSelectAndExecuteInTime) {
    GateBench bench(45, Select::select);
    EXPECT_EQ(bench.give(select_on), "");
    bench.now += 9999ms;
    EXPECT_EQ(bench.give(single_on), "");
    EXPECT_EQ(bench.dropped(), 0u);
    EXPECT_EQ(bench.gate.selections(), 0u);
}

TEST(CommandGate, Case104_RefusesAnExecuteAfterTheSelectTime) {
    GateBench bench(45, Select::select);
    EXPECT_EQ(bench.give(select_on), "");
    EXPECT_EQ(bench.gate.next_deadline(), bench.now + 10s);
    bench.now += 10s;
    EXPECT_EQ(bench.judge(single_on), "7 the object must be selected first");
    EXPECT_EQ(bench.dropped(), 1u);  // and the station hears of it
}

TEST(CommandGate, Case105_RefusesAnExecuteThatIsNotWhatWasSelected) {
    const std::string longer_pulse = "2D 01 06 00 01 00 01 00 00 09";
    const std::string with_time = with("3A", "01 00 00 00 00 01 01 1A");
    const std::string other_originator = "2D 01 06 07 01 00 01 00 00 01";
    for (const auto& execute : {single_off, longer_pulse, with_time, other_originator}) {
        GateBench bench(45, Select::select);
        EXPECT_EQ(bench.give(select_on), "");
        EXPECT_EQ(bench.judge(execute), "7 the execute is not what was selected") << execute;
        EXPECT_EQ(bench.dropped(), 1u);
        EXPECT_EQ(bench.judge(single_on), "7 the object must be selected first");  // the selection is gone
    }
}

TEST(CommandGate, Case106_CancelEndsTheSelection) {
    GateBench bench(45, Select::select);
    EXPECT_EQ(bench.give(select_on), "");
    EXPECT_EQ(bench.give(cancel_on), "");
    EXPECT_EQ(bench.judge(single_on), "7 the object must be selected first");
    EXPECT_EQ(bench.dropped(), 0u);
}

TEST(CommandGate, Case106_NobodyCancelsAnothersSelection) {
    GateBench bench;
    EXPECT_EQ(bench.give(select_on), "");
    EXPECT_EQ(bench.judge(cancel_on, other_room), "9 another control room has selected the object");
    EXPECT_EQ(bench.gate.selections(), 1u);
}

TEST(CommandGate, Case107_RefusesASecondSelect) {
    GateBench bench;
    EXPECT_EQ(bench.give(select_on), "");
    EXPECT_EQ(bench.judge(select_on), "7 the object is selected already");
    EXPECT_EQ(bench.judge("2D 01 06 07 01 00 01 00 00 81"), "7 the object is selected already");
    EXPECT_EQ(bench.give(single_on), "");  // the first one holds
}

TEST(CommandGate, Case108_SelectModesOfObjects) {
    GateBench must(45, Select::select), never(45, Select::direct);
    EXPECT_EQ(must.judge(single_on), "7 the object must be selected first");
    EXPECT_EQ(never.judge(select_on), "7 the object cannot be selected");
    EXPECT_EQ(never.give(single_on), "");
}

TEST(CommandGate, Case109_AConnectionsSelectionsEndWithIt) {
    GateBench bench(45, Select::select);
    EXPECT_EQ(bench.give(select_on), "");
    bench.gate.left(other_room);
    EXPECT_EQ(bench.dropped(), 0u);
    bench.gate.left(room);
    EXPECT_EQ(bench.dropped(), 1u);
    EXPECT_EQ(bench.judge(single_on, other_room), "7 the object must be selected first");
}

TEST(CommandGate, Case110_RefusesQualifiersWithoutAMeaning) {
    GateBench bench;
    for (const auto* good : {"01", "05", "09", "0D"}) EXPECT_EQ(bench.give(with("2D", good)), "") << good;
    for (const auto* bad : {"11", "41", "7D"})  // QU 4, 16, 31
        EXPECT_EQ(bench.judge(with("2D", bad)), "7 the qualifier is not supported") << bad;
    GateBench set_point(49);
    EXPECT_EQ(set_point.judge(with("31", "00 00 01")), "7 the qualifier is not supported");
    GateBench real(50);
    EXPECT_EQ(real.judge(with("32", "00 00 00 00 7F")), "7 the qualifier is not supported");
}

TEST(CommandGate, Case111_OneCommandOfAnObjectAtATime) {
    GateBench bench;
    EXPECT_EQ(bench.judge(single_on), "");
    EXPECT_EQ(bench.judge(single_off, other_room), "7 another command of the object is under way");
    EXPECT_EQ(bench.judge(cancel_on), "");  // a cancel may always pass
    bench.gate.confirmed(room, bench.view(single_on), bench.now);
    EXPECT_EQ(bench.give(single_off, other_room), "");
}

TEST(CommandGate, Case112_Case113_TheObjectIsFreeAfterARefusalOrSilence) {
    GateBench bench;
    EXPECT_EQ(bench.judge(select_on), "");
    bench.gate.ended(bench.view(select_on));
    EXPECT_EQ(bench.gate.selections(), 0u);
    EXPECT_EQ(bench.give(single_on), "");
}

TEST(CommandGate, Case114_WhatMayNotBeCommandedIsUnknown) {
    GateBench bench;
    bench.known = false;
    EXPECT_EQ(bench.judge(single_on), "47 the object may not be commanded");
    EXPECT_EQ(bench.judge(cancel_on), "47 the object may not be commanded");
}

TEST(CommandGate, RefusesAnotherTypeThanTheObjects) {
    GateBench bench;
    EXPECT_EQ(bench.judge(with("2E", "01")), "7 the object takes another type of command");
}

TEST(CommandGate, Case115_RefusesATest) {
    GateBench bench;
    EXPECT_EQ(bench.judge("2D 01 86 00 01 00 01 00 00 01"), "7 a test (T = 1) must not act on the process");
    EXPECT_EQ(bench.judge("2D 01 88 00 01 00 01 00 00 81"), "9 a test (T = 1) must not act on the process");
}

TEST(CommandGate, Case116_IgnoresPN) {
    GateBench bench;
    EXPECT_EQ(bench.give("2D 01 46 00 01 00 01 00 00 01"), "");
}

TEST(CommandGate, Case117_JudgesTheTimeTag) {
    GateBench bench;
    const std::string tagged = with("3A", "01 00 00 00 00 01 01 1A");
    using Tag = CommandGate::TagReading;
    const auto judged = [&](Tag tag) {
        const auto refusal = bench.judge(tagged, room, tag);
        if (refusal.empty()) bench.gate.ended(bench.view(tagged));
        return refusal;
    };
    EXPECT_EQ(judged(Tag{true, 0s}), "");
    EXPECT_EQ(judged(Tag{true, 5s}), "");
    EXPECT_EQ(judged(Tag{true, -5s}), "");
    EXPECT_EQ(judged(Tag{true, 5001ms}), "7 the time tag is too old");
    EXPECT_EQ(judged(Tag{true, -5001ms}), "7 the time tag lies in the future");
    EXPECT_EQ(judged(Tag{false, 0s}), "7 the time tag says no valid time");
}

TEST(CommandGate, TakesTimeTagsAsConfigured) {
    const std::string tagged = with("3A", "01 00 00 00 00 01 01 1A");
    CommandRules rules;
    rules.time_tag = CommandRules::TimeTag::required;
    GateBench required(45, Select::both, rules);
    EXPECT_EQ(required.judge(single_on), "7 a time tag is required");
    EXPECT_EQ(required.give(tagged), "");
    rules.time_tag = CommandRules::TimeTag::refused;
    GateBench refused(45, Select::both, rules);
    EXPECT_EQ(refused.judge(tagged), "7 no time tag is wanted");
    EXPECT_EQ(refused.give(single_on), "");
}

TEST(CommandGate, Case68_AnothersExecuteDoesNotDisturbASelection) {
    GateBench bench;
    EXPECT_EQ(bench.give(select_on), "");
    EXPECT_EQ(bench.judge(single_on, other_room), "7 another control room has selected the object");
    EXPECT_EQ(bench.dropped(), 0u);
    EXPECT_EQ(bench.give(single_on), "");
}

}  // namespace
}  // namespace busbar::iec104
