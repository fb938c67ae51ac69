#include "manage/live/live_session.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

namespace busbar::manage {

namespace json = boost::json;

namespace {

constexpr unsigned deepest = 8;

std::string text_of(const json::value& value) {
    return value.is_string() ? std::string(value.as_string()) : json::serialize(value);
}

tl::unexpected<Problem> invalid(std::string detail) {
    return refuse(Problem::Kind::invalid, "invalid_message", std::move(detail));
}

Outcome<PointFilter> filter_of(const json::object& wish) {
    const auto* given = wish.if_contains("filter");
    if (given == nullptr) return PointFilter{};
    if (!given->is_object()) return invalid("`filter` is no object");
    for (const auto& [word, value] : given->as_object()) {
        if (std::ranges::find(filter_words, std::string_view(word)) == std::end(filter_words))
            return refuse(Problem::Kind::invalid, "invalid_filter", "there is no filter " + std::string(word));
    }
    return read_filter([given](std::string_view word) -> std::optional<std::string> {
        const auto* value = given->as_object().if_contains(word);
        return value != nullptr ? std::optional(text_of(*value)) : std::nullopt;
    });
}

}  // namespace

Outcome<LiveSession::Watch> read_watch(const json::value& given) {
    if (!given.is_object()) return invalid("`subscribe` is no object");
    const json::object& wish = given.as_object();
    LiveSession::Watch watch;
    for (const auto& [name, into] : {std::pair{"topic", &watch.wish.topic}, std::pair{"id", &watch.wish.id},
                                     std::pair{"connector", &watch.wish.connector}}) {
        const auto* value = wish.if_contains(name);
        if (value == nullptr) continue;
        if (!value->is_string() || value->as_string().size() > LiveSession::longest_id)
            return invalid(std::string(name) + " is no text of at most 64 octets");
        *into = value->as_string();
    }
    if (watch.wish.id.empty()) watch.wish.id = watch.wish.topic;
    if (const auto* rate = wish.if_contains("rate_ms")) {
        json::error_code error;
        const auto milliseconds = rate->to_number<std::int64_t>(error);
        if (error || milliseconds < LiveSession::fastest_ms || milliseconds > LiveSession::slowest_ms)
            return invalid("rate_ms is a number from 50 to 10000");
        watch.rate = std::chrono::milliseconds{milliseconds};
    }
    auto filter = filter_of(wish);
    if (!filter) return tl::make_unexpected(filter.error());
    watch.wish.filter = std::move(*filter);
    return watch;
}

void LiveHub::take(std::span<const store::StreamEntry> entries) {
    for (LiveSession* session : open_) {
        for (auto& [id, watched] : session->watched_) watched.topic->take(entries);
    }
}

LiveSession::LiveSession(LiveHub& hub, TopicSources sources, std::function<bool()> still_good)
    : hub_(hub), sources_(sources), still_good_(std::move(still_good)), timer_(sources.store.loop()) {
    ++hub_.count_;
}

LiveSession::~LiveSession() {
    hub_.open_.erase(this);
    --hub_.count_;
}

Outcome<void> LiveSession::watch_at_once(Watch wanted, std::optional<std::int64_t> count) {
    left_ = count;
    return watch(wanted);
}

void LiveSession::opened(LiveLine& line) {
    line_ = &line;
    hub_.open_.insert(this);
    last_drained_ = sources_.store.loop().now();
    timer_.every(look_every, [this] { look(); });
    for (auto& [id, watched] : watched_) start(watched, rates_[id]);
}

void LiveSession::received(std::string_view text) {
    json::error_code error;
    json::parse_options options;
    options.max_depth = deepest;
    const auto message = json::parse(text, error, {}, options);
    if (error || !message.is_object()) return refused(invalid("a message is a JSON object").value());
    const json::object& wishes = message.as_object();
    if (const auto* wish = wishes.if_contains("subscribe")) {
        const auto wanted = read_watch(*wish);
        if (!wanted) return refused(wanted.error());
        if (const auto done = watch(*wanted); !done) return refused(done.error());
        send(json::serialize(json::object{{"subscribed", wanted->wish.id}}));
        return start(watched_[wanted->wish.id], wanted->rate);
    }
    if (const auto* id = wishes.if_contains("unsubscribe"); id != nullptr && id->is_string()) {
        if (watched_.erase(std::string(id->as_string())) == 0)
            return refused(refuse(Problem::Kind::not_found, "no_such_subscription", "nothing has this id").value());
        return send(json::serialize(json::object{{"unsubscribed", *id}}));
    }
    refused(invalid("a message has `subscribe` or `unsubscribe`").value());
}

Outcome<void> LiveSession::watch(const Watch& wanted) {
    const std::string& id = wanted.wish.id;
    if (!watched_.contains(id) && watched_.size() >= most_topics)
        return refuse(Problem::Kind::too_many, "too_many_subscriptions", "a client has 20 at most");
    auto topic = make_topic(sources_, wanted.wish);
    if (!topic) return tl::make_unexpected(topic.error());
    watched_[id] = {std::move(*topic), std::make_unique<net::Timer>(sources_.store.loop())};
    rates_[id] = wanted.rate;
    return {};
}

void LiveSession::start(Watched& watched, std::chrono::milliseconds rate) {
    watched.timer->every(rate, [this, &watched] { flush(watched); });
    flush(watched);
}

void LiveSession::flush(Watched& watched) {
    watched.topic->flush(*this);
    watched.is_held_back = waiting() >= Topic::full;
}

void LiveSession::refused(const Problem& problem) {
    send(json::serialize(json::object{{"error", {{"code", problem.code}, {"detail", problem.detail}}}}));
}

/// A login that ended ends what it watches; so does a client that takes nothing.
void LiveSession::look() {
    const TimePoint now = sources_.store.loop().now();
    if (waiting() == 0) last_drained_ = now;
    if (now - last_drained_ >= longest_silence) return cut();
    if (!still_good_()) close("the login has ended");
}

void LiveSession::drained() {
    last_drained_ = sources_.store.loop().now();
    for (auto& [id, watched] : watched_) {
        if (watched.is_held_back) flush(watched);
    }
}

void LiveSession::closed() {
    timer_.cancel();
    hub_.open_.erase(this);
    watched_.clear();
    line_ = nullptr;
}

void LiveSession::send(std::string message) {
    if (line_ == nullptr || left_ == 0) return;
    line_->send(std::move(message));
    if (left_ && --*left_ == 0) line_->close("that was what was asked for");
}

void LiveSession::close(const std::string& reason) {
    if (line_ != nullptr) line_->close(reason);
}

void LiveSession::cut() {
    if (line_ != nullptr) line_->cut();
}

}  // namespace busbar::manage
