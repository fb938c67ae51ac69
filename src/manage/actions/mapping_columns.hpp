#pragma once

#include <boost/json/object.hpp>
#include <span>
#include <string>
#include <string_view>

#include "manage/tables/cell.hpp"

namespace busbar::manage {

/// A column of files of mappings: a member of a mapped point, "from_casdu" for the `casdu` of `from`.
struct MappingColumn {
    enum class Kind : std::uint8_t { number, text, truth, list };
    std::string_view name, member, inner = {};
    Kind kind = Kind::number;
};

/// In the order of an exported file.
std::span<const MappingColumn> mapping_columns();
/// By heading, as `find_point_column`.
const MappingColumn* find_mapping_column(std::string_view heading);
/// Whose member a path below the point is: "from.casdu", "groups[2]". Null: nobody's.
const MappingColumn* mapping_column_at(std::string_view path);

/// Puts the text into the point; an empty one is the default. What is wrong with it; empty: it is taken. Whether the
/// value makes sense is for the mapping's own checks.
std::string read_mapping_cell(const MappingColumn& column, std::string_view text, boost::json::object& point);
tables::Cell write_mapping_cell(const MappingColumn& column, const boost::json::object& point);

}  // namespace busbar::manage
