#include "manage/live/live_session.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manage/heard_line.hpp"

namespace busbar::manage {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto usual = std::chrono::milliseconds{LiveSession::usual_ms};

json::object parsed(std::string_view text) { return json::parse(text).as_object(); }

/// A subscription with these members.
std::string wish(std::string_view members) { return fmt::format(R"({{"subscribe":{{{}}}}})", members); }

class LiveSessions : public testing::Test {
protected:
    void take_event(std::string_view data, std::uint32_t ioa = 1) {
        const store::StreamEntry entry{{1'700'000'000'000, 0}, {1, ioa}, "rtu-1", data, {}};
        bench.live.hub.take({&entry, 1}, bench.live.points.table(), bench.live.names);
    }

    InstallationBench bench;
    LoggedIn viewer = bench.log_in_as("vera", Role::viewer);
    const std::string event = R"({"type":35,"value":5,"source":"rtu-1"})";
};

TEST_F(LiveSessions, WhatMakesNoSenseIsRefusedAndTheRestGoesOn) {
    const std::string long_id(LiveSession::longest_id + 1, 'x');
    const std::pair<std::string, std::string> rows[] = {
        {"no JSON", "invalid_message"},
        {"[]", "invalid_message"},
        {"{}", "invalid_message"},
        {R"({"unsubscribe":7})", "invalid_message"},
        {R"({"unsubscribe":"nothing"})", "no_such_subscription"},
        {R"({"subscribe":"points"})", "invalid_message"},
        {wish(R"("topic":"weather")"), "no_such_topic"},
        {wish(R"("topic":7)"), "invalid_message"},
        {wish(""), "no_such_topic"},
        {wish(R"("topic":"points","fitler":{})"), "invalid_message"},
        {wish(R"("topic":"points","id":")" + long_id + '"'), "invalid_message"},
        {wish(R"("topic":")" + long_id + '"'), "invalid_message"},
        {wish(R"("topic":"logs","connector":")" + long_id + '"'), "invalid_message"},
        {wish(R"("topic":"logs","connector":"nobody")"), "no_such_connector"},
        {wish(R"("topic":"trace")"), "no_such_connector"},
        {wish(R"("topic":"points","rate_ms":49)"), "invalid_message"},
        {wish(R"("topic":"points","rate_ms":10001)"), "invalid_message"},
        {wish(R"("topic":"points","rate_ms":"fast")"), "invalid_message"},
        {wish(R"("topic":"points","rate_ms":99.5)"), "invalid_message"},
        {wish(R"("topic":"points","filter":[])"), "invalid_message"},
        {wish(R"("topic":"points","filter":{"colour":"red"})"), "invalid_filter"},
        {wish(R"("topic":"points","filter":{"casdu":65536})"), "invalid_filter"},
        {wish(R"("topic":"points","filter":{"a":{"a":{"a":{"a":{"a":{"a":{}}}}}}})"), "invalid_message"},
    };
    Watching watching(bench, viewer);
    for (const auto& [message, code] : rows) EXPECT_EQ(watching.refusal(message), code) << message;
    EXPECT_THAT(watching.say(wish(R"("topic":"points","id":"p","rate_ms":50)")).at(0), parsed(R"({"subscribed":"p"})"));
    EXPECT_EQ(watching.say(wish(R"("topic":"weather","id":"w")")).at(0).at("id"), "w") << "it says what was refused";
    EXPECT_EQ(watching.say(wish(R"("topic":"points","id":"r","rate_ms":1)")).at(0).at("id"), "r");
    EXPECT_EQ(watching.line.closed, "");
}

TEST_F(LiveSessions, AClientHasTwentySubscriptions) {
    Watching watching(bench, viewer);
    for (std::size_t i = 0; i < LiveSession::most_topics; ++i)
        EXPECT_EQ(watching.refusal(wish(fmt::format(R"("topic":"events","id":"{}")", i))), "");
    EXPECT_EQ(watching.refusal(wish(R"("topic":"events","id":"one too many")")), "too_many_subscriptions");
    EXPECT_EQ(watching.refusal(wish(R"("topic":"events","id":"7")")), "") << "another one in its place";
    take_event(event);
    watching.line.heard.clear();
    pass(bench, usual);
    EXPECT_EQ(watching.take_heard().size(), LiveSession::most_topics) << "the others go on";
    EXPECT_THAT(watching.say(R"({"unsubscribe":"7"})").at(0), parsed(R"({"unsubscribed":"7"})"));
    EXPECT_EQ(watching.refusal(wish(R"("topic":"events","id":"one more")")), "");
}

TEST_F(LiveSessions, ThereAreAHundredClients) {
    std::vector<std::unique_ptr<Watching>> all;
    for (std::size_t i = 0; i < LiveHub::most_clients; ++i) all.push_back(std::make_unique<Watching>(bench, viewer));
    EXPECT_EQ(all.back()->answer.status, 101u);
    for (const char* target : {"/api/v1/live", "/api/v1/live/points"}) {
        const Watching refused(bench, viewer, target);
        EXPECT_EQ(refused.answer.status, 429u);
        EXPECT_EQ(code_of(refused.answer), "too_many_live_clients");
    }
    all.pop_back();
    EXPECT_EQ(Watching(bench, viewer).answer.status, 101u) << "one has left";
}

TEST_F(LiveSessions, TellsHowManyEventsDidNotFit) {
    Watching watching(bench, viewer);
    watching.say(wish(R"("topic":"events","filter":{"ioa_from":7,"ioa_to":7})"));
    watching.line.takes = false;
    watching.line.heard.clear();
    std::size_t given = 0, got = 0, dropped = 0;
    const auto count = [&] {
        for (const auto& message : watching.take_heard()) {
            if (const auto* events = message.if_contains("events")) got += events->as_array().size();
            if (const auto* number = message.if_contains("dropped")) dropped += number->to_number<std::size_t>();
        }
    };
    // Twice the room there is in the line, and twice the room before it.
    for (int round = 0; round < 4; ++round) {
        for (std::size_t octets = 0; octets < Topic::full; octets += event.size(), ++given) {
            take_event(event, 7);
            take_event(event, 8);
        }
        pass(bench, usual);
    }
    EXPECT_LE(watching.line.waiting(), 2 * Topic::full + 1000) << "a client's memory is bounded";
    watching.line.takes = true;
    watching.line.take(watching.line.waiting());
    watching.answer.live->drained();
    count();
    EXPECT_GT(dropped, 0u);
    EXPECT_EQ(got + dropped, given);
    take_event(event, 7);
    ++given;
    pass(bench, usual);
    count();
    EXPECT_EQ(got + dropped, given) << "said once, and then it goes on";
}

TEST_F(LiveSessions, EachGetsTheEventsOfHisFilter) {
    Watching one(bench, viewer), other(bench, viewer);
    one.say(wish(R"("topic":"events","filter":{"quality":"good"})"));
    other.say(wish(R"("topic":"events","filter":{"type":36})"));
    take_event(event, 3);
    take_event(R"({"type":36,"value":2.5,"quality":["NT"],"received":"2026-11-21T09:00:00Z"})", 4);
    take_event("no point", 5);
    one.line.heard.clear();
    other.line.heard.clear();
    pass(bench, usual);
    ASSERT_EQ(other.line.heard.size(), 1u);
    EXPECT_EQ(json::serialize(other.line.heard[0]),
              R"({"topic":"events","id":"events","events":[{"id":"1700000000000-0","at":"2023-11-14T22:13:20.000Z",)"
              R"("casdu":1,"ioa":4,"type":36,"value":2.5E0,"quality":["NT"],"cot":3,)"
              R"("received":"2026-11-21T09:00:00.000Z","source":"rtu-1"}]})");
    ASSERT_EQ(one.line.heard.size(), 1u);
    EXPECT_EQ(one.line.heard[0].at("events").as_array().size(), 1u);
    EXPECT_EQ(one.line.heard[0].at("events").at(0).at("ioa"), 3);
}

TEST_F(LiveSessions, ARemovedConnectorEndsWhatIsWatchedOfIt) {
    bench.states.watch({"rtu-1", "rtu-2"});
    Watching watching(bench, viewer), scripted(bench, viewer, "/api/v1/live/trace?connector=rtu-1");
    watching.say(wish(R"("topic":"logs","id":"l","connector":"rtu-1")"));
    watching.say(wish(R"("topic":"trace","id":"t","connector":"rtu-2")"));
    watching.say(wish(R"("topic":"connectors","id":"c")"));
    watching.line.heard.clear();
    bench.states.watch({"rtu-2"});
    pass(bench, usual);
    EXPECT_THAT(watching.take_heard(),
                testing::UnorderedElementsAre(
                    parsed(R"({"error":{"code":"no_such_connector","detail":"there is no connector rtu-1"},"id":"l"})"),
                    parsed(R"({"topic":"connectors","id":"c","connectors":[{"id":"rtu-1","gone":true}]})")));
    EXPECT_EQ(watching.line.closed, "") << "the rest goes on";
    EXPECT_EQ(watching.refusal(R"({"unsubscribe":"l"})"), "no_such_subscription");
    EXPECT_EQ(watching.refusal(R"({"unsubscribe":"t"})"), "");
    ASSERT_EQ(scripted.line.heard.size(), 1u);
    EXPECT_EQ(scripted.line.heard[0].at("error").at("code"), "no_such_connector");
    EXPECT_EQ(scripted.line.closed, "there is no connector rtu-1") << "it had nothing else";
}

TEST_F(LiveSessions, ConnectorsAreToldWhenTheyChange) {
    bench.states.watch({"rtu-1"});
    Watching watching(bench, viewer);
    watching.say(wish(R"("topic":"connectors")"));
    EXPECT_EQ(
        json::serialize(watching.line.heard.at(1)),
        R"({"topic":"connectors","id":"connectors","connectors":[{"id":"rtu-1","state":"Unknown","detail":""}]})");
    watching.line.heard.clear();
    pass(bench, usual);
    EXPECT_TRUE(watching.line.heard.empty()) << "nothing has changed";
    bench.states.watch({"rtu-1", "a"});
    pass(bench, usual);
    EXPECT_EQ(json::serialize(watching.take_heard().at(0).at("connectors")),
              R"([{"id":"a","state":"Unknown","detail":""}])");
    bench.states.watch({});
    pass(bench, usual);
    EXPECT_EQ(watching.take_heard().at(0).at("connectors").as_array().size(), 2u) << "both are gone";
    Watching nothing(bench, viewer);
    EXPECT_THAT(nothing.say(wish(R"("topic":"connectors")")),
                ElementsAre(parsed(R"({"subscribed":"connectors"})"),
                            parsed(R"({"topic":"connectors","id":"connectors","connectors":[]})")));
}

TEST_F(LiveSessions, EndsWhenTheUserIsDisabled) {
    Watching watching(bench, viewer), scripted(bench, viewer, "/api/v1/live/events");
    pass(bench, LiveSession::look_every);
    EXPECT_EQ(watching.line.closed, "") << "the login holds";
    auto row = find_user(bench.database, "vera");
    row->enabled = false;
    save_user(bench.database, *row, bench.loop.utc_now());
    pass(bench, LiveSession::look_every);
    EXPECT_EQ(watching.line.closed, "the login has ended");
    EXPECT_EQ(scripted.line.closed, "the login has ended");
    watching.line.heard.clear();
    take_event(event);
    EXPECT_TRUE(watching.say(wish(R"("topic":"events")")).empty()) << "nothing more comes";
    pass(bench, usual);
    EXPECT_TRUE(watching.line.heard.empty());
}

TEST_F(LiveSessions, AClientThatTakesNothingIsCutAndOneThatIsSlowIsNot) {
    Watching dead(bench, viewer), slow(bench, viewer), idle(bench, viewer);
    for (Watching* each : {&dead, &slow}) {
        each->line.takes = false;
        each->say(wish(R"("topic":"connectors")"));
    }
    for (auto passed = 0s; passed < LiveSession::longest_silence; passed += 10s) {
        EXPECT_FALSE(dead.line.is_cut);
        slow.line.take(1);
        pass(bench, LiveSession::look_every);
    }
    EXPECT_TRUE(dead.line.is_cut);
    EXPECT_GT(slow.line.waiting(), 0u) << "he never has all";
    EXPECT_FALSE(slow.line.is_cut);
    EXPECT_FALSE(idle.line.is_cut) << "there was nothing to take";
}

TEST_F(LiveSessions, ServerSentEventsEndAfterTheCount) {
    bench.states.watch({"rtu-1"});
    Watching watching(bench, viewer, "/api/v1/live/connectors?count=2&rate_ms=50");
    EXPECT_EQ(watching.answer.status, 200u);
    EXPECT_EQ(watching.line.heard.size(), 1u);
    EXPECT_EQ(watching.line.closed, "");
    for (const char* id : {"a", "b", "c"}) {
        bench.states.watch({id});
        pass(bench, 50ms);
    }
    EXPECT_EQ(watching.line.heard.size(), 2u);
    EXPECT_EQ(watching.line.closed, "that was what was asked for");
    for (const auto& [target, code] : {std::pair{"/api/v1/live/weather", "no_such_topic"},
                                       std::pair{"/api/v1/live/logs?connector=nobody", "no_such_connector"},
                                       std::pair{"/api/v1/live/points?rate_ms=49", "invalid_parameter"},
                                       std::pair{"/api/v1/live/points?rate_ms=10001", "invalid_parameter"},
                                       std::pair{"/api/v1/live/points?count=0", "invalid_parameter"},
                                       std::pair{"/api/v1/live/points?quality=fine", "invalid_parameter"}}) {
        const Watching refused(bench, viewer, target);
        EXPECT_EQ(code_of(refused.answer), code) << target;
    }
    EXPECT_EQ(bench.live.hub.clients(), 1u) << "who was refused is no client";
}

}  // namespace
}  // namespace busbar::manage
