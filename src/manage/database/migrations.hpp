#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <span>
#include <string_view>

namespace busbar::manage {

/// The steps from an empty file to the present schema; `PRAGMA user_version` says how many were taken. A step that was
/// released never changes.
std::span<const std::string_view> migrations();

/// Takes the steps that are missing up to `version`, each in a transaction. Throws if file or `version` are later than
/// what is known.
void migrate(SQLite::Database& database, int version = static_cast<int>(migrations().size()));

}  // namespace busbar::manage
