#include "manage/live/live.hpp"
#include "manage/rest/identify.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace {

/// Jobs are seen as by `GET /api/v1/jobs`: an engineer in areas only has his own.
Watcher watcher(const Actor& actor) {
    Watcher watcher{.sees_jobs = actor.may_somewhere(Role::engineer)};
    if (!actor.may(Role::engineer)) watcher.only_jobs_of = actor.name;
    return watcher;
}

Outcome<std::shared_ptr<LiveSession>> make_session(Installation& installation, const Call& call) {
    auto& live = installation.live;
    if (!live.hub.has_room())
        return refuse(Problem::Kind::too_many, "too_many_live_clients", "100 clients watch already");
    const TopicSources sources{installation.store,  live.points,        live.names,       live.texts,
                               installation.states, live.subscriptions, installation.jobs};
    return std::make_shared<LiveSession>(live.hub, sources, [&installation, request = call.http] {
        const auto actor = identify(installation, request, true);
        return actor ? std::optional(watcher(*actor)) : std::nullopt;
    });
}

Outcome<Answer> open(Installation& installation, const Call& call) {
    if (call.http.header("upgrade").empty())
        return refuse(Problem::Kind::invalid, "no_web_socket", "this address is for a WebSocket");
    return make_session(installation, call).map([](const std::shared_ptr<LiveSession>& session) {
        return Answer{101, nullptr, {}, {}, session};
    });
}

Outcome<LiveSession::Watch> read_wish(const Call& call) {
    const auto filter = read_filter([&call](std::string_view word) -> std::optional<std::string> {
        const auto given = call.asked(word);
        return given ? std::optional<std::string>(*given) : std::nullopt;
    });
    if (!filter) return tl::make_unexpected(filter.error());
    const std::string& topic = call.at("topic");
    const std::string connector(call.asked("connector").value_or(""));
    const std::chrono::milliseconds rate{call.number("rate_ms", LiveSession::usual_ms)};
    const auto job = call.asked("job") ? std::optional(call.number("job", 0)) : std::nullopt;
    return LiveSession::Watch{{topic, topic, *filter, connector, job}, rate};
}

Outcome<Answer> watch(Installation& installation, const Call& call) {
    const auto wish = read_wish(call);
    if (!wish) return tl::make_unexpected(wish.error());
    auto session = make_session(installation, call);
    if (!session) return tl::make_unexpected(session.error());
    const auto count = call.asked("count") ? std::optional(call.number("count", 0)) : std::nullopt;
    if (const auto watching = (*session)->watch_at_once(*wish, count); !watching)
        return tl::make_unexpected(watching.error());
    return Answer{200, nullptr, {{"content-type", "text/event-stream"}}, {}, *session};
}

}  // namespace

std::vector<Route> live_routes() {
    using Type = Parameter::Type;
    auto parameters = filter_parameters();
    parameters.push_back({"rate_ms", "How often at most; 250 without it", Type::integer, LiveSession::fastest_ms,
                          LiveSession::slowest_ms});
    parameters.push_back({"job", "Of jobs: only this one", Type::integer, 1});
    parameters.push_back({"count", "Ends after so many messages", Type::integer, 1});
    return {
        {"GET",
         "/api/v1/live",
         "openLive",
         "Live",
         "A WebSocket: send {\"subscribe\":{\"topic\":…}}, get LiveMessages",
         Role::viewer,
         {},
         {},
         101,
         {},
         false,
         {"no_web_socket", "foreign_origin", "too_many_live_clients"},
         at_once(open)},
        {"GET",
         "/api/v1/live/{topic}",
         "watchTopic",
         "Live",
         "One topic (points, events, connectors, logs, trace; jobs for engineers) as server-sent events",
         Role::viewer,
         {},
         "LiveMessage",
         200,
         std::move(parameters),
         false,
         {"invalid_filter", "no_such_topic", "no_such_connector", "no_such_job", "too_many_live_clients"},
         at_once(watch),
         "text/event-stream"},
    };
}

}  // namespace busbar::manage
