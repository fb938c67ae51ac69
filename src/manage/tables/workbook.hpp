#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "manage/tables/package.hpp"
#include "manage/tables/xlsx.hpp"

namespace busbar::manage::tables {

/// What the parts of an XLSX file around its sheets say.
struct Workbook {
    struct Place {
        Sheet sheet;
        std::string part;
    };
    std::vector<Place> sheets;
    std::string shared_texts, styles;  // parts; empty: there is none
    bool since_1904 = false;
};
Result<Workbook> read_workbook(const Package& package, const Limits& limits);

/// Texts that cells name by their number.
Result<std::vector<std::string>> read_shared_texts(const Package& package, const std::string& part,
                                                   const Limits& limits);
/// For each cell style whether its numbers are dates.
Result<std::vector<bool>> read_date_styles(const Package& package, const std::string& part, const Limits& limits);
/// "2026-11-21", "2026-11-21T09:00:00", "09:00:00" of a day's number; empty: it is no date.
std::string write_date(double days, bool since_1904);

}  // namespace busbar::manage::tables
