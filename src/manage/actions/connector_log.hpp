#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "manage/actions/installation.hpp"
#include "manage/actions/problem.hpp"

namespace busbar::manage {

/// Levels of log lines, the least grave first.
inline constexpr std::array<std::string_view, 6> log_levels{"trace", "debug", "info", "warning", "error", "critical"};

/// Which lines of a connector's log are wanted: the last ones that fit.
struct LogQuery {
    static constexpr std::size_t most_lines = 2000;

    std::size_t lines = 200;
    std::string_view level = {};  // this one or a graver one; empty: any
    std::string_view text = {};   // somewhere in the line, in either case; empty: any
};

struct LogLines {
    std::vector<std::string> lines;  // the oldest first
    bool cut = false;                // there are older lines that nobody looked at
};

/// However long the log is, so many octets from its end are looked at, and so many are downloaded.
inline constexpr std::size_t searched_log = std::size_t{1} << 20, downloaded_log = std::size_t{4} << 20;

Outcome<LogLines> read_log(Installation& installation, const std::string& id, const LogQuery& query);
/// The end of the log as it is, from the beginning of a line on.
Outcome<std::string> download_log(Installation& installation, const std::string& id);

}  // namespace busbar::manage
