#pragma once

#include <functional>
#include <string>
#include <thread>

namespace busbar::sim {

/// Reads lines from a descriptor on a thread of its own, because a file on standard input cannot be waited for like a
/// socket. Destruction ends the thread, whatever it waits for.
class LineReader {
public:
    static constexpr std::size_t longest_line = 4096;  // what is longer is cut

    /// `on_line` is called on the reader's thread.
    LineReader(int descriptor, std::function<void(std::string line)> on_line);
    ~LineReader();
    LineReader(const LineReader&) = delete;
    LineReader& operator=(const LineReader&) = delete;

private:
    void read_lines();

    int descriptor_;
    int stop_;  // eventfd
    std::function<void(std::string line)> on_line_;
    std::thread thread_;
};

}  // namespace busbar::sim
