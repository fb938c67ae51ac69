#include "connector/common/metrics_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "net/event_loop.hpp"

namespace busbar::connector {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

struct FileBench {
    FileBench() { fs::create_directories(folder); }
    ~FileBench() { fs::remove_all(folder); }

    std::string content() const {
        std::ifstream in(file);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void let_pass(Duration time) {
        loop.advance_clock(time);
        loop.run_until([] { return false; }, 1ms);
    }

    fs::path folder = fs::path(testing::TempDir()) / ("busbar_metrics_" + std::to_string(::getpid()));
    fs::path file = folder / "rtu-1.prom";
    net::EventLoop loop;
    int number = 0;
    std::vector<std::string> failures;
    MetricsFile metrics{loop,
                        {.text = [this] { return std::to_string(++number); },
                         .on_failed = [this](const std::string& name,
                                             const std::string& reason) { failures.push_back(name + ": " + reason); }}};
};

TEST(MetricsFile, IsWrittenAtOnceWhenAskedAndEveryTwoSeconds) {
    FileBench bench;
    bench.metrics.use(bench.file);
    EXPECT_EQ(bench.content(), "1");
    bench.metrics.write();
    EXPECT_EQ(bench.content(), "2");
    bench.let_pass(1900ms);
    EXPECT_EQ(bench.content(), "2");
    bench.let_pass(100ms);
    EXPECT_EQ(bench.content(), "3");
    bench.let_pass(2s);
    EXPECT_EQ(bench.content(), "4");
}

TEST(MetricsFile, IsAnotherFileEachTimeSoThatAReaderSeesAWholeOne) {
    FileBench bench;
    bench.metrics.use(bench.file);
    std::ifstream reader(bench.file);  // has the first one open
    bench.metrics.write();
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(reader), {}), "1");
    EXPECT_EQ(bench.content(), "2");
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(bench.folder)) names.push_back(entry.path().filename());
    EXPECT_THAT(names, ElementsAre("rtu-1.prom")) << "nothing is left beside it";
}

TEST(MetricsFile, ThatCannotBeWrittenIsToldOnceAndWrittenWhenItCan) {
    FileBench bench;
    fs::remove_all(bench.folder);
    bench.metrics.use(bench.file);
    bench.metrics.write();
    bench.let_pass(2s);
    EXPECT_THAT(bench.failures, ElementsAre(bench.file.string() + ": No such file or directory"));
    fs::create_directories(bench.folder);
    bench.let_pass(2s);
    EXPECT_EQ(bench.content(), "4");
    fs::remove_all(bench.folder);
    bench.metrics.write();
    EXPECT_EQ(bench.failures.size(), 2u);
}

TEST(MetricsFile, ThatIsADirectoryIsNotReplaced) {
    FileBench bench;
    fs::create_directories(bench.file / "of somebody");
    bench.metrics.use(bench.file);
    EXPECT_EQ(bench.failures.size(), 1u);
    EXPECT_TRUE(fs::exists(bench.file / "of somebody"));
    EXPECT_FALSE(fs::exists(bench.file.string() + ".tmp"));
}

TEST(MetricsFile, IsNoneWithoutAName) {
    FileBench bench;
    bench.metrics.use("");
    bench.metrics.write();
    bench.let_pass(10s);
    EXPECT_EQ(bench.number, 0);
    EXPECT_THAT(bench.failures, IsEmpty());
}

TEST(MetricsFile, MovesToAnotherName) {
    FileBench bench;
    bench.metrics.use(bench.file);
    bench.metrics.use(bench.folder / "other.prom");
    bench.let_pass(2s);
    EXPECT_EQ(bench.content(), "1");
    EXPECT_EQ(bench.number, 3);
    bench.metrics.use("");
    bench.let_pass(10s);
    EXPECT_EQ(bench.number, 3);
}

}  // namespace
}  // namespace busbar::connector
