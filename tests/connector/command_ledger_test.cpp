#include "connector/common/command_ledger.hpp"

#include <gtest/gtest.h>

namespace busbar::connector {
namespace {

using namespace std::chrono_literals;
using point::CommandStage;
using Claim = CommandLedger::Claim;
using Written = CommandLedger::Written;

std::string text(const std::optional<CommandLedger::Outcome>& outcome) {
    if (!outcome) return "";
    return std::string(to_string(outcome->stage)) + (outcome->ours ? " by us" : "");
}

/// One command, "c", that is too late after 5 s.
struct LedgerBench {
    LedgerBench() { ledger.add("c", now + 5s); }
    std::string result(CommandStage stage) {
        point::CommandResult result;
        result.stage = stage;
        return text(ledger.result("c", result, now));
    }
    /// Time passes; true: the command is to be claimed now.
    bool claims_after(Duration time) {
        now += time;
        due = ledger.take_due(now);
        return due.to_claim == std::vector<std::string>{"c"};
    }
    TimePoint now{};
    CommandLedger ledger;
    CommandLedger::Due due;
};

TEST(CommandLedger, PassesOnWhatTheOwnerSays) {
    LedgerBench bench;
    EXPECT_EQ(text(bench.ledger.written("c", Written::stored, "")), "");
    EXPECT_EQ(bench.result(CommandStage::confirmed), "confirmed");
    EXPECT_EQ(bench.result(CommandStage::terminated), "terminated");
    EXPECT_EQ(bench.ledger.size(), 0u);
}

TEST(CommandLedger, ARefusalIsFinal) {
    LedgerBench bench;
    bench.ledger.written("c", Written::stored, "");
    EXPECT_EQ(bench.result(CommandStage::refused), "refused");
    EXPECT_EQ(bench.result(CommandStage::confirmed), "");
}

TEST(CommandLedger, DecidedIsDecided) {
    LedgerBench bench;
    bench.ledger.written("c", Written::stored, "");
    EXPECT_EQ(bench.result(CommandStage::confirmed), "confirmed");
    EXPECT_EQ(bench.result(CommandStage::confirmed), "");
    EXPECT_EQ(bench.result(CommandStage::refused), "");
    EXPECT_EQ(bench.result(CommandStage::unknown), "");
    EXPECT_FALSE(bench.claims_after(5s));
    EXPECT_EQ(bench.result(CommandStage::terminated), "terminated");
}

TEST(CommandLedger, ClaimsWhenTheTimeIsOverAndRefusesOnlyIfItWins) {
    LedgerBench won, lost;
    for (auto* bench : {&won, &lost}) {
        bench->ledger.written("c", Written::stored, "");
        EXPECT_FALSE(bench->claims_after(4999ms));
        EXPECT_TRUE(bench->claims_after(1ms));
        EXPECT_FALSE(bench->claims_after(0ms));  // once
    }
    EXPECT_EQ(text(won.ledger.claimed("c", Claim::ours)), "refused by us");
    EXPECT_EQ(text(lost.ledger.claimed("c", Claim::anothers)), "unknown by us");
    EXPECT_EQ(lost.result(CommandStage::confirmed), "");  // a late answer is for the stream only
}

TEST(CommandLedger, AClaimWithoutAnAnswerRefusesNothing) {
    LedgerBench bench;
    bench.ledger.written("c", Written::stored, "");
    EXPECT_TRUE(bench.claims_after(5s));
    EXPECT_EQ(text(bench.ledger.claimed("c", Claim::lost)), "unknown by us");
}

TEST(CommandLedger, AnAnswerWhileTheClaimIsUnderWayCounts) {
    LedgerBench bench;
    bench.ledger.written("c", Written::stored, "");
    EXPECT_TRUE(bench.claims_after(5s));
    EXPECT_EQ(bench.result(CommandStage::confirmed), "confirmed");
    EXPECT_EQ(text(bench.ledger.claimed("c", Claim::anothers)), "");
}

TEST(CommandLedger, WhatTheStoreRefusesToTakeIsRefused) {
    LedgerBench bench;
    EXPECT_EQ(text(bench.ledger.written("c", Written::refused, "OOM")), "refused by us");
}

TEST(CommandLedger, AResultMayComeBeforeTheWriteIsAnswered) {
    LedgerBench bench;
    EXPECT_EQ(bench.result(CommandStage::confirmed), "confirmed");
    EXPECT_EQ(text(bench.ledger.written("c", Written::refused, "")), "");
    EXPECT_EQ(text(bench.ledger.written("c", Written::stored, "")), "");
    EXPECT_EQ(bench.result(CommandStage::terminated), "terminated");
}

/// The claim of whoever executed it may be gone with the store, so that our own would prove nothing.
TEST(CommandLedger, NothingIsRefusedOnceTheStoreWasLost) {
    LedgerBench bench;
    bench.ledger.written("c", Written::stored, "");
    bench.ledger.store_lost();
    EXPECT_EQ(bench.ledger.next_deadline(), bench.now + 5s);
    EXPECT_FALSE(bench.claims_after(5s));
    ASSERT_EQ(bench.due.unknown.size(), 1u);
    EXPECT_EQ(text(bench.due.unknown[0]), "unknown by us");
}

TEST(CommandLedger, NothingIsRefusedIfTheStoreGoesWhileItIsClaimed) {
    LedgerBench bench;
    bench.ledger.written("c", Written::stored, "");
    EXPECT_TRUE(bench.claims_after(5s));
    bench.ledger.store_lost();
    EXPECT_EQ(text(bench.ledger.claimed("c", Claim::ours)), "unknown by us");
}

TEST(CommandLedger, AWriteWithoutAnAnswerMayStillBeAnswered) {
    LedgerBench bench, silent;
    for (auto* each : {&bench, &silent}) EXPECT_EQ(text(each->ledger.written("c", Written::lost, "")), "");
    EXPECT_EQ(bench.result(CommandStage::confirmed), "confirmed");
    EXPECT_FALSE(silent.claims_after(5s));
    EXPECT_EQ(silent.due.unknown.size(), 1u);
}

TEST(CommandLedger, ForgetsWhatIsNeverTerminated) {
    LedgerBench bench;
    bench.ledger.written("c", Written::stored, "");
    bench.result(CommandStage::confirmed);
    EXPECT_FALSE(bench.claims_after(CommandLedger::termination_limit));
    EXPECT_EQ(bench.due.forgotten, std::vector<std::string>{"c"});
    EXPECT_EQ(bench.ledger.size(), 0u);
}

}  // namespace
}  // namespace busbar::connector
