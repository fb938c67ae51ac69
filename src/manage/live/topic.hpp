#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "manage/live/connector_states.hpp"
#include "manage/live/live_line.hpp"
#include "manage/live/live_points.hpp"
#include "manage/live/point_filter.hpp"
#include "manage/live/problem.hpp"
#include "store/subscriptions.hpp"

namespace busbar::manage {

/// Something that a client watches. What a client has not taken yet is bounded: values wait and only their newest goes
/// out; of what must not be merged it is said how much was left out.
class Topic {
public:
    /// With so many octets waiting for the client, nothing more is sent.
    static constexpr std::size_t full = std::size_t{256} << 10;

    virtual ~Topic() = default;
    /// Sends what is new.
    virtual void flush(LiveLine& line) = 0;
    virtual void take(std::span<const store::StreamEntry>) {}
};

/// What topics are made of.
struct TopicSources {
    store::Store& store;
    const LivePoints& points;
    PointNames& names;
    const ConnectorStates& states;
    store::Subscriptions& subscriptions;
};

struct TopicWish {
    std::string topic, id;
    PointFilter filter;
    std::string connector;  // of logs and trace
};
Outcome<std::unique_ptr<Topic>> make_topic(const TopicSources& sources, const TopicWish& wish);

/// A queue of texts that become a message: {"topic":…,"id":…,"events":[…]}.
class TopicQueue {
public:
    TopicQueue(const TopicWish& wish, std::string_view member);
    void add(std::string_view item);
    void flush(LiveLine& line);

private:
    std::string head_, member_, items_;
    std::size_t dropped_ = 0;
};

/// {"topic":"points","id":"a"
std::string message_head(const TopicWish& wish);

std::unique_ptr<Topic> make_points_topic(const TopicSources& sources, const TopicWish& wish);

}  // namespace busbar::manage
