#include "store/trimmer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/store_bench.hpp"
#include "store/updates_writer.hpp"

namespace busbar::store {
namespace {

using namespace std::chrono_literals;

struct TrimmerBench : StoreBench {
    explicit TrimmerBench(const char* retention) {
        if (retention) ask({"SET", "process:updates:retention", retention});
    }
    /// Entries 1-0, 2-0, …
    void fill(unsigned last) {
        for (unsigned id = 1; id <= last; ++id)
            ask({"XADD", "process:updates", std::to_string(id) + "-0", "casdu", "1", "ioa", "1", "source", "rtu",
                 "data", "{}"});
    }
    std::string length() { return ask({"XLEN", "process:updates"}); }
    std::string first() { return ask({"XRANGE", "process:updates", "-", "+", "COUNT", "1"}); }
    /// Looks so often, and longer for what follows of it.
    void look(int times = 3) {
        pass(50ms);  // the lease
        for (int i = 0; i < times; ++i) {
            loop.advance_clock(1s);
            pass(30ms);
        }
    }

    std::vector<std::string> faults, held_back;
    Trimmer trimmer{store,
                    "srv1/host",
                    {.fault = [this](const std::string& fault) { faults.push_back(fault); },
                     .held_back = [this](const std::string& consumer) { held_back.push_back(consumer); }}};
};

TEST(Trimmer, KeepsNineTenthsOfTheLimit) {
    TrimmerBench bench(R"({"entries":100})");
    bench.fill(250);
    bench.trimmer.start();
    bench.look();
    EXPECT_EQ(bench.length(), "90");
    EXPECT_THAT(bench.first(), testing::HasSubstr("161-0"));
    EXPECT_TRUE(bench.faults.empty());
}

TEST(Trimmer, LeavesAStreamWithoutRetentionAlone) {
    TrimmerBench bench(nullptr);
    bench.fill(50);
    bench.trimmer.start();
    bench.look();
    EXPECT_EQ(bench.length(), "50");
}

TEST(Trimmer, NeverPassesTheSlowestRequiredCursorAndKeepsItsEntry) {
    TrimmerBench bench(R"({"entries":10,"required":["srv1/a","srv1/b"]})");
    bench.fill(100);
    bench.ask({"SET", "connectors:srv1:cursor:a", "95-0"});
    bench.ask({"SET", "connectors:srv1:cursor:b", "40-0"});
    bench.trimmer.start();
    bench.look();
    EXPECT_EQ(bench.length(), "61");
    EXPECT_THAT(bench.first(), testing::HasSubstr("40-0"));
    EXPECT_THAT(bench.held_back, testing::ElementsAre("srv1/b"));

    bench.ask({"SET", "connectors:srv1:cursor:b", "99-0"});
    bench.look();
    EXPECT_EQ(bench.length(), "9");
    EXPECT_THAT(bench.held_back, testing::ElementsAre("srv1/b", ""));
}

TEST(Trimmer, ARequiredConsumerThatNeverCameHoldsEverything) {
    TrimmerBench bench(R"({"entries":10,"required":["srv1/scada"]})");
    bench.fill(100);
    bench.trimmer.start();
    bench.look();
    EXPECT_EQ(bench.length(), "100");
    EXPECT_THAT(bench.held_back, testing::ElementsAre("srv1/scada"));
}

TEST(Trimmer, TakesWhatIsTooOldEvenIfThereIsRoom) {
    TrimmerBench bench(R"({"age":3600})");
    bench.fill(20);  // 1970
    bench.ask({"XADD", "process:updates", "*", "casdu", "1", "ioa", "1", "source", "rtu", "data", "{}"});
    bench.trimmer.start();
    bench.look();
    EXPECT_EQ(bench.length(), "1");
}

TEST(Trimmer, TrimsByMemory) {
    TrimmerBench bench(R"({"bytes":20000})");
    bench.fill(3000);
    bench.trimmer.start();
    bench.look(10);
    EXPECT_LT(std::stoul(bench.ask({"MEMORY", "USAGE", "process:updates"})), 20'000u);
    EXPECT_NE(bench.length(), "0");
}

TEST(Trimmer, SaysWhyTheRetentionCannotBeUsedAndTrimsNothing) {
    TrimmerBench bench(R"({"entries":"few"})");
    bench.fill(50);
    bench.trimmer.start();
    bench.look();
    EXPECT_EQ(bench.length(), "50");
    EXPECT_THAT(bench.faults, testing::ElementsAre("entries: must be a whole number above 0, or null"));
    bench.ask({"SET", "process:updates:retention", R"({"entries":10})"});
    bench.look();
    EXPECT_EQ(bench.length(), "9");
}

TEST(Trimmer, OnlyTheHolderOfTheLeaseTrims) {
    TrimmerBench bench(R"({"entries":10})");
    bench.ask({"SET", "process:updates:trimmer", "another/host 1", "PX", "60000"});
    bench.fill(50);
    bench.trimmer.start();
    bench.look();
    EXPECT_EQ(bench.length(), "50");
}

struct FullBench : StoreBench {
    FullBench() {
        ask({"SET", "process:updates:retention", R"({"entries":20})"});
        writer.start([this](bool full) { told.push_back(full); });
    }
    void write(unsigned points) {
        for (unsigned i = 0; i < points; ++i) writer.append({1, i}, R"({"type":1,"value":true})");
        bool done = false;
        writer.commit([&](const Commit&) { done = true; });
        EXPECT_TRUE(wait([&] { return done; }));
    }

    std::vector<bool> told;
    UpdatesWriter writer{store, {.source = "rtu"}};
};

TEST(UpdatesWriter, HasNoRoomWhenTheStreamHasReachedItsRetentionLimit) {
    FullBench bench;
    bench.write(19);
    bench.loop.advance_clock(1s);
    bench.pass(30ms);
    EXPECT_TRUE(bench.writer.has_room());
    bench.write(1);
    bench.loop.advance_clock(1s);
    ASSERT_TRUE(bench.wait([&] { return bench.writer.is_full(); }));
    EXPECT_FALSE(bench.writer.has_room());
    bench.ask({"XTRIM", "process:updates", "MAXLEN", "5"});
    bench.loop.advance_clock(1s);
    ASSERT_TRUE(bench.wait([&] { return !bench.writer.is_full(); }));
    EXPECT_TRUE(bench.writer.has_room());
    EXPECT_THAT(bench.told, testing::ElementsAre(true, false));
}

TEST(UpdatesWriter, HasRoomAgainWhenTheRetentionIsGone) {
    FullBench bench;
    bench.write(20);
    bench.loop.advance_clock(1s);
    ASSERT_TRUE(bench.wait([&] { return bench.writer.is_full(); }));
    bench.ask({"DEL", "process:updates:retention"});
    bench.loop.advance_clock(1s);
    EXPECT_TRUE(bench.wait([&] { return !bench.writer.is_full() && bench.writer.trims(); }));
}

}  // namespace
}  // namespace busbar::store
