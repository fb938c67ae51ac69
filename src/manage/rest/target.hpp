#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "manage/actions/problem.hpp"

namespace busbar::manage {

struct Route;

/// The target of a request, decoded.
struct Target {
    std::string path;  // still encoded: a "%2F" in a name is no separator
    std::vector<std::pair<std::string, std::string>> query;
};
Result<Target> parse_target(std::string_view target);

/// The values of "{name}" in `pattern` if `path` is such a path.
std::optional<std::map<std::string, std::string, std::less<>>> match(std::string_view pattern, std::string_view path);

/// What is wrong with the query, as the route describes it.
std::vector<Problem::Fault> query_faults(const Route& route,
                                         const std::vector<std::pair<std::string, std::string>>& query);

}  // namespace busbar::manage
