#include "manage/database/database.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <stdexcept>

#include "manage/database/migrations.hpp"

namespace busbar::manage {

namespace {

/// Made before SQLite opens it, so that nobody else could ever read it.
SQLite::Database open_private(const std::filesystem::path& file) {
    if (const int made = ::open(file.c_str(), O_CREAT | O_CLOEXEC | O_RDWR, 0600); made >= 0) ::close(made);
    return {file.string(), SQLite::OPEN_READWRITE, Database::busy_ms};
}

}  // namespace

Database::Database(const std::filesystem::path& file) try : handle_(open_private(file)) {
    handle_.exec("PRAGMA journal_mode = WAL");
    handle_.exec("PRAGMA synchronous = FULL");
    handle_.exec("PRAGMA foreign_keys = ON");
    migrate(handle_);
} catch (const std::exception& error) {
    throw std::runtime_error(fmt::format("{}: {}", file.string(), error.what()));
}

}  // namespace busbar::manage
