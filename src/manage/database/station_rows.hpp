#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "manage/database/database.hpp"

namespace busbar::manage {

/// A row of table `station`: what people know of a common address. A device is shown as one of its own (OP-1).
struct StationRow {
    std::uint16_t casdu = 0;
    std::string name, description;
    bool is_device = false;
    bool operator==(const StationRow&) const = default;
};

/// By common address.
std::vector<StationRow> all_stations(Database& database);
std::optional<StationRow> find_station(Database& database, std::uint16_t casdu);
/// Inserts, or replaces what is there.
void save_station(Database& database, const StationRow& row);
void remove_station(Database& database, std::uint16_t casdu);

}  // namespace busbar::manage
