#pragma once

#include <atomic>
#include <boost/json/object.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "manage/actions/import_plan.hpp"
#include "manage/actions/problem.hpp"
#include "manage/database/database.hpp"
#include "manage/live/job_source.hpp"
#include "manage/tables/xlsx.hpp"
#include "net/event_loop.hpp"

namespace busbar::manage {

/// Work that takes longer than a request. Of the loop's thread, but for `cancelled`.
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
    struct Script {
        std::string name, element, device, request;  // the last: the GUID
        std::vector<std::string> log;                // the last lines of its standard error
    };
    std::optional<Script> script;
    /// Whoever works on it ends as soon as he can.
    std::shared_ptr<std::atomic<bool>> cancelled = std::make_shared<std::atomic<bool>>(false);

    bool is_open() const { return state == State::pending || state == State::in_progress; }
};

/// As a client sees it; `whole`: with what was found in the rows.
boost::json::object to_json(const Job& job, bool whole);
Problem cancelled_problem();

/// Jobs and what became of them. Those under way are in memory; the database has all, and a restart ends those that
/// were open. Of the loop's thread.
class Jobs : public JobSource {
public:
    static constexpr std::size_t max_kept = 200, max_open = 4;

    Jobs(net::EventLoop& loop, Database& database);

    /// Null: too many are open.
    std::shared_ptr<Job> add(const std::string& task, const std::string& author, bool dry_run = false);
    void begin_step(Job& job, std::string step, int progress);
    void end(Job& job, std::optional<Problem> problem);
    /// Notes what has come to it since it ended.
    void note(Job& job);

    /// Those of this run, newest first.
    const std::deque<std::shared_ptr<Job>>& all() const { return jobs_; }
    /// Newest first, without what was found in the rows.
    std::vector<boost::json::object> list() const override;
    std::optional<boost::json::object> summary(std::int64_t id) const override;
    const JobChanges& changes() const override { return changes_; }
    /// With what was found in the rows.
    std::optional<boost::json::object> find(std::int64_t id) const;
    /// Cancels it if it is under way, else takes it off the list. False: there is none.
    bool remove(std::int64_t id);

private:
    void end_interrupted();
    std::shared_ptr<Job> remembered(std::int64_t id) const;

    net::EventLoop& loop_;
    Database& database_;
    std::deque<std::shared_ptr<Job>> jobs_;
    JobChanges changes_;
};

}  // namespace busbar::manage
