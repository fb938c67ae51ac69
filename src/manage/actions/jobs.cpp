#include "manage/actions/jobs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "manage/database/job_rows.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

/// In memory, besides those that are open.
constexpr std::size_t max_remembered = 8;

bool is_open(const std::shared_ptr<Job>& job) { return job->is_open(); }

}  // namespace

Problem cancelled_problem() { return {Problem::Kind::conflict, "cancelled", "somebody cancelled it"}; }

Jobs::Jobs(net::EventLoop& loop, Database& database) : loop_(loop), database_(database) { end_interrupted(); }

void Jobs::end_interrupted() {
    Job end;
    end.state = Job::State::failed;
    end.finished = loop_.utc_now();
    end.problem = Problem{Problem::Kind::unavailable, "restarted", "the service was restarted"};
    const json::object ended = to_json(end, false);
    for (JobRow row : open_jobs(database_)) {
        for (std::string* text : {&row.summary, &row.whole}) {
            json::value job = json::parse(*text);
            for (const char* member : {"state", "finished", "problem"}) job.as_object()[member] = ended.at(member);
            *text = json::serialize(job);
        }
        row.done = true;
        save_job(database_, row);
    }
}

std::shared_ptr<Job> Jobs::add(const std::string& task, const std::string& author, bool dry_run) {
    if (static_cast<std::size_t>(std::count_if(jobs_.begin(), jobs_.end(), is_open)) >= max_open) return nullptr;
    auto job = std::make_shared<Job>();
    job->task = task;
    job->author = author;
    job->created = loop_.utc_now();
    job->dry_run = dry_run;
    job->id = save_job(database_, {0, false, "{}", "{}"});
    note(*job);
    jobs_.push_front(job);
    if (jobs_.size() > max_open + max_remembered) {
        const auto last = std::find_if_not(jobs_.rbegin(), jobs_.rend(), is_open);
        if (last != jobs_.rend()) jobs_.erase(std::next(last).base());
    }
    return job;
}

void Jobs::begin_step(Job& job, std::string step, int progress) {
    job.state = Job::State::in_progress;
    job.step = std::move(step);
    job.progress = progress;
    changes_.add(job.id);
}

void Jobs::end(Job& job, std::optional<Problem> problem) {
    job.state = problem ? Job::State::failed : Job::State::completed;
    job.step = problem ? job.step : "Done";
    job.progress = problem ? job.progress : 100;
    job.problem = std::move(problem);
    job.finished = loop_.utc_now();
    note(job);
}

/// A full disk must not end more than the job.
void Jobs::note(Job& job) {
    changes_.add(job.id);
    try {
        save_job(database_,
                 {job.id, !job.is_open(), json::serialize(to_json(job, false)), json::serialize(to_json(job, true))});
        for (const std::int64_t forgotten : keep_jobs(database_, max_kept)) changes_.add(forgotten);
    } catch (const std::exception& error) {
        fmt::print(stderr, "job {} is not noted: {}\n", job.id, error.what());
    }
}

std::shared_ptr<Job> Jobs::remembered(std::int64_t id) const {
    const auto job = std::find_if(jobs_.begin(), jobs_.end(), [id](const auto& each) { return each->id == id; });
    return job != jobs_.end() ? *job : nullptr;
}

std::vector<json::object> Jobs::list() const {
    std::vector<json::object> found;
    for (const JobRow& row : last_jobs(database_, max_kept)) {
        const auto job = remembered(row.id);
        found.push_back(job ? to_json(*job, false) : json::parse(row.summary).as_object());
    }
    return found;
}

std::optional<json::object> Jobs::summary(std::int64_t id) const {
    if (const auto job = remembered(id)) return to_json(*job, false);
    const auto row = find_job(database_, id);
    if (!row) return std::nullopt;
    return json::parse(row->summary).as_object();
}

std::optional<json::object> Jobs::find(std::int64_t id) const {
    if (const auto job = remembered(id)) return to_json(*job, true);
    const auto row = find_job(database_, id);
    if (!row) return std::nullopt;
    return json::parse(row->whole).as_object();
}

bool Jobs::remove(std::int64_t id) {
    const auto job = remembered(id);
    if (job && job->is_open()) {
        *job->cancelled = true;
        return true;
    }
    if (!job && !find_job(database_, id)) return false;
    std::erase(jobs_, job);
    remove_job(database_, id);
    changes_.add(id);
    return true;
}

}  // namespace busbar::manage
