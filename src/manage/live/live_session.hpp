#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "manage/live/topic.hpp"
#include "net/timer.hpp"

namespace busbar::manage {

class LiveSession;

/// Everybody who watches.
class LiveHub {
public:
    static constexpr std::size_t most_clients = 100;

    bool has_room() const { return count_ < most_clients; }
    std::size_t clients() const { return count_; }
    void take(std::span<const store::StreamEntry> entries, const PointTable& table, PointNames& names);
    /// Entries may be missing between those taken before and those that follow.
    void missed(std::string_view why);

private:
    friend class LiveSession;
    std::set<LiveSession*> open_;
    std::size_t count_ = 0;  // also those that are not open yet
};

/// Who watches, as far as topics differ in who may see them.
struct Watcher {
    bool sees_jobs = false;
    std::optional<std::string> only_jobs_of = {};
};

/// One client that watches topics, over a WebSocket or by server-sent events.
class LiveSession : public LiveClient, LiveLine {
public:
    static constexpr std::size_t most_topics = 20;
    static constexpr std::size_t longest_id = 64;
    static constexpr std::int64_t slowest_ms = 10'000, fastest_ms = 50, usual_ms = 250;
    static constexpr Duration look_every = std::chrono::seconds{10};
    /// A client that takes nothing for so long is dead.
    static constexpr Duration longest_silence = std::chrono::seconds{60};

    struct Watch {
        TopicWish wish;
        std::chrono::milliseconds rate{usual_ms};
    };
    /// Asked now and then; nobody: the login has ended.
    using Who = std::function<std::optional<Watcher>()>;

    LiveSession(LiveHub& hub, TopicSources sources, Who who);
    ~LiveSession() override;
    LiveSession(const LiveSession&) = delete;
    LiveSession& operator=(const LiveSession&) = delete;

    /// Watches from the beginning, and nothing else; ends after `count` messages. The problem of a wish that makes no
    /// sense.
    Outcome<void> watch_at_once(const Watch& watch, std::optional<std::int64_t> count);

    void opened(LiveLine& line) override;
    void received(std::string_view text) override;
    void drained() override;
    void closed() override;

private:
    friend class LiveHub;
    struct Watched {
        std::string topic_name;
        std::unique_ptr<Topic> topic;
        std::unique_ptr<net::Timer> timer;
        std::chrono::milliseconds rate{};
        std::optional<std::string> only_jobs_of;
        bool is_held_back = false;  // the line was full
    };
    using AllWatched = std::map<std::string, Watched>;

    // As topics see it: a line that ends after so many messages, and is full from then on.
    void send(std::string message) override;
    std::size_t waiting() const override;
    std::uint64_t taken() const override { return line_ != nullptr ? line_->taken() : 0; }
    void close(const std::string& reason) override;
    void cut() override;

    Outcome<AllWatched::iterator> watch(const Watch& watch);
    void try_subscribe(const boost::json::value& wish);
    void subscribe(const boost::json::value& wish);
    void unsubscribe(const boost::json::value& id);
    void start(AllWatched::iterator watched);
    void flush(AllWatched::iterator watched);
    void finish(AllWatched::iterator watched, const Problem& why);
    void refused(const Problem& problem, std::string_view id = {});
    template <class Work>
    void for_each(Work work);
    void look();
    void check(const std::optional<Watcher>& who);

    LiveHub& hub_;
    TopicSources sources_;
    Who who_;
    net::Timer timer_;
    LiveLine* line_ = nullptr;
    AllWatched watched_;
    bool watches_one_ = false, closing_ = false;
    std::optional<std::int64_t> left_;
    std::uint64_t taken_before_ = 0;
    TimePoint last_taken_;
};

/// {"topic":"points","id":"a","filter":{…},"connector":"rtu-1","job":17,"rate_ms":250}
Outcome<LiveSession::Watch> read_watch(const boost::json::value& wish);

}  // namespace busbar::manage
