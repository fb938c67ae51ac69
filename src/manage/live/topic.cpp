#include "manage/live/topic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "manage/live/event_json.hpp"
#include "point/point.hpp"
#include "store/keys.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

class EventsTopic : public Topic {
public:
    EventsTopic(const TopicSources& sources, const TopicWish& wish)
        : sources_(sources), filter_(wish.filter), queue_(wish, "events") {}

    void flush(LiveLine& line) override { queue_.flush(line); }

    void take(std::span<const store::StreamEntry> entries) override {
        for (const store::StreamEntry& entry : entries) {
            std::string item;
            if (entry.fault.empty() && is_wanted(entry) &&
                write_event(item, entry.id, entry.address, entry.source, entry.data))
                queue_.add(item);
        }
    }

private:
    bool is_wanted(const store::StreamEntry& entry) const {
        const auto point = point::read_json(entry.data);
        if (!point) return false;
        const PointTable& table = sources_.points.table();
        LivePoint as_live;
        as_live.type = point->type;
        as_live.cot = point->cot;
        as_live.quality = point->quality.bits;
        as_live.received = point->received.value_or(UtcTime{std::chrono::milliseconds{entry.id.milliseconds}});
        as_live.source = table.source_named(point->source.empty() ? entry.source : point->source).value_or(0);
        return filter_.matches(entry.address, &as_live, sources_.names.find(entry.address), table,
                               sources_.store.loop().utc_now());
    }

    TopicSources sources_;
    PointFilter filter_;
    TopicQueue queue_;
};

/// States of connectors when they change.
class ConnectorsTopic : public Topic {
public:
    ConnectorsTopic(const TopicSources& sources, const TopicWish& wish)
        : sources_(sources), head_(message_head(wish)) {}

    void flush(LiveLine& line) override {
        if (line.waiting() >= full) return;
        json::array news;
        std::map<std::string, json::object> present;
        for (const std::string& id : sources_.states.ids()) {
            json::object state = state_of(id);
            const auto before = told_.find(id);
            if (before == told_.end() || before->second != state) news.push_back(state);
            present.emplace(id, std::move(state));
        }
        for (const auto& [id, state] : told_) {
            if (!present.contains(id)) news.push_back({{"id", id}, {"gone", true}});
        }
        told_ = std::move(present);
        if (!news.empty() || std::exchange(first_, false))
            line.send(fmt::format("{},\"connectors\":{}}}", head_, json::serialize(news)));
        first_ = false;
    }

private:
    json::object state_of(const std::string& id) const {
        const std::string state = sources_.states.state(id);
        const auto& fields = sources_.states.fields(id);
        const auto detail = fields.find("detail");
        return {{"id", id},
                {"state", state.empty() ? "None" : state},
                {"detail", detail == fields.end() ? "" : detail->second}};
    }

    TopicSources sources_;
    std::string head_;
    std::map<std::string, json::object> told_;
    bool first_ = true;
};

/// What a connector publishes on a channel: log lines, frames.
class ChannelTopic : public Topic {
public:
    ChannelTopic(const TopicSources& sources, const TopicWish& wish, std::string channel)
        : queue_(wish, wish.topic),
          handle_(sources.subscriptions.channel(
              std::move(channel), {[this](std::string_view, std::string_view text) { add(text); }, [] {}})) {}

    void flush(LiveLine& line) override { queue_.flush(line); }

private:
    void add(std::string_view text) {
        json::error_code error;
        const auto value = json::parse(text, error);
        queue_.add(json::serialize(error ? json::value(text) : value));
    }

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
}

std::string message_head(const TopicWish& wish) {
    return fmt::format("{{\"topic\":\"{}\",\"id\":{}", wish.topic, json::serialize(json::string(wish.id)));
}

Outcome<std::unique_ptr<Topic>> make_topic(const TopicSources& sources, const TopicWish& wish) {
    if (wish.topic == "points") return make_points_topic(sources, wish);
    if (wish.topic == "events") return std::make_unique<EventsTopic>(sources, wish);
    if (wish.topic == "connectors") return std::make_unique<ConnectorsTopic>(sources, wish);
    const bool logs = wish.topic == "logs";
    if (!logs && wish.topic != "trace")
        return refuse(Problem::Kind::not_found, "no_such_topic",
                      "there are points, events, connectors, logs and trace");
    const auto& ids = sources.states.ids();
    if (std::ranges::find(ids, wish.connector) == ids.end())
        return refuse(Problem::Kind::not_found, "no_such_connector", "`connector` is none of the connectors");
    return std::make_unique<ChannelTopic>(sources, wish,
                                          logs ? store::keys::log(wish.connector) : store::keys::trace(wish.connector));
}

}  // namespace busbar::manage
