#pragma once

#include <string_view>
#include <vector>

#include "manage/actions/problem.hpp"
#include "manage/database/point_rows.hpp"

namespace busbar::manage {

inline constexpr std::uint32_t max_ioa = 0xFFFFFF;

/// Brings a point's metadata into the one form in which it is kept (no blanks around texts, no empty further columns)
/// and says what is wrong with it.
std::vector<Problem::Fault> settle(PointRow& row);

/// Without blanks at both ends.
std::string_view trimmed(std::string_view text);

}  // namespace busbar::manage
