#pragma once

#include <functional>
#include <string_view>
#include <utility>

#include "sim/wire/json_line.hpp"
#include "sim/wire/line_log.hpp"

namespace busbar::sim {

/// Calendar time, asked when it is needed: the machine's, or a test's.
using UtcClock = std::function<UtcTime()>;

/// A log of JSON lines that all begin with when (`at`) and what (`what`) happened.
class Journal {
public:
    Journal(LineLog log, UtcClock clock) : log_(std::move(log)), clock_(std::move(clock)) {}

    bool active() const { return log_.active(); }
    UtcTime now() const { return clock_(); }
    /// Begins a line; the caller adds members and ends it. In the file after the next `flush`.
    JsonLine line(std::string_view what) { return line(what, clock_()); }
    JsonLine line(std::string_view what, UtcTime at) {
        JsonLine line(log_.batch());
        line.add("at", at).add("what", what);
        return line;
    }
    void flush() { log_.flush(); }

private:
    LineLog log_;
    UtcClock clock_;
};

}  // namespace busbar::sim
