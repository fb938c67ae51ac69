#include "manage/database/job_rows.hpp"

namespace busbar::manage {

namespace {

JobRow read(const SQLite::Statement& row) {
    return {row.getColumn(0).getInt64(), row.getColumn(1).getInt() != 0, row.getColumn(2).getString(),
            row.getColumn(3).getString()};
}

std::vector<JobRow> read_all(SQLite::Statement& rows) {
    std::vector<JobRow> found;
    while (rows.executeStep()) found.push_back(read(rows));
    return found;
}

}  // namespace

std::int64_t save_job(Database& database, const JobRow& row) {
    SQLite::Statement save(database.handle(),
                           "INSERT INTO job (id, done, summary, whole) VALUES (NULLIF(?, 0), ?, ?, ?) ON CONFLICT (id) "
                           "DO UPDATE SET done = excluded.done, summary = excluded.summary, whole = excluded.whole");
    save.bind(1, row.id);
    save.bind(2, row.done ? 1 : 0);
    save.bind(3, row.summary);
    save.bind(4, row.whole);
    save.exec();
    return row.id != 0 ? row.id : database.handle().getLastInsertRowid();
}

std::optional<JobRow> find_job(Database& database, std::int64_t id) {
    SQLite::Statement row(database.handle(), "SELECT id, done, summary, whole FROM job WHERE id = ?");
    row.bind(1, id);
    if (!row.executeStep()) return std::nullopt;
    return read(row);
}

std::vector<JobRow> last_jobs(Database& database, std::size_t limit) {
    SQLite::Statement rows(database.handle(), "SELECT id, done, summary, '' FROM job ORDER BY id DESC LIMIT ?");
    rows.bind(1, static_cast<std::int64_t>(limit));
    return read_all(rows);
}

std::vector<JobRow> open_jobs(Database& database) {
    SQLite::Statement rows(database.handle(), "SELECT id, done, summary, whole FROM job WHERE done = 0");
    return read_all(rows);
}

void remove_job(Database& database, std::int64_t id) {
    SQLite::Statement remove(database.handle(), "DELETE FROM job WHERE id = ?");
    remove.bind(1, id);
    remove.exec();
}

std::vector<std::int64_t> keep_jobs(Database& database, std::size_t count) {
    SQLite::Statement forget(
        database.handle(),
        "DELETE FROM job WHERE done = 1 AND id NOT IN (SELECT id FROM job ORDER BY id DESC LIMIT ?) RETURNING id");
    forget.bind(1, static_cast<std::int64_t>(count));
    std::vector<std::int64_t> forgotten;
    while (forget.executeStep()) forgotten.push_back(forget.getColumn(0).getInt64());
    return forgotten;
}

}  // namespace busbar::manage
