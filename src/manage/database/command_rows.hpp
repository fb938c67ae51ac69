#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "manage/database/database.hpp"

namespace busbar::manage {

/// A row of table `command`: a command that was given by a user of this installation, kept for a day.
struct CommandRow {
    std::string id;
    UtcTime given;
    std::string author;
    std::optional<std::string> key;  // Idempotency-Key
    std::string wanted;              // JSON: what was asked for
    std::string stages = "[]";       // JSON: what became of it so far
    bool done = false;               // nothing more is expected
};

/// Inserts it, or replaces its stages.
void save_command(Database& database, const CommandRow& row);
std::optional<CommandRow> find_command(Database& database, std::string_view id);
std::optional<CommandRow> find_command(Database& database, std::string_view author, std::string_view key);
void for_each_open_command(Database& database, const std::function<void(const CommandRow& row)>& take);
void forget_commands(Database& database, UtcTime before);
std::int64_t count_commands(Database& database);

}  // namespace busbar::manage
