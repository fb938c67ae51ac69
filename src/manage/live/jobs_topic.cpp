#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "manage/live/job_source.hpp"
#include "manage/live/topic.hpp"

namespace busbar::manage {

namespace json = boost::json;

void JobChanges::add(std::int64_t job) {
    std::erase_if(changes_, [job](const Change& each) { return each.job == job; });
    changes_.push_back({++last_, job});
    if (changes_.size() <= most) return;
    forgotten_ = changes_.front().number;
    changes_.pop_front();
}

std::optional<std::vector<std::int64_t>> JobChanges::after(std::uint64_t number) const {
    if (number < forgotten_) return std::nullopt;
    std::vector<std::int64_t> jobs;
    for (auto each = std::ranges::upper_bound(changes_, number, {}, &Change::number); each != changes_.end(); ++each)
        jobs.push_back(each->job);
    return jobs;
}

namespace {

/// First what is there, then each job that changes, as it is by then.
class JobsTopic : public Topic {
public:
    JobsTopic(const JobSource& jobs, const TopicWish& wish)
        : jobs_(jobs), head_(message_head(wish)), only_(wish.job), author_(wish.author) {}

    void flush(LiveLine& line) override {
        if (line.waiting() >= full) return;
        const auto changed = told_ ? jobs_.changes().after(*told_) : std::nullopt;
        told_ = jobs_.changes().last();
        if (!changed) return line.send(fmt::format("{},\"snapshot\":\"end\",\"jobs\":{}}}", head_, all()));
        json::array news;
        for (const std::int64_t job : *changed) {
            if (!only_ || *only_ == job) add(news, job);
        }
        if (!news.empty()) line.send(fmt::format("{},\"jobs\":{}}}", head_, json::serialize(news)));
    }

private:
    bool may_tell(const json::object& job) const { return !author_ || job.at("author").as_string() == *author_; }

    std::string all() const {
        json::array all;
        if (only_) {
            add(all, *only_);
        } else {
            for (json::object& job : jobs_.list()) {
                if (may_tell(job)) all.push_back(std::move(job));
            }
        }
        return json::serialize(all);
    }

    void add(json::array& jobs, std::int64_t job) const {
        auto found = jobs_.summary(job);
        if (!found) return jobs.push_back(json::object{{"id", job}, {"gone", true}});
        if (may_tell(*found)) jobs.push_back(std::move(*found));
    }

    const JobSource& jobs_;
    std::string head_;
    std::optional<std::int64_t> only_;
    std::optional<std::string> author_;
    std::optional<std::uint64_t> told_;  // up to this change; nothing yet
};

}  // namespace

Outcome<std::unique_ptr<Topic>> make_jobs_topic(const JobSource& jobs, const TopicWish& wish) {
    const auto only = wish.job ? jobs.summary(*wish.job) : std::nullopt;
    if (wish.job && (!only || (wish.author && only->at("author").as_string() != *wish.author)))
        return refuse(Problem::Kind::not_found, "no_such_job", fmt::format("there is no job {}", *wish.job));
    return std::make_unique<JobsTopic>(jobs, wish);
}

}  // namespace busbar::manage
