#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "manage/tables/table.hpp"

namespace busbar::manage::tables {

struct Sheet {
    std::string name;
    bool hidden = false;
    bool operator==(const Sheet&) const = default;
};

/// The sheets of a workbook, in their order.
Result<std::vector<Sheet>> xlsx_sheets(std::string_view octets, const Limits& limits = {});

/// One sheet; an empty name: the first that is not hidden. Numbers come as the shortest text, dates as ISO 8601,
/// booleans as "true" and "false", formulas as the value that was stored with them. Formulas, links and macros are not
/// looked at.
Result<Table> read_xlsx(std::string_view octets, std::string_view sheet, const Limits& limits = {});

}  // namespace busbar::manage::tables
