#pragma once

#include <span>
#include <string>
#include <string_view>

#include "manage/database/point_rows.hpp"
#include "manage/tables/cell.hpp"

namespace busbar::manage {

/// A column of files of points: its heading, what else it may be called, and how it is read and written.
struct PointColumn {
    std::string_view name;
    std::string_view other_name;  // in the metadata files that stations come with; empty: none
    /// What is wrong with the text; empty: it is taken. An empty text means the default.
    std::string (*read)(PointRow& row, std::string_view text);
    tables::Cell (*write)(const PointRow& row);
};

/// Of a heading: small letters, without blanks and underscores.
std::string folded(std::string_view text);

/// In the order of an exported file. Further columns are the row's `metadata`.
std::span<const PointColumn> point_columns();
/// By heading: case does not count, nor whether it has blanks or underscores. Null: none of them.
const PointColumn* find_point_column(std::string_view heading);

}  // namespace busbar::manage
