#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
/// Which commands are asked for; what is absent does not count.
struct CommandFilter {
    std::optional<std::int64_t> casdu, ioa;  // the latter only together with the former
    std::optional<std::string> author;
    std::optional<bool> done;
    std::optional<CommandRow> after;  // only those that stand behind this one
};
/// Newest first, at most `limit`.
std::vector<CommandRow> find_commands(Database& database, const CommandFilter& filter, std::int64_t limit);
void for_each_open_command(Database& database, const std::function<void(const CommandRow& row)>& take);
void forget_commands(Database& database, UtcTime before);
std::int64_t count_commands(Database& database);

}  // namespace busbar::manage
