#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::program {

/// The values a control room sees, as text for a terminal: kept from the JSON lines of `busbar sim scada --json`.
class LiveTable {
public:
    /// A line of the control room; others than information objects are ignored. False: it was none.
    bool take(std::string_view json_line);

    std::size_t size() const { return rows_.size(); }
    std::uint64_t updates() const { return updates_; }
    /// At most `height` lines of at most `width` columns, the most recently changed points first, in a stable order of
    /// addresses.
    std::vector<std::string> lines(std::size_t height, std::size_t width) const;

private:
    struct Row {
        std::string type, value, quality, time;
        std::uint64_t changed = 0;  // number of the update
        std::uint64_t count = 0;
    };
    std::map<std::pair<std::uint64_t, std::uint64_t>, Row> rows_;  // by CASDU, IOA
    std::uint64_t updates_ = 0;
};

}  // namespace busbar::program
