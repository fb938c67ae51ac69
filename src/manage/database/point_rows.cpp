#include "manage/database/point_rows.hpp"

#include <sqlite3.h>

namespace busbar::manage {

namespace {

constexpr const char* members =
    "id, casdu, ioa, command_ioa, enabled, kind, name, description, unit, site, device, factor, low, high, states, "
    "metadata";
const std::string columns = std::string("SELECT ") + members + " FROM point ";
constexpr const char* or_replace =
    "ON CONFLICT (id) DO UPDATE SET casdu = excluded.casdu, ioa = excluded.ioa, command_ioa = excluded.command_ioa, "
    "enabled = excluded.enabled, kind = excluded.kind, name = excluded.name, description = excluded.description, "
    "unit = excluded.unit, site = excluded.site, device = excluded.device, factor = excluded.factor, "
    "low = excluded.low, high = excluded.high, states = excluded.states, metadata = excluded.metadata";

std::optional<double> number(const SQLite::Column& column) {
    if (column.isNull()) return std::nullopt;
    return column.getDouble();
}

PointRow read(const SQLite::Statement& row) {
    PointRow point;
    point.id = row.getColumn(0).getInt64();
    point.address = {static_cast<std::uint16_t>(row.getColumn(1).getInt()), row.getColumn(2).getUInt()};
    if (!row.getColumn(3).isNull()) point.command_ioa = row.getColumn(3).getUInt();
    point.enabled = row.getColumn(4).getInt() != 0;
    point.kind = row.getColumn(5).getString();
    point.name = row.getColumn(6).getString();
    point.description = row.getColumn(7).getString();
    point.unit = row.getColumn(8).getString();
    point.site = row.getColumn(9).getString();
    point.device = row.getColumn(10).getString();
    point.factor = row.getColumn(11).getDouble();
    point.low = number(row.getColumn(12));
    point.high = number(row.getColumn(13));
    point.states = row.getColumn(14).getString();
    point.metadata = row.getColumn(15).getString();
    return point;
}

void bind(SQLite::Statement& statement, int index, const std::optional<double>& value) {
    if (value) statement.bind(index, *value);
}

void bind(SQLite::Statement& save, const PointRow& row) {
    save.bind(1, row.id);
    save.bind(2, row.address.casdu);
    save.bind(3, row.address.ioa);
    if (row.command_ioa) save.bind(4, *row.command_ioa);
    save.bind(5, row.enabled ? 1 : 0);
    save.bind(6, row.kind);
    save.bind(7, row.name);
    save.bind(8, row.description);
    save.bind(9, row.unit);
    save.bind(10, row.site);
    save.bind(11, row.device);
    save.bind(12, row.factor);
    bind(save, 13, row.low);
    bind(save, 14, row.high);
    save.bind(15, row.states);
    save.bind(16, row.metadata);
}

}  // namespace

void for_each_point(Database& database, const std::function<void(const PointRow& row)>& take) {
    SQLite::Statement rows(database.handle(), columns + "ORDER BY casdu, ioa, enabled DESC, id");
    while (rows.executeStep()) take(read(rows));
}

std::optional<PointRow> find_point(Database& database, PointAddress address) {
    SQLite::Statement row(database.handle(), columns + "WHERE casdu = ? AND ioa = ? ORDER BY enabled DESC, id LIMIT 1");
    row.bind(1, address.casdu);
    row.bind(2, address.ioa);
    if (!row.executeStep()) return std::nullopt;
    return read(row);
}

std::int64_t save_point(Database& database, const PointRow& row) {
    SQLite::Statement save(database.handle(),
                           std::string("INSERT INTO point (") + members +
                               ") VALUES (NULLIF(?, 0), ?, ?, ?, ?, NULLIF(?, ''), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) " +
                               or_replace);
    bind(save, row);
    save.exec();
    return row.id != 0 ? row.id : database.handle().getLastInsertRowid();
}

void remove_point(Database& database, std::int64_t id) {
    SQLite::Statement remove(database.handle(), "DELETE FROM point WHERE id = ?");
    remove.bind(1, id);
    remove.exec();
}

struct PointChanges::Statements {
    SQLite::Statement save, remove;
};

PointChanges::PointChanges(Database& database) : database_(database) {
    auto& handle = database.handle();
    handle.exec(std::string("CREATE TEMP TABLE saved_point AS SELECT ") + members + " FROM point WHERE 0");
    handle.exec("CREATE TEMP TABLE removed_point (id INTEGER PRIMARY KEY)");
    statements_ = std::make_unique<Statements>(Statements{
        {handle,
         "INSERT INTO temp.saved_point VALUES (NULLIF(?, 0), ?, ?, ?, ?, NULLIF(?, ''), ?, ?, ?, ?, ?, ?, ?, ?, "
         "?, ?)"},
        {handle, "INSERT INTO temp.removed_point VALUES (?)"}});
    handle.exec("BEGIN");  // of the table beside alone: nothing of the database is read or written
}

PointChanges::~PointChanges() {
    statements_.reset();
    auto& handle = database_.handle();
    if (sqlite3_get_autocommit(handle.getHandle()) == 0) handle.tryExec("ROLLBACK");
    handle.tryExec("DROP TABLE IF EXISTS temp.saved_point");
    handle.tryExec("DROP TABLE IF EXISTS temp.removed_point");
}

void PointChanges::save(const PointRow& row) {
    statements_->save.reset();
    statements_->save.clearBindings();
    bind(statements_->save, row);
    statements_->save.exec();
}

void PointChanges::remove(std::int64_t id) {
    statements_->remove.reset();
    statements_->remove.bind(1, id);
    statements_->remove.exec();
}

void PointChanges::close() {
    statements_.reset();
    database_.handle().exec("COMMIT");
}

void PointChanges::apply() {
    auto& handle = database_.handle();
    handle.exec("DELETE FROM point WHERE id IN (SELECT id FROM temp.removed_point)");
    handle.exec(std::string("INSERT INTO point (") + members + ") SELECT * FROM temp.saved_point WHERE true " +
                or_replace);
}

std::int64_t count_points(Database& database) {
    return database.handle().execAndGet("SELECT count(*) FROM point").getInt64();
}

}  // namespace busbar::manage
