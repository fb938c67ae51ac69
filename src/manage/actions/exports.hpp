#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "manage/actions/installation.hpp"
#include "manage/actions/problem.hpp"
#include "manage/tables/cell.hpp"

namespace busbar::manage {

using TableRow = std::vector<tables::Cell>;
/// Gives the rows of a table, headings first, to `add`. Called by the worker's thread.
using TableRows = std::function<void(const std::function<void(const TableRow&)>& add)>;

struct TableFormat {
    bool workbook = false;  // XLSX; else CSV
    char separator = ',';
    std::string sheet = "Sheet1";  // of a workbook
};
using TableDone = std::function<void(Outcome<std::string> octets)>;
/// Has a file written by the worker.
void write_table(Installation& installation, TableFormat format, TableRows rows, TableDone done);

/// All that is known of points, or of those of a station, a row each; imported again it changes nothing.
TableRows rows_of_points(Installation& installation, std::optional<std::uint16_t> casdu);
/// The headings of a file of points.
TableRow headings_of_points();

}  // namespace busbar::manage
