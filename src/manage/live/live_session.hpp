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
    void take(std::span<const store::StreamEntry> entries);

private:
    friend class LiveSession;
    std::set<LiveSession*> open_;
    std::size_t count_ = 0;  // also those that are not open yet
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
    /// `still_good`: the login holds.
    LiveSession(LiveHub& hub, TopicSources sources, std::function<bool()> still_good);
    ~LiveSession() override;
    LiveSession(const LiveSession&) = delete;
    LiveSession& operator=(const LiveSession&) = delete;

    /// Watches from the beginning, and ends after `count` messages. The problem of a wish that makes no sense.
    Outcome<void> watch_at_once(Watch watch, std::optional<std::int64_t> count);

    void opened(LiveLine& line) override;
    void received(std::string_view text) override;
    void drained() override;
    void closed() override;

private:
    friend class LiveHub;
    struct Watched {
        std::unique_ptr<Topic> topic;
        std::unique_ptr<net::Timer> timer;
        bool is_held_back = false;  // the line was full
    };

    // As topics see it: a line that ends after so many messages.
    void send(std::string message) override;
    std::size_t waiting() const override { return line_ != nullptr ? line_->waiting() : 0; }
    void close(const std::string& reason) override;
    void cut() override;

    Outcome<void> watch(const Watch& watch);
    void flush(Watched& watched);
    void start(Watched& watched, std::chrono::milliseconds rate);
    void refused(const Problem& problem);
    void look();

    LiveHub& hub_;
    TopicSources sources_;
    std::function<bool()> still_good_;
    net::Timer timer_;
    LiveLine* line_ = nullptr;
    std::map<std::string, Watched> watched_;
    std::map<std::string, std::chrono::milliseconds> rates_;
    std::optional<std::int64_t> left_;
    TimePoint last_drained_;
};

/// {"topic":"points","id":"a","filter":{…},"connector":"rtu-1","rate_ms":250}
Outcome<LiveSession::Watch> read_watch(const boost::json::value& wish);

}  // namespace busbar::manage
