#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/wire/json_line.hpp"
#include "sim/wire/line_log.hpp"

namespace busbar::sim {

/// Calendar time, asked when it is needed: the machine's, or a test's.
using UtcClock = std::function<UtcTime()>;

/// Lines of JSON that all begin with when (`at`) and what (`what`) happened. They are gathered and written together,
/// one write a file.
class Journal {
public:
    explicit Journal(UtcClock clock) : clock_(std::move(clock)) {}

    /// What is flushed goes there, in the order of the calls. Without any, lines are forgotten.
    void write_to(LineLog log) { logs_.push_back(std::move(log)); }
    bool active() const { return !logs_.empty(); }
    UtcTime now() const { return clock_(); }

    /// Begins a line; the caller adds members and ends it.
    JsonLine line(std::string_view what) { return line(what, clock_()); }
    JsonLine line(std::string_view what, UtcTime at) {
        JsonLine line(batch_);
        line.add("at", at).add("what", what);
        return line;
    }
    void flush() {
        if (batch_.empty()) return;
        for (LineLog& log : logs_) log.write(batch_);
        batch_.clear();
    }

private:
    UtcClock clock_;
    std::vector<LineLog> logs_;
    std::string batch_;
};

}  // namespace busbar::sim
