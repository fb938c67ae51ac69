#include "iec104/station/command_dialogues.hpp"

#include <gtest/gtest.h>

#include <array>

#include "iec104/link_bench.hpp"

/// Cases of the protocol reference, 14.5, as far as one command's dialogue goes.
namespace busbar::iec104 {
namespace {

using namespace std::chrono_literals;
using iec60870::AsduView;

/// Dialogues on a virtual clock; steps as text: "1 confirmed 7".
struct DialogueBench {
    std::string text(const std::vector<CommandDialogues::Step>& steps) {
        constexpr std::array names{"selected", "confirmed", "refused", "cancelled", "terminated", "unknown"};
        std::string all;
        for (const auto& step : steps)
            all += (all.empty() ? "" : ", ") + std::to_string(step.id) + " " + names[static_cast<int>(step.stage)] +
                   " " + std::to_string(step.cause) + (step.negative ? " -" : "") + (step.last ? "." : "");
        return all;
    }
    void start(CommandDialogues::Id id, const std::string& asdu) { dialogues.start(id, test::octets_of(asdu), now); }
    std::string answer(const std::string& asdu) {
        const auto octets = test::octets_of(asdu);
        const auto view = AsduView::parse(octets);
        EXPECT_TRUE(view) << asdu;
        return text(dialogues.answered(*view, now));
    }
    std::string wait(Duration time) {
        now += time;
        return text(dialogues.on_deadline(now));
    }

