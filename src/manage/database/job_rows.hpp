#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "manage/database/database.hpp"

namespace busbar::manage {

/// A row of table `job`. `summary` and `whole` are JSON objects.
struct JobRow {
    std::int64_t id = 0;
    bool done = false;
    std::string summary, whole;
};

/// Inserts a row whose id is 0 and returns its id, else replaces what is there.
std::int64_t save_job(Database& database, const JobRow& row);
std::optional<JobRow> find_job(Database& database, std::int64_t id);
/// Newest first; without `whole`.
std::vector<JobRow> last_jobs(Database& database, std::size_t limit);
std::vector<JobRow> open_jobs(Database& database);
void remove_job(Database& database, std::int64_t id);
/// Forgets those before the last `count`, but none that is open. Those.
std::vector<std::int64_t> keep_jobs(Database& database, std::size_t count);

}  // namespace busbar::manage
