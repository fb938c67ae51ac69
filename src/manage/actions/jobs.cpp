#include "manage/actions/jobs.hpp"

#include <algorithm>
#include <utility>

namespace busbar::manage {

namespace {

bool is_open(const std::shared_ptr<Job>& job) {
    return job->state == Job::State::pending || job->state == Job::State::in_progress;
}

}  // namespace

std::shared_ptr<Job> Jobs::add(std::string task, std::string author, UtcTime now) {
    if (static_cast<std::size_t>(std::count_if(jobs_.begin(), jobs_.end(), is_open)) >= max_open) return nullptr;
    auto job = std::make_shared<Job>();
    job->id = ++last_;
    job->task = std::move(task);
    job->author = std::move(author);
    job->created = now;
    jobs_.push_front(job);
    if (jobs_.size() > max_kept) jobs_.pop_back();
    return job;
}

std::shared_ptr<const Job> Jobs::find(std::int64_t id) const {
    const auto found = std::find_if(jobs_.begin(), jobs_.end(), [id](const auto& job) { return job->id == id; });
    return found == jobs_.end() ? nullptr : *found;
}

}  // namespace busbar::manage