    TimePoint now{};
    CommandDialogues dialogues{iec60870::AsduFormat{}};
};

std::string single(std::string cause, std::string sco = "01", std::string ioa = "01", std::string oa = "00") {
    return "2D 01 " + cause + " " + oa + " 01 00 " + ioa + " 00 00 " + sco;
}

TEST(CommandDialogues, Case146_PassesOnConfirmationAndTermination) {
    DialogueBench bench;
    bench.start(1, single("06"));
    EXPECT_TRUE(bench.dialogues.is_busy({1, 1}));
    EXPECT_EQ(bench.answer(single("07")), "1 confirmed 7");
    EXPECT_FALSE(bench.dialogues.is_busy({1, 1}));
    EXPECT_EQ(bench.answer(single("0A")), "1 terminated 10.");
    EXPECT_EQ(bench.dialogues.size(), 0u);
}

TEST(CommandDialogues, Case147_SaysWhyTheStationRefuses) {
    for (const auto* cause : {"47", "6C", "6D", "6E", "6F"}) {
        DialogueBench bench;
        bench.start(1, single("06"));
        const auto number = std::to_string(std::stoi(cause, nullptr, 16) & 63);
        EXPECT_EQ(bench.answer(single(cause)), "1 refused " + number + " -.");
        EXPECT_EQ(bench.dialogues.size(), 0u);
    }
}

TEST(CommandDialogues, Case148_NoConfirmationIsUnknownAfterItsTime) {
    DialogueBench bench;
    bench.start(1, single("06"));
    EXPECT_EQ(bench.dialogues.next_deadline(), bench.now + 10s);
    EXPECT_EQ(bench.wait(9999ms), "");
    EXPECT_EQ(bench.wait(1ms), "1 unknown 0.");
    EXPECT_EQ(bench.answer(single("07")), "");  // too late
}

TEST(CommandDialogues, Case148_NoTerminationIsNothing) {
    DialogueBench bench;
    bench.start(1, single("06"));
    bench.answer(single("07"));
    EXPECT_EQ(bench.wait(10min), "");
    EXPECT_FALSE(bench.dialogues.knows(1));
    EXPECT_EQ(bench.answer(single("0A")), "");
}

TEST(CommandDialogues, Case148_ATerminationBeforeTheConfirmationIsBoth) {
    DialogueBench bench;
    bench.start(1, single("06"));
    EXPECT_EQ(bench.answer(single("0A")), "1 confirmed 7, 1 terminated 10.");
    EXPECT_EQ(bench.answer(single("07")), "");
}

TEST(CommandDialogues, ATerminationThatSaysFailedDoesNotConfirm) {
    DialogueBench bench;
    bench.start(1, single("06"));
    EXPECT_EQ(bench.answer(single("4A")), "");
    EXPECT_EQ(bench.answer(single("07")), "1 confirmed 7");
    EXPECT_EQ(bench.answer(single("4A")), "1 terminated 10 -.");
}

TEST(CommandDialogues, Case149_AnAnswerToSomethingElseIsNotOurs) {
    DialogueBench bench;
    bench.start(1, single("06", "05"));
    EXPECT_EQ(bench.answer(single("07", "05", "02")), "");         // another object
    EXPECT_EQ(bench.answer(single("07", "04")), "");               // another value
    EXPECT_EQ(bench.answer(single("07", "01")), "");               // another qualifier
    EXPECT_EQ(bench.answer(single("07", "85")), "");               // a selection
    EXPECT_EQ(bench.answer(single("07", "05", "01", "09")), "");   // another originator
    EXPECT_EQ(bench.answer(single("09", "05")), "");               // to a cancel
    EXPECT_EQ(bench.answer("2D 01 07 00 02 00 01 00 00 05"), "");  // another station
    EXPECT_EQ(bench.answer("2E 01 07 00 01 00 01 00 00 05"), "");  // another type
    EXPECT_EQ(bench.answer(single("07", "05")), "1 confirmed 7");
}

TEST(CommandDialogues, Case150_ASelectionIsConfirmedOrRefused) {
    DialogueBench bench;
    bench.start(1, single("06", "81"));
    EXPECT_EQ(bench.answer(single("07", "81")), "1 selected 7.");
    bench.start(2, single("06", "81"));
    EXPECT_EQ(bench.answer(single("47", "81")), "2 refused 7 -.");
    bench.start(3, single("06", "81"));
    EXPECT_EQ(bench.wait(10s), "3 unknown 0.");
}

TEST(CommandDialogues, Case151_WhatIsNotConfirmedWhenTheLineGoesIsUnknown) {
    DialogueBench bench;
    bench.start(1, single("06"));
    bench.answer(single("07"));
    bench.start(2, single("06", "81", "02"));
    EXPECT_EQ(bench.text(bench.dialogues.line_lost()), "2 unknown 0.");
    EXPECT_EQ(bench.dialogues.size(), 0u);
    EXPECT_EQ(bench.answer(single("07", "81", "02")), "");
}

TEST(CommandDialogues, ACancelIsConfirmedApartFromWhatItCancels) {
    DialogueBench bench;
    bench.start(1, single("06"));
    bench.start(2, single("08"));
    EXPECT_EQ(bench.answer(single("09")), "2 cancelled 9.");
    EXPECT_EQ(bench.answer(single("07")), "1 confirmed 7");
    bench.start(3, single("08"));
    EXPECT_EQ(bench.answer(single("49")), "3 refused 9 -.");
}

TEST(CommandDialogues, ATerminationBelongsToTheConfirmedOne) {
    DialogueBench bench;
    bench.start(1, single("06"));
    bench.answer(single("07"));
    bench.start(2, single("06"));
    EXPECT_EQ(bench.answer(single("0A")), "1 terminated 10.");
    EXPECT_EQ(bench.answer(single("07")), "2 confirmed 7");
}

TEST(CommandDialogues, TheTimeTagNeedNotBeMirroredExactly) {
    DialogueBench bench;
    bench.start(1, "3A 01 06 00 01 00 01 00 00 01 00 00 00 00 01 01 1A");
    EXPECT_EQ(bench.answer("3A 01 07 00 01 00 01 00 00 01 01 00 00 00 01 01 1A"), "1 confirmed 7");
}

}  // namespace
}  // namespace busbar::iec104
