#include "manage/live/topic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "store/keys.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

class EventsTopic : public Topic {
public:
    EventsTopic(const TopicSources& sources, const TopicWish& wish)
        : loop_(sources.store.loop()), filter_(wish.filter), queue_(wish, "events") {}

    void flush(LiveLine& line) override { queue_.flush(line); }

    void take(EventBatch& batch) override {
        const UtcTime now = loop_.utc_now();
        for (const EventBatch::Event& event : batch.events()) {
            if (filter_.matches(event.point.address, &event.point, event.name, batch.table(), now))
                queue_.add(event.json);
        }
    }

    void missed(std::string_view why) override { queue_.add_gap(why); }

private:
    net::EventLoop& loop_;
    PointFilter filter_;
    TopicQueue queue_;
};

/// States of connectors when they change.
class ConnectorsTopic : public Topic {
public:
    ConnectorsTopic(const TopicSources& sources, const TopicWish& wish)
        : states_(sources.states), head_(message_head(wish)) {}

    void flush(LiveLine& line) override {
        if (line.waiting() >= full) return;
        json::array news;
        for (const std::string& id : states_.ids()) {
            State now = state_of(id);
            const auto [told, is_new] = told_.try_emplace(id);
            if (!is_new && told->second == now) continue;
            news.push_back({{"id", id}, {"state", now.state}, {"detail", now.detail}});
            told->second = std::move(now);
        }
        add_gone(news);
        if (!news.empty() || std::exchange(first_, false))
            line.send(fmt::format("{},\"connectors\":{}}}", head_, json::serialize(news)));
        first_ = false;
    }

private:
    struct State {
        std::string state, detail;
        bool operator==(const State&) const = default;
    };

    State state_of(const std::string& id) const {
        std::string state = states_.state(id);
        const auto& fields = states_.fields(id);
        const auto detail = fields.find("detail");
        return {state.empty() ? "None" : std::move(state), detail == fields.end() ? "" : detail->second};
    }

    void add_gone(json::array& news) {
        const auto& ids = states_.ids();
        if (told_.size() == ids.size()) return;
        std::erase_if(told_, [&](const auto& told) {
            const bool is_gone = std::ranges::find(ids, told.first) == ids.end();
            if (is_gone) news.push_back({{"id", told.first}, {"gone", true}});
            return is_gone;
        });
    }

    const ConnectorStates& states_;
    std::string head_;
    std::map<std::string, State> told_;
    bool first_ = true;
};

tl::unexpected<Problem> no_such_connector(const std::string& connector) {
    return refuse(Problem::Kind::not_found, "no_such_connector", fmt::format("there is no connector {}", connector));
}

bool has(const ConnectorStates& states, const std::string& connector) {
    return std::ranges::find(states.ids(), connector) != states.ids().end();
}

/// What a connector publishes on a channel: log lines, frames.
class ChannelTopic : public Topic {
public:
    ChannelTopic(const TopicSources& sources, const TopicWish& wish, std::string channel)
        : states_(sources.states),
          connector_(wish.connector),
          queue_(wish, wish.topic),
          handle_(sources.subscriptions.channel(
              std::move(channel), {[this](std::string_view, std::string_view text) { add(text); }, [] {}})) {}

    void flush(LiveLine& line) override { queue_.flush(line); }

    std::optional<Problem> ended() const override {
        if (has(states_, connector_)) return std::nullopt;
        return no_such_connector(connector_).value();
    }

private:
    void add(std::string_view text) {
        json::error_code error;
        const auto value = json::parse(text, error);
        queue_.add(json::serialize(error ? json::value(text) : value));
    }

    const ConnectorStates& states_;
    std::string connector_;
    TopicQueue queue_;
    store::Subscriptions::Handle handle_;
};

}  // namespace

TopicQueue::TopicQueue(const TopicWish& wish, std::string_view member) : head_(message_head(wish)), member_(member) {}

void TopicQueue::add(std::string_view item) {
    if (items_.size() + item.size() > Topic::full) {
        ++dropped_;
        return;
    }
    if (!items_.empty()) items_ += ',';
    items_ += item;
}

void TopicQueue::flush(LiveLine& line) {
    if (line.waiting() >= Topic::full) return;
    if (!items_.empty()) line.send(fmt::format("{},\"{}\":[{}]}}", head_, member_, std::exchange(items_, {})));
    if (dropped_ != 0) line.send(fmt::format("{},\"dropped\":{}}}", head_, std::exchange(dropped_, 0)));
    if (!gap_.empty())
        line.send(fmt::format("{},\"gap\":{}}}", head_, json::serialize(json::string(std::exchange(gap_, {})))));
}

std::string message_head(const TopicWish& wish) {
    return fmt::format("{{\"topic\":\"{}\",\"id\":{}", wish.topic, json::serialize(json::string(wish.id)));
}

Outcome<std::unique_ptr<Topic>> make_topic(const TopicSources& sources, const TopicWish& wish) {
    if (wish.topic == "points") return make_points_topic(sources, wish);
    if (wish.topic == "events") return std::make_unique<EventsTopic>(sources, wish);
    if (wish.topic == "connectors") return std::make_unique<ConnectorsTopic>(sources, wish);
    if (wish.topic == "jobs") return make_jobs_topic(sources.jobs, wish);
    const bool logs = wish.topic == "logs";
    if (!logs && wish.topic != "trace")
        return refuse(Problem::Kind::not_found, "no_such_topic",
                      "there are points, events, connectors, logs, trace and jobs");
    if (!has(sources.states, wish.connector)) return no_such_connector(wish.connector);
    return std::make_unique<ChannelTopic>(sources, wish,
                                          logs ? store::keys::log(wish.connector) : store::keys::trace(wish.connector));
}

}  // namespace busbar::manage
