#include "connector/iec104_server/backlog_reader.hpp"

#include <gmock/gmock.h>

#include <optional>

#include "store/store_bench.hpp"

namespace busbar::connector {
namespace {

using store::StreamId;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::uint64_t whole = BacklogReader::entries_at_once;

struct Answer {
    std::vector<StreamId> ids;
    bool complete = false;
    std::string data;  // of the last
};

/// A stream with three and a half batches, 1-0 on.
struct BacklogBench : store::StoreBench {
    BacklogBench() {
        for (std::uint64_t i = 1; i <= whole * 7 / 2; ++i) add(i);
    }
    void add(std::uint64_t i) {
        ask({"XADD", "process:updates", std::to_string(i) + "-0", "casdu", "1", "ioa", "2", "data", std::to_string(i)});
    }
    Answer read(StreamId after, BacklogReader::GroupId group = 1) {
        std::optional<Answer> answer;
        reader.read(group, after, [&](const store::StreamRange& range) {
            answer = Answer{{}, range.complete, {}};
            for (const auto& entry : range.entries) answer->ids.push_back(entry.id);
            if (!range.entries.empty()) answer->data = range.entries.back().data;
        });
        EXPECT_FALSE(answer.has_value()) << "the handler is called later";
        EXPECT_TRUE(wait([&] { return answer.has_value(); }));
        return answer.value_or(Answer{});
    }
    /// How often the store has been asked for a range.
    int reads() {
        const auto text = ask({"INFO", "commandstats"});
        const auto found = text.find("cmdstat_xrange:calls=");
        return found == std::string::npos ? 0 : std::atoi(text.c_str() + found + 21);
    }

    BacklogReader reader{store, "process:updates"};
};

TEST(BacklogReader, GivesBatchAfterBatchWithoutAHole) {
    BacklogBench bench;
    StreamId after{1, 0};
    std::uint64_t next = 2;
    for (int batch = 0; batch < 4; ++batch) {
        const auto answer = bench.read(after);
        EXPECT_TRUE(answer.complete);
        ASSERT_THAT(answer.ids, SizeIs(batch < 3 ? whole : whole / 2 - 1));
        for (const auto id : answer.ids) EXPECT_EQ(id, (StreamId{next++, 0}));
        EXPECT_EQ(answer.data, std::to_string(next - 1));
        after = answer.ids.back();
    }
    EXPECT_THAT(bench.read(after).ids, IsEmpty());
}

TEST(BacklogReader, HasTheNextBatchBeforeItIsAskedFor) {
    BacklogBench bench;
    const auto first = bench.read({1, 0});
    EXPECT_TRUE(bench.wait([&] { return bench.reads() == 2; })) << "the first, and the second ahead";
    bench.pass(std::chrono::milliseconds{20});  // until it is here
    const auto second = bench.read(first.ids.back());
    EXPECT_EQ(second.ids.front(), (StreamId{whole + 2, 0}));
    EXPECT_TRUE(bench.wait([&] { return bench.reads() >= 3; }));
    EXPECT_EQ(bench.reads(), 3) << "the second was not read again";
}

TEST(BacklogReader, ReadsTheEndOfTheStreamAgainWhenItIsAskedFor) {
    BacklogBench bench;
    const auto before = bench.read({whole * 2 + 1, 0});
    bench.pass(std::chrono::milliseconds{20});
    bench.add(whole * 4);
    const auto end = bench.read(before.ids.back());
    EXPECT_EQ(end.ids.back(), (StreamId{whole * 4, 0})) << "what came after it was read ahead";
}

TEST(BacklogReader, DoesNotUseWhatWasReadAheadOfAnotherPlaceOrAnotherStream) {
    BacklogBench bench;
    bench.read({1, 0});
    bench.pass(std::chrono::milliseconds{20});
    EXPECT_EQ(bench.read({10, 0}).ids.front(), (StreamId{11, 0}));
    bench.pass(std::chrono::milliseconds{20});
    bench.ask({"XTRIM", "process:updates", "MINID", "1200"});
    bench.reader.forget_all();
    const auto behind = bench.read({whole + 10, 0});
    EXPECT_FALSE(behind.complete) << "the entry at the cursor is gone";
}

TEST(BacklogReader, ReadsAheadForSomeOfManyGroupsOnly) {
    BacklogBench bench;
    for (BacklogReader::GroupId group = 1; group <= 20; ++group) bench.read({1, 0}, group);
    EXPECT_TRUE(bench.wait([&] { return bench.reads() >= 20 + static_cast<int>(BacklogReader::most_ahead); }));
    bench.pass(std::chrono::milliseconds{20});
    EXPECT_EQ(bench.reads(), 20 + static_cast<int>(BacklogReader::most_ahead));
    EXPECT_EQ(bench.read({whole + 1, 0}, 20).ids.front(), (StreamId{whole + 2, 0})) << "who waits gets it all the same";
}

TEST(BacklogReader, IsDestroyedWhileTheStoreReads) {
    BacklogBench bench;
    {
        BacklogReader reader(bench.store, "process:updates");
        reader.read(1, {1, 0}, [](const auto&) { ADD_FAILURE(); });
    }
    bench.pass(std::chrono::milliseconds{20});
}

}  // namespace
}  // namespace busbar::connector
