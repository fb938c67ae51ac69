#include "store/stream_range.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "store_bench.hpp"

namespace busbar::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Answer {
    std::vector<StreamId> ids;
    bool complete;
    std::string error;
};

struct RangeBench : StoreBench {
    RangeBench() {
        for (const auto* id : {"1-0", "2-0", "3-0", "4-0"})
            ask({"XADD", "process:updates", id, "casdu", "1", "ioa", "2", "data", "x"});
    }
    Answer read(StreamId cursor, std::size_t count) {
        std::optional<Answer> answer;
        read_range(store, "process:updates", cursor, count, [&](const StreamRange& range) {
            answer = Answer{{}, range.complete, std::string{range.error}};
            for (const auto& entry : range.entries) answer->ids.push_back(entry.id);
        });
        EXPECT_TRUE(wait([&] { return answer.has_value(); }));
        return answer.value_or(Answer{});
    }
};

TEST(StreamRange, ReadsWhatFollowsACursor) {
    RangeBench bench;
    const auto answer = bench.read({2, 0}, 10);
    EXPECT_TRUE(answer.complete);
    EXPECT_THAT(answer.ids, ElementsAre(StreamId{3, 0}, StreamId{4, 0}));
    EXPECT_THAT(bench.read({2, 0}, 1).ids, ElementsAre(StreamId{3, 0}));
    EXPECT_THAT(bench.read({4, 0}, 10).ids, IsEmpty());
    EXPECT_TRUE(bench.read({4, 0}, 10).complete);
}

TEST(StreamRange, IsIncompleteIfTheEntryAtTheCursorIsGone) {
    RangeBench bench;
    bench.ask({"XTRIM", "process:updates", "MINID", "3"});
    const auto answer = bench.read({2, 0}, 1);
    EXPECT_FALSE(answer.complete);
    EXPECT_THAT(answer.ids, ElementsAre(StreamId{3, 0}));
    EXPECT_FALSE(bench.read({9, 0}, 1).complete);
}

TEST(StreamRange, FromTheBeginningNothingMayEverHaveBeenRemoved) {
    RangeBench bench;
    EXPECT_TRUE(bench.read({}, 2).complete);
    EXPECT_THAT(bench.read({}, 2).ids, ElementsAre(StreamId{1, 0}, StreamId{2, 0}));
    bench.ask({"XTRIM", "process:updates", "MINID", "2"});
    EXPECT_FALSE(bench.read({}, 2).complete);
}

TEST(StreamRange, AMissingStreamIsCompleteOnlyFromTheBeginning) {
    RangeBench bench;
    bench.ask({"DEL", "process:updates"});
    EXPECT_TRUE(bench.read({}, 2).complete);
    EXPECT_FALSE(bench.read({1, 0}, 2).complete);
}

TEST(StreamRange, AnErrorIsNoGap) {
    RangeBench bench;
    bench.ask({"SET", "process:updates", "x"});
    EXPECT_THAT(bench.read({}, 2).error, HasSubstr("WRONGTYPE"));
    EXPECT_THAT(bench.read({1, 0}, 2).error, HasSubstr("WRONGTYPE"));
    bench.server.kill();
    ASSERT_TRUE(bench.wait([&] { return !bench.store.is_connected(); }));
    EXPECT_NE(bench.read({1, 0}, 2).error, "");
    bench.checks_keys = false;
}

}  // namespace
}  // namespace busbar::store
