#include "manage/live/live_session.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <limits>
#include <tuple>
#include <utility>

namespace busbar::manage {

namespace json = boost::json;

namespace {

constexpr unsigned deepest = 8;

tl::unexpected<Problem> invalid(std::string detail) {
    return refuse(Problem::Kind::invalid, "invalid_message", std::move(detail));
}

/// What throws is the machine's fault (a full disk, a damaged database). It ends what was asked for, not the service.
Problem failed(const std::exception& error) { return {Problem::Kind::failed, "failed", error.what(), {}}; }

/// So that the client knows what was refused, if he said it.
std::string_view id_in(const json::value& wish) {
    const auto* id = wish.is_object() ? wish.as_object().if_contains("id") : nullptr;
    const bool is_good = id != nullptr && id->is_string() && id->as_string().size() <= LiveSession::longest_id;
    return is_good ? std::string_view(id->as_string()) : std::string_view();
}

/// The rights of `GET /api/v1/jobs`; all else is for whoever may look.
bool may_see(const Watcher& watcher, std::string_view topic) { return topic != "jobs" || watcher.sees_jobs; }

tl::unexpected<Problem> forbidden() {
    return refuse(Problem::Kind::forbidden, "forbidden", "jobs are for who may see the list of jobs: engineers");
}

}  // namespace

void LiveHub::take(std::span<const store::StreamEntry> entries, const PointTable& table, PointNames& names) {
    EventBatch batch(entries, table, names);
    for (LiveSession* session : open_) {
        for (auto& [id, watched] : session->watched_) watched.topic->take(batch);
    }
}

void LiveHub::missed(std::string_view why) {
    for (LiveSession* session : open_) {
        for (auto& [id, watched] : session->watched_) watched.topic->missed(why);
    }
}

LiveSession::LiveSession(LiveHub& hub, TopicSources sources, Who who)
    : hub_(hub), sources_(sources), who_(std::move(who)), timer_(sources_.store.loop()) {
    ++hub_.count_;
}

LiveSession::~LiveSession() {
    hub_.open_.erase(this);
    --hub_.count_;
}

Outcome<void> LiveSession::watch_at_once(const Watch& wanted, std::optional<std::int64_t> count) {
    left_ = count;
    watches_one_ = true;
    return watch(wanted).map([](const auto&) {});
}

void LiveSession::opened(LiveLine& line) {
    line_ = &line;
    hub_.open_.insert(this);
    last_taken_ = sources_.store.loop().now();
    timer_.every(look_every, [this] { look(); });
    for_each([this](AllWatched::iterator watched) { start(watched); });
}

void LiveSession::received(std::string_view text) {
    json::error_code error;
    json::parse_options options;
    options.max_depth = deepest;
    const auto message = json::parse(text, error, {}, options);
    if (error || !message.is_object()) return refused(invalid("a message is a JSON object").value());
    const json::object& wishes = message.as_object();
    if (const auto* wish = wishes.if_contains("subscribe")) return try_subscribe(*wish);
    if (const auto* id = wishes.if_contains("unsubscribe"); id != nullptr && id->is_string()) return unsubscribe(*id);
    refused(invalid("a message has `subscribe` or `unsubscribe`").value());
}

void LiveSession::try_subscribe(const json::value& wish) {
    try {
        subscribe(wish);
    } catch (const std::exception& error) {
        refused(failed(error), id_in(wish));
    }
}

void LiveSession::subscribe(const json::value& wish) {
    const auto wanted = read_watch(wish);
    if (!wanted) return refused(wanted.error(), id_in(wish));
    const auto watched = watch(*wanted);
    if (!watched) return refused(watched.error(), wanted->wish.id);
    send(json::serialize(json::object{{"subscribed", wanted->wish.id}}));
    start(*watched);
}

void LiveSession::unsubscribe(const json::value& id) {
    if (watched_.erase(std::string(id.as_string())) == 0)
        return refused(refuse(Problem::Kind::not_found, "no_such_subscription", "nothing has this id").value());
    send(json::serialize(json::object{{"unsubscribed", id}}));
}

Outcome<LiveSession::AllWatched::iterator> LiveSession::watch(const Watch& wanted) {
    const auto& [wish, rate] = wanted;
    if (!watched_.contains(wish.id) && watched_.size() >= most_topics)
        return refuse(Problem::Kind::too_many, "too_many_subscriptions", "a client has 20 at most");
    const auto who = who_().value_or(Watcher{});
    if (!may_see(who, wish.topic)) return forbidden();
    auto his_wish = wish;
    his_wish.author = who.only_jobs_of;
    auto topic = make_topic(sources_, his_wish);
    if (!topic) return tl::make_unexpected(topic.error());
    auto timer = std::make_unique<net::Timer>(sources_.store.loop());
    return watched_
        .insert_or_assign(wish.id, Watched{wish.topic, std::move(*topic), std::move(timer), rate, who.only_jobs_of})
        .first;
}

void LiveSession::start(AllWatched::iterator watched) {
    watched->second.timer->every(watched->second.rate, [this, watched] { flush(watched); });
    flush(watched);
}

/// Work may end the one at hand.
template <class Work>
void LiveSession::for_each(Work work) {
    for (auto next = watched_.begin(); next != watched_.end();) work(next++);
}

void LiveSession::flush(AllWatched::iterator watched) {
    std::optional<Problem> why;
    try {
        why = watched->second.topic->ended();
        if (!why) watched->second.topic->flush(*this);
    } catch (const std::exception& error) {
        why = failed(error);
    }
    if (why) return finish(watched, *why);
    watched->second.is_held_back = waiting() >= full;
}

void LiveSession::finish(AllWatched::iterator watched, const Problem& why) {
    const auto ended = watched_.extract(watched);  // with the timer that may be calling
    refused(why, ended.key());
    if (watches_one_) close(why.detail);
}

void LiveSession::refused(const Problem& problem, std::string_view id) {
    json::object message{{"error", {{"code", problem.code}, {"detail", problem.detail}}}};
    if (!id.empty()) message["id"] = id;
    send(json::serialize(message));
}

/// A login that ended ends what it watches; so does a client that takes nothing.
void LiveSession::look() {
    const TimePoint now = sources_.store.loop().now();
    const std::uint64_t taken = line_->taken();
    if (line_->waiting() == 0 || taken != taken_before_) last_taken_ = now;
    taken_before_ = taken;
    if (now - last_taken_ >= longest_silence) return cut();
    try {
        check(who_());
    } catch (const std::exception& error) {
        fmt::print(stderr, "who watches is not known now: {}\n", error.what());
    }
}

void LiveSession::check(const std::optional<Watcher>& who) {
    if (!who) return close("the login has ended");
    for_each([&](AllWatched::iterator watched) {
        const auto& [topic, only_jobs_of] = std::tie(watched->second.topic_name, watched->second.only_jobs_of);
        const bool fewer = topic == "jobs" && who->only_jobs_of != only_jobs_of;
        if (fewer || !may_see(*who, topic)) finish(watched, forbidden().value());
    });
}

void LiveSession::drained() {
    for_each([this](AllWatched::iterator watched) {
        if (watched->second.is_held_back) flush(watched);
    });
}

void LiveSession::closed() {
    timer_.cancel();
    hub_.open_.erase(this);
    watched_.clear();
    line_ = nullptr;
}

void LiveSession::send(std::string message) {
    if (line_ == nullptr || closing_) return;
    line_->send(std::move(message));
    if (left_ && --*left_ == 0) close("that was what was asked for");
}

std::size_t LiveSession::waiting() const {
    return line_ == nullptr || closing_ ? std::numeric_limits<std::size_t>::max() : line_->waiting();
}

void LiveSession::close(const std::string& reason) {
    if (line_ == nullptr || std::exchange(closing_, true)) return;
    line_->close(reason);
}

void LiveSession::cut() {
    if (line_ != nullptr) line_->cut();
}

}  // namespace busbar::manage
