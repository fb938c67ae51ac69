#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "manage/live/connector_states.hpp"
#include "manage/live/event_batch.hpp"
#include "manage/live/job_source.hpp"
#include "manage/live/live_line.hpp"
#include "manage/live/live_points.hpp"
#include "manage/live/point_filter.hpp"
#include "manage/live/point_texts.hpp"
#include "manage/live/problem.hpp"
#include "store/subscriptions.hpp"

namespace busbar::manage {

/// Something that a client watches. What a client has not taken yet is bounded: values wait and only their newest goes
/// out; of what must not be merged it is said how much was left out.
class Topic {
public:
    /// Octets that are kept for a client at most, and with so many waiting for him nothing more is sent.
    static constexpr std::size_t full = LiveLine::full;

    virtual ~Topic() = default;
    /// Sends what is new.
    virtual void flush(LiveLine& line) = 0;
    virtual void take(EventBatch&) {}
    /// Batches may be missing between the last one and the next.
    virtual void missed(std::string_view) {}
    /// Why nothing can come any more.
    virtual std::optional<Problem> ended() const { return std::nullopt; }
};

/// What topics are made of.
struct TopicSources {
    store::Store& store;
    const LivePoints& points;
    PointNames& names;
    PointTexts& texts;
    const ConnectorStates& states;
    store::Subscriptions& subscriptions;
    const JobSource& jobs;
};

struct TopicWish {
    std::string topic, id;
    PointFilter filter = {};
    std::string connector = {};              // of logs and trace
    std::optional<std::int64_t> job = {};    // of jobs: only this one
    std::optional<std::string> author = {};  // of jobs: only his
};
Outcome<std::unique_ptr<Topic>> make_topic(const TopicSources& sources, const TopicWish& wish);

/// A queue of texts that become a message: {"topic":…,"id":…,"events":[…]}.
class TopicQueue {
public:
    TopicQueue(const TopicWish& wish, std::string_view member);
    /// Without room it is counted, and not kept.
    void add(std::string_view item);
    /// Says with what is there that items may be missing: {…,"gap":why}.
    void add_gap(std::string_view why) { gap_ = why; }
    void flush(LiveLine& line);

private:
    std::string head_, member_, items_, gap_;
    std::uint64_t dropped_ = 0;
};

/// {"topic":"points","id":"a"
std::string message_head(const TopicWish& wish);

std::unique_ptr<Topic> make_points_topic(const TopicSources& sources, const TopicWish& wish);
Outcome<std::unique_ptr<Topic>> make_jobs_topic(const JobSource& jobs, const TopicWish& wish);

}  // namespace busbar::manage
