#include "store/error_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store_bench.hpp"

namespace busbar::store {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

struct ErrorBench : StoreBench {
    ErrorBench() : errors(store, "c1") {}
    bool has(std::string_view length) {
        return wait([&] { return ask({"XLEN", "process:errors"}) == length; });
    }
    ErrorStream errors;
};

TEST(ErrorStream, SaysWhoWhyAndWhat) {
    ErrorBench bench;
    bench.errors.report("no such type", "68 0E");
    ASSERT_TRUE(bench.has("1"));
    EXPECT_THAT(bench.ask({"XRANGE", "process:errors", "-", "+"}),
                HasSubstr("source c1 reason no such type data 68 0E"));
}

TEST(ErrorStream, CountsWhatRepeats) {
    ErrorBench bench;
    for (int i = 0; i < 1000; ++i) bench.errors.report("no such type", std::to_string(i));
    ASSERT_TRUE(bench.wait([&] { return bench.store.client().pending_replies() == 0; }));  // else its time is over too
    bench.loop.advance_clock(10s);
    ASSERT_TRUE(bench.has("2"));
    EXPECT_THAT(bench.ask({"XREVRANGE", "process:errors", "+", "-", "COUNT", "1"}),
                HasSubstr("reason no such type (999 more) data 999"));
}

TEST(ErrorStream, ReportsWaitForTheStore) {
    ErrorBench bench;
    bench.server.kill();
    ASSERT_TRUE(bench.wait([&] { return !bench.store.is_connected(); }));
    for (int i = 0; i < 100; ++i) bench.errors.report(std::to_string(i), "x");
    bench.server.start();
    EXPECT_TRUE(bench.has("64"));
}

TEST(ErrorStream, ReportsThatAFullStoreRefusedAreWrittenLater) {
    ErrorBench bench;
    bench.ask({"CONFIG", "SET", "maxmemory", "1"});
    bench.errors.report("gap", "x");
    bench.pass(20ms);
    bench.ask({"CONFIG", "SET", "maxmemory", "0"});
    bench.loop.advance_clock(10s);
    EXPECT_TRUE(bench.has("1"));
}

TEST(ErrorStream, CutsEndlessData) {
    ErrorBench bench;
    bench.errors.report("malformed", std::string(100'000, 'x'));
    ASSERT_TRUE(bench.has("1"));
    EXPECT_LT(bench.ask({"XRANGE", "process:errors", "-", "+"}).size(), ErrorStream::max_data + 200);
}

}  // namespace
}  // namespace busbar::store
