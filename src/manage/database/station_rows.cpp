#include "manage/database/station_rows.hpp"

namespace busbar::manage {

namespace {

constexpr std::string_view columns = "SELECT casdu, name, description, device FROM station ";

StationRow read_row(const SQLite::Statement& row) {
    return {static_cast<std::uint16_t>(row.getColumn(0).getInt()), row.getColumn(1).getString(),
            row.getColumn(2).getString(), row.getColumn(3).getInt() != 0};
}

}  // namespace

std::vector<StationRow> all_stations(Database& database) {
    std::vector<StationRow> all;
    SQLite::Statement rows(database.handle(), std::string(columns) + "ORDER BY casdu");
    while (rows.executeStep()) all.push_back(read_row(rows));
    return all;
}

std::optional<StationRow> find_station(Database& database, std::uint16_t casdu) {
    SQLite::Statement row(database.handle(), std::string(columns) + "WHERE casdu = ?");
    row.bind(1, casdu);
    if (!row.executeStep()) return std::nullopt;
    return read_row(row);
}

void save_station(Database& database, const StationRow& row) {
    SQLite::Statement save(database.handle(),
                           "INSERT INTO station (casdu, name, description, device) VALUES (?, ?, ?, ?) ON CONFLICT "
                           "(casdu) DO UPDATE SET name = excluded.name, description = excluded.description, "
                           "device = excluded.device");
    save.bind(1, row.casdu);
    save.bind(2, row.name);
    save.bind(3, row.description);
    save.bind(4, row.is_device ? 1 : 0);
    save.exec();
}

void remove_station(Database& database, std::uint16_t casdu) {
    SQLite::Statement remove(database.handle(), "DELETE FROM station WHERE casdu = ?");
    remove.bind(1, casdu);
    remove.exec();
}

}  // namespace busbar::manage
