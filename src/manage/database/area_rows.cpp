#include "manage/database/area_rows.hpp"

#include <algorithm>

namespace busbar::manage {

namespace {

void read_places(Database& database, AreaRow& area) {
    SQLite::Statement stations(database.handle(), "SELECT first, last FROM area_station WHERE area = ? ORDER BY first");
    stations.bind(1, area.id);
    while (stations.executeStep())
        area.stations.push_back({static_cast<std::uint16_t>(stations.getColumn(0).getInt()),
                                 static_cast<std::uint16_t>(stations.getColumn(1).getInt())});
    SQLite::Statement connectors(database.handle(),
                                 "SELECT connector FROM area_connector WHERE area = ? ORDER BY connector");
    connectors.bind(1, area.id);
    while (connectors.executeStep()) area.connectors.push_back(connectors.getColumn(0).getString());
}

void remove_rows(Database& database, const char* query, std::int64_t id) {
    SQLite::Statement remove(database.handle(), query);
    remove.bind(1, id);
    remove.exec();
}

}  // namespace

bool AreaRow::has_station(std::int64_t casdu) const {
    return std::any_of(stations.begin(), stations.end(),
                       [casdu](const Stations& each) { return each.first <= casdu && casdu <= each.last; });
}

bool AreaRow::has_connector(std::string_view connector) const {
    return std::find(connectors.begin(), connectors.end(), connector) != connectors.end();
}

std::vector<AreaRow> all_areas(Database& database) {
    SQLite::Statement rows(database.handle(), "SELECT id, name FROM area ORDER BY name");
    std::vector<AreaRow> areas;
    while (rows.executeStep()) {
        areas.push_back({rows.getColumn(0).getInt64(), rows.getColumn(1).getString(), {}, {}});
        read_places(database, areas.back());
    }
    return areas;
}

std::optional<AreaRow> find_area(Database& database, std::string_view name) {
    SQLite::Statement row(database.handle(), "SELECT id, name FROM area WHERE name = ?");
    row.bind(1, std::string(name));
    if (!row.executeStep()) return std::nullopt;
    AreaRow area{row.getColumn(0).getInt64(), row.getColumn(1).getString(), {}, {}};
    read_places(database, area);
    return area;
}

void save_area(Database& database, const AreaRow& row) {
    SQLite::Statement save(database.handle(),
                           "INSERT INTO area (id, name) VALUES (NULLIF(?, 0), ?) ON CONFLICT (id) DO UPDATE SET name = "
                           "excluded.name");
    save.bind(1, row.id);
    save.bind(2, row.name);
    save.exec();
    const auto id = row.id != 0 ? row.id : database.handle().getLastInsertRowid();
    remove_rows(database, "DELETE FROM area_station WHERE area = ?", id);
    remove_rows(database, "DELETE FROM area_connector WHERE area = ?", id);
    for (const auto& each : row.stations) {
        SQLite::Statement add(database.handle(), "INSERT INTO area_station (area, first, last) VALUES (?, ?, ?)");
        add.bind(1, id);
        add.bind(2, each.first);
        add.bind(3, each.last);
        add.exec();
    }
    for (const auto& connector : row.connectors) {
        SQLite::Statement add(database.handle(), "INSERT INTO area_connector (area, connector) VALUES (?, ?)");
        add.bind(1, id);
        add.bind(2, connector);
        add.exec();
    }
}

void remove_area(Database& database, std::int64_t id) { remove_rows(database, "DELETE FROM area WHERE id = ?", id); }

std::vector<UserArea> areas_of_user(Database& database, std::int64_t user) {
    SQLite::Statement rows(database.handle(),
                           "SELECT area.name, user_area.role FROM user_area JOIN area ON area.id = user_area.area "
                           "WHERE user_area.user = ? ORDER BY area.name");
    rows.bind(1, user);
    std::vector<UserArea> areas;
    while (rows.executeStep()) areas.push_back({rows.getColumn(0).getString(), rows.getColumn(1).getString()});
    return areas;
}

void save_areas_of_user(Database& database, std::int64_t user, const std::vector<UserArea>& areas) {
    remove_rows(database, "DELETE FROM user_area WHERE user = ?", user);
    for (const UserArea& each : areas) {
        SQLite::Statement add(database.handle(),
                              "INSERT INTO user_area (user, area, role) SELECT ?, id, ? FROM area WHERE name = ?");
        add.bind(1, user);
        add.bind(2, each.role);
        add.bind(3, each.area);
        add.exec();
    }
}

}  // namespace busbar::manage
