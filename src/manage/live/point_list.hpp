#pragma once

#include <optional>
#include <string>
#include <vector>

#include "manage/live/point_filter.hpp"

namespace busbar::manage {

/// Adds a point as an API object: the value as the store contract has it, `received`, `age_ms`, and what is known of
/// it.
void write_point(std::string& out, store::ImageAddress address, const LivePoint* live, const PointName* name,
                 const PointTable& table, UtcTime now);
/// The same of a live one in two pieces: what stays as it is until the point changes, and what does not.
void write_value(std::string& out, const LivePoint& live, const PointTable& table);
void write_age_and_name(std::string& out, const LivePoint& live, const PointName* name, UtcTime now);

struct PointPage {
    std::string json;                            // objects, with commas between
    std::vector<store::ImageAddress> addresses;  // theirs
    std::optional<store::ImageAddress> last;     // absent: there are no more
};

/// The points after `after` in the order of their addresses, `limit` at most.
PointPage write_page(const PointTable& table, PointNames& names, const PointFilter& filter,
                     std::optional<store::ImageAddress> after, std::size_t limit, UtcTime now);

/// An address as a cursor that says nothing to its reader.
std::string to_cursor(store::ImageAddress address);
std::optional<store::ImageAddress> read_cursor(std::string_view text);

}  // namespace busbar::manage
