#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "manage/actions/import_plan.hpp"
#include "manage/actions/problem.hpp"
#include "manage/tables/xlsx.hpp"

namespace busbar::manage {

/// Work that takes longer than a request.
struct Job {
    enum class State : std::uint8_t { pending, in_progress, completed, failed };

    std::int64_t id = 0;
    State state = State::pending;
    std::string task, step;  // "Import of points", "Checking the rows"
    int progress = 0;        // percent
    std::string author;
    UtcTime created, finished;
    std::optional<Problem> problem;     // why it failed
    std::string sheet;                  // that was read
    std::vector<tables::Sheet> sheets;  // of the workbook
    std::optional<ImportPlan> plan;     // without its changes
    bool dry_run = false;
    std::int64_t revision = 0;  // that it made; 0: none
};

/// The last jobs; a restart forgets them. Of the loop's thread.
class Jobs {
public:
    static constexpr std::size_t max_kept = 50, max_open = 4;

    /// Null: too many are open.
    std::shared_ptr<Job> add(std::string task, std::string author, UtcTime now);
    /// Newest first.
    const std::deque<std::shared_ptr<Job>>& all() const { return jobs_; }
    std::shared_ptr<const Job> find(std::int64_t id) const;

private:
    std::deque<std::shared_ptr<Job>> jobs_;
    std::int64_t last_ = 0;
};

}  // namespace busbar::manage
