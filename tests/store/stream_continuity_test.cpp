#include "store/stream_continuity.hpp"

#include <gtest/gtest.h>

namespace busbar::store {
namespace {

/// A stream of `length` entries that ends at `last`, of which `removed` more were taken away.
StreamFacts stream(std::uint64_t length, StreamId last, std::uint64_t removed = 0) {
    StreamFacts facts;
    facts.present = true;
    facts.length = length;
    facts.last_id = last;
    if (length > 0) facts.last_entry = last;
    facts.added = length + removed;
    return facts;
}

constexpr StreamId x{100, 0}, later{200, 0}, earlier{50, 0};

std::optional<GapReason> reason(const std::optional<Gap>& gap) {
    return gap ? std::optional{gap->reason} : std::nullopt;
}

TEST(StreamContinuity, TheStreamMustReachTheCursor) {
    StreamContinuity continuity;
    continuity.begin_at(x, {});
    EXPECT_EQ(reason(continuity.judge_end(stream(5, x))), std::nullopt);
    EXPECT_EQ(reason(continuity.judge_end(stream(5, later))), std::nullopt);
    EXPECT_EQ(reason(continuity.judge_end(stream(5, earlier))), GapReason::behind);
    EXPECT_EQ(reason(continuity.judge_end({})), GapReason::missing);
}

TEST(StreamContinuity, BeforeTheFirstEntryEverNothingCanBeMissing) {
    StreamContinuity continuity;
    continuity.begin_at({}, {});
    EXPECT_FALSE(continuity.has_entry_at_cursor());
    EXPECT_EQ(reason(continuity.judge_end({})), std::nullopt);
    EXPECT_EQ(reason(continuity.judge_removed({})), std::nullopt);
    EXPECT_EQ(reason(continuity.judge_removed(stream(3, x))), std::nullopt);
    EXPECT_EQ(reason(continuity.judge_removed(stream(3, x, 1))), GapReason::trimmed);
}

TEST(StreamContinuity, AtTheEndOfAnEmptiedStreamOnlyWhatIsRemovedFromThenOnCounts) {
    StreamContinuity continuity;
    continuity.begin_at_end(stream(0, x, 500));
    EXPECT_EQ(continuity.cursor(), x);
    EXPECT_FALSE(continuity.has_entry_at_cursor());
    EXPECT_EQ(reason(continuity.judge_removed(stream(0, x, 500))), std::nullopt);
    EXPECT_EQ(reason(continuity.judge_removed(stream(3, later, 500))), std::nullopt);
    EXPECT_EQ(reason(continuity.judge_removed(stream(3, later, 501))), GapReason::trimmed);
    EXPECT_EQ(reason(continuity.judge_removed(stream(3, earlier, 500))), GapReason::behind);
    EXPECT_EQ(reason(continuity.judge_removed({})), GapReason::missing);
}

TEST(StreamContinuity, AStoreThatCountsNoRemovalsIsDoubtedOnceEntriesCome) {
    auto emptied = stream(0, x, 500);
    emptied.added.reset();
    StreamContinuity continuity;
    continuity.begin_at_end(emptied);
    EXPECT_EQ(reason(continuity.judge_removed(emptied)), std::nullopt);
    auto refilled = stream(1, later);
    refilled.added.reset();
    EXPECT_EQ(reason(continuity.judge_removed(refilled)), GapReason::trimmed);
}

TEST(StreamContinuity, TheEndIsTheLastEntryThatExists) {
    StreamContinuity continuity;
    auto facts = stream(5, later);
    facts.last_entry = x;  // the one at `later` was deleted
    continuity.begin_at_end(facts);
    EXPECT_EQ(continuity.cursor(), x);
    EXPECT_TRUE(continuity.has_entry_at_cursor());
}

TEST(StreamContinuity, Case122_AnEntryThatIsGoneIsExplained) {
    StreamContinuity continuity;
    continuity.begin_at(x, {});
    EXPECT_EQ(continuity.explain_missing_entry(stream(5, later)), (Gap{x, GapReason::trimmed}));
    EXPECT_EQ(continuity.explain_missing_entry(stream(5, earlier)), (Gap{x, GapReason::behind}));
    EXPECT_EQ(continuity.explain_missing_entry({}), (Gap{x, GapReason::missing}));
}

TEST(StreamContinuity, AnotherReplicationIdIsAGap) {
    StreamContinuity continuity;
    continuity.begin_at(x, {});
    EXPECT_EQ(reason(continuity.judge_history("a", true)), std::nullopt);  // the first is taken as it is
    EXPECT_EQ(reason(continuity.judge_history("a", true)), std::nullopt);
    EXPECT_EQ(reason(continuity.judge_history("b", false)), GapReason::other_history);
    EXPECT_EQ(continuity.history(), "b");
    EXPECT_EQ(reason(continuity.judge_history("b", true)), std::nullopt);
}

TEST(StreamContinuity, TheHistoryThatWasStoredWithTheCursorCounts) {
    StreamContinuity continuity;
    continuity.begin_at(x, "a");
    EXPECT_EQ(reason(continuity.judge_history("b", true)), GapReason::other_history);
    continuity.begin_at(x, "a");
    EXPECT_EQ(reason(continuity.judge_history("a", true)), std::nullopt);
}

TEST(StreamContinuity, ABeginningWithoutHistoryTakesTheNextAsItIsButForgetsNone) {
    StreamContinuity continuity;
    continuity.begin_at(x, "a");
    continuity.begin_at(later, {});
    EXPECT_EQ(continuity.history(), "a");
    EXPECT_EQ(reason(continuity.judge_history("b", true)), std::nullopt);
    EXPECT_EQ(reason(continuity.judge_history("c", true)), GapReason::other_history);
}

TEST(StreamContinuity, AStoreThatDoesNotTellItsHistoryIsDoubtedAtEveryNewConnection) {
    StreamContinuity continuity;
    continuity.begin_at(x, {});
    EXPECT_EQ(reason(continuity.judge_history(std::nullopt, true)), std::nullopt);  // nothing to compare with
    EXPECT_EQ(reason(continuity.judge_history(std::nullopt, false)), std::nullopt);
    EXPECT_EQ(reason(continuity.judge_history(std::nullopt, true)), GapReason::other_history);

    continuity.begin_at(x, "a");
    EXPECT_EQ(reason(continuity.judge_history(std::nullopt, true)), GapReason::other_history);
}

}  // namespace
}  // namespace busbar::store
