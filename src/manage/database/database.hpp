#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>

namespace busbar::manage {

/// The installation's database, `busbar.db` in the data directory: the truth about configuration, users and what they
/// did. WAL, foreign keys on, synchronous FULL: what an action has committed survives a power cut. Belongs to one
/// thread; another thread opens one of its own.
class Database {
public:
    /// How long a writer waits for another thread's transaction.
    static constexpr int busy_ms = 5000;

    /// Opens or makes the file (mode 0600) and brings its schema up to date. Throws std::runtime_error that names the
    /// file: it cannot be opened, is damaged, or is of a later version of Busbar.
    explicit Database(const std::filesystem::path& file);

    /// The data directory.
    std::filesystem::path folder() const { return std::filesystem::path(handle_.getFilename()).parent_path(); }
    std::filesystem::path file() const { return handle_.getFilename(); }
    SQLite::Database& handle() { return handle_; }

private:
    SQLite::Database handle_;
};

/// A transaction that may write from its start: with a change by another thread in between, one that had read before
/// could not. Undone unless it is committed.
class Change : public SQLite::Transaction {
public:
    explicit Change(Database& database)
        : SQLite::Transaction(database.handle(), SQLite::TransactionBehavior::IMMEDIATE) {}
};

}  // namespace busbar::manage
