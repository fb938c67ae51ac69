#include "sim/wire/line_reader.hpp"

#include <unistd.h>

#include <condition_variable>
#include <mutex>

#include "bench.hpp"

namespace busbar::sim::test {
namespace {

/// A pipe with a reader at its end, and the lines that came.
class LineReaderBench {
public:
    LineReaderBench() {
        EXPECT_EQ(::pipe(ends_), 0);
        reader = std::make_unique<LineReader>(ends_[0], [this](std::string line) {
            const std::lock_guard lock(mutex_);
            lines_.push_back(std::move(line));
            changed_.notify_all();
        });
    }
    ~LineReaderBench() {
        reader.reset();
        ::close(ends_[0]);
        close_writer();
    }
    void write(std::string_view text) {
        EXPECT_EQ(::write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }
    void close_writer() {
        if (ends_[1] >= 0) ::close(ends_[1]);
        ends_[1] = -1;
    }
    std::vector<std::string> wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, 20s, [&] { return lines_.size() >= count; });
        return lines_;
    }

    std::unique_ptr<LineReader> reader;

private:
    int ends_[2] = {-1, -1};
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> lines_;
};

TEST(LineReader, HandsOverLineByLine) {
    LineReaderBench bench;
    bench.write("clock\ninter");
    bench.write("rogate 1\n\n");
    EXPECT_THAT(bench.wait_for(3), testing::ElementsAre("clock", "interrogate 1", ""));
}

TEST(LineReader, CutsWhatIsTooLong) {
    LineReaderBench bench;
    bench.write(std::string(LineReader::longest_line + 10, 'x') + "\nquit\n");
    const auto lines = bench.wait_for(2);
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_EQ(lines[0].size(), LineReader::longest_line);
    EXPECT_EQ(lines[1], "quit");
}

TEST(LineReader, EndsWhileItWaits) { LineReaderBench bench; }

TEST(LineReader, EndsWithItsInput) {
    LineReaderBench bench;
    bench.write("clock\nhalf a line");
    bench.close_writer();
    EXPECT_THAT(bench.wait_for(1), testing::ElementsAre("clock"));
}

}  // namespace
}  // namespace busbar::sim::test
