#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manage/database/database.hpp"

namespace busbar::manage {

/// Stations by their common addresses, and connectors: a place where a user may have more rights than elsewhere.
struct AreaRow {
    struct Stations {
        std::uint16_t first = 0, last = 0;
        bool operator==(const Stations&) const = default;
    };

    std::int64_t id = 0;
    std::string name;
    std::vector<Stations> stations;       // in order
    std::vector<std::string> connectors;  // by id; one that is not there is none's

    bool has_station(std::int64_t casdu) const;
    bool has_connector(std::string_view connector) const;
};

std::vector<AreaRow> all_areas(Database& database);
std::optional<AreaRow> find_area(Database& database, std::string_view name);
/// Inserts a row whose id is 0, else replaces what is there.
void save_area(Database& database, const AreaRow& row);
void remove_area(Database& database, std::int64_t id);

/// What a user has in an area beyond his role everywhere.
struct UserArea {
    std::string area, role;
    bool operator==(const UserArea&) const = default;
};
std::vector<UserArea> areas_of_user(Database& database, std::int64_t user);
/// Instead of what he had; the areas are there.
void save_areas_of_user(Database& database, std::int64_t user, const std::vector<UserArea>& areas);

}  // namespace busbar::manage
