#include "manage/database/command_rows.hpp"

#include "manage/database/columns.hpp"

namespace busbar::manage {

namespace {

constexpr const char* columns = "SELECT id, given, author, key, wanted, stages, done FROM command ";

CommandRow read(const SQLite::Statement& row) {
    CommandRow command;
    command.id = row.getColumn(0).getString();
    command.given = from_ms(row.getColumn(1).getInt64());
    command.author = row.getColumn(2).getString();
    if (!row.getColumn(3).isNull()) command.key = row.getColumn(3).getString();
    command.wanted = row.getColumn(4).getString();
    command.stages = row.getColumn(5).getString();
    command.done = row.getColumn(6).getInt() != 0;
    return command;
}

}  // namespace

void save_command(Database& database, const CommandRow& row) {
    SQLite::Statement save(
        database.handle(),
        "INSERT INTO command (id, given, author, key, wanted, stages, done) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET stages = excluded.stages, done = excluded.done");
    save.bind(1, row.id);
    save.bind(2, to_ms(row.given));
    save.bind(3, row.author);
    if (row.key) save.bind(4, *row.key);
    save.bind(5, row.wanted);
    save.bind(6, row.stages);
    save.bind(7, row.done ? 1 : 0);
    save.exec();
}

std::optional<CommandRow> find_command(Database& database, std::string_view id) {
    SQLite::Statement row(database.handle(), std::string(columns) + "WHERE id = ?");
    row.bind(1, std::string(id));
    if (!row.executeStep()) return std::nullopt;
    return read(row);
}

std::optional<CommandRow> find_command(Database& database, std::string_view author, std::string_view key) {
    SQLite::Statement row(database.handle(), std::string(columns) + "WHERE author = ? AND key = ?");
    row.bind(1, std::string(author));
    row.bind(2, std::string(key));
    if (!row.executeStep()) return std::nullopt;
    return read(row);
}

std::vector<CommandRow> find_commands(Database& database, const CommandFilter& filter, std::int64_t limit) {
    std::string where = "WHERE 1";
    // As the index on them has it.
    if (filter.casdu) where += " AND json_extract(wanted, '$.casdu') = :casdu";
    if (filter.ioa) where += " AND json_extract(wanted, '$.ioa') = :ioa";
    if (filter.author) where += " AND author = :author";
    if (filter.done) where += " AND done = :done";
    if (filter.after) where += " AND (given, id) < (:given, :id)";
    SQLite::Statement rows(database.handle(),
                           std::string(columns) + where + " ORDER BY given DESC, id DESC LIMIT :limit");
    if (filter.casdu) rows.bind(":casdu", *filter.casdu);
    if (filter.ioa) rows.bind(":ioa", *filter.ioa);
    if (filter.author) rows.bind(":author", *filter.author);
    if (filter.done) rows.bind(":done", *filter.done ? 1 : 0);
    if (filter.after) {
        rows.bind(":given", to_ms(filter.after->given));
        rows.bind(":id", filter.after->id);
    }
    rows.bind(":limit", limit);
    std::vector<CommandRow> found;
    while (rows.executeStep()) found.push_back(read(rows));
    return found;
}

void for_each_open_command(Database& database, const std::function<void(const CommandRow& row)>& take) {
    SQLite::Statement rows(database.handle(), std::string(columns) + "WHERE done = 0 ORDER BY given");
    while (rows.executeStep()) take(read(rows));
}

void forget_commands(Database& database, UtcTime before) {
    SQLite::Statement remove(database.handle(), "DELETE FROM command WHERE given < ?");
    remove.bind(1, to_ms(before));
    remove.exec();
}

std::int64_t count_commands(Database& database) {
    return database.handle().execAndGet("SELECT count(*) FROM command").getInt64();
}

}  // namespace busbar::manage
