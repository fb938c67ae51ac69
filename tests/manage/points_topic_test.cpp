#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manage/heard_line.hpp"
#include "manage/live/live_session.hpp"
#include "manage/live/point_list.hpp"
#include "manage/live/point_texts.hpp"

namespace busbar::manage {
namespace {

namespace json = boost::json;

constexpr auto usual = std::chrono::milliseconds{LiveSession::usual_ms};

/// Points in a real store, watched.
class PointsTopicTest : public testing::Test {
protected:
    PointsTopicTest() {
        for (std::uint32_t ioa = 1; ioa <= 3; ++ioa) set(ioa, ioa == 3 ? bad : good);
        bench.store.start();
        EXPECT_TRUE(until([&] { return bench.live.points.is_current(); }));
    }
    store::ClientOptions options() const {
        store::ClientOptions options;
        options.address.path = server.socket_path();
        return options;
    }
    bool until(const std::function<bool()>& done) { return bench.loop.run_until(done, std::chrono::seconds{10}); }
    void set(std::uint32_t ioa, const std::string& data) {
        server.ask({"SET", fmt::format("process:image:casdu:1:ioa:{}", ioa), data});
    }
    /// As a connector does it, and it is seen.
    void change(std::uint32_t ioa, const std::string& data) {
        server.ask(
            {"XADD", "process:updates", "*", "casdu", "1", "ioa", std::to_string(ioa), "source", "t", "data", data});
        set(ioa, data);
        EXPECT_TRUE(until([&] {
            const LivePoint* point = bench.live.points.table().find({1, ioa});
            return point != nullptr && point->json == data;
        }));
    }
    void remove(std::uint32_t ioa) {
        server.ask({"DEL", fmt::format("process:image:casdu:1:ioa:{}", ioa)});
        bench.loop.advance_clock(LivePoints::look_every);
        EXPECT_TRUE(until([&] { return bench.live.points.table().find({1, ioa}) == nullptr; }));
    }
    /// "1 2 gone 3 left": what came since, whatever the message.
    static std::string take(Watching& watching) {
        std::string text;
        for (const auto& message : watching.take_heard()) {
            const auto* points = message.if_contains("points");
            if (points == nullptr) continue;
            for (const json::value& point : points->as_array()) {
                text += fmt::format("{}{}", text.empty() ? "" : " ", point.at("ioa").to_number<int>());
                for (const char* word : {"gone", "left"})
                    text += point.as_object().contains(word) ? fmt::format(" {}", word) : "";
            }
        }
        return text;
    }
    static std::string wish(std::string_view filter) {
        return fmt::format(R"({{"subscribe":{{"topic":"points","filter":{{{}}}}}}})", filter);
    }

    const std::string good = R"({"type":1,"value":true})", bad = R"({"type":1,"value":true,"quality":["NT"]})";
    tests::RedisServer server;
    InstallationBench bench{options()};
    LoggedIn viewer = bench.log_in_as("vera", Role::viewer);
};

TEST_F(PointsTopicTest, GivesWhatIsThereThenOfAPointItsNewestValueOnly) {
    Watching watching(bench, viewer);
    const auto heard = watching.say(wish(""));
    ASSERT_EQ(heard.size(), 3u);
    EXPECT_EQ(json::serialize(heard[1]), R"({"topic":"points","id":"points","current":true})");
    EXPECT_EQ(heard[2].at("snapshot"), "end");
    EXPECT_EQ(take(watching), "1 2 3");
    change(1, bad);
    change(2, bad);
    change(1, R"({"type":1,"value":false})");
    pass(bench, usual);
    ASSERT_EQ(watching.line.heard.size(), 1u);
    EXPECT_EQ(watching.line.heard[0].at("points").at(1).at("value"), false);
    EXPECT_GE(watching.line.heard[0].at("points").at(1).at("age_ms").to_number<std::int64_t>(), 0);
    EXPECT_EQ(take(watching), "2 1") << "in the order of their last change";
    pass(bench, usual);
    EXPECT_EQ(watching.line.heard.size(), 0u);
}

TEST_F(PointsTopicTest, APointThatIsNotWhatTheFilterAsksForAnyMoreHasLeft) {
    Watching watching(bench, viewer), everything(bench, viewer);
    watching.say(wish(R"("quality":"bad")"));
    everything.say(wish(""));
    EXPECT_EQ(take(watching), "3");
    take(everything);
    change(1, bad);
    change(2, R"({"type":1,"value":false})");
    change(3, good);
    pass(bench, usual);
    EXPECT_EQ(take(watching), "1 3 left") << "of 2 it never heard";
    EXPECT_EQ(take(everything), "1 2 3");
    change(3, R"({"type":1,"value":false})");
    pass(bench, usual);
    EXPECT_EQ(take(watching), "") << "it has left already";
    remove(1);
    pass(bench, usual);
    EXPECT_EQ(take(watching), "1 gone");
    EXPECT_EQ(take(everything), "3 1 gone");
}

TEST_F(PointsTopicTest, WhatIsGoneIsToldToWhoWatchesThatPlace) {
    Watching here(bench, viewer), elsewhere(bench, viewer);
    here.say(wish(R"("casdu":1,"ioa_from":2,"ioa_to":2)"));
    elsewhere.say(wish(R"("casdu":2)"));
    take(here);
    remove(2);
    pass(bench, usual);
    EXPECT_EQ(take(here), "2 gone");
    EXPECT_EQ(take(elsewhere), "");
}

TEST_F(PointsTopicTest, SaysThatTheValuesAreOldWhileTheStoreIsAway) {
    Watching watching(bench, viewer);
    watching.say(wish(""));
    take(watching);
    server.kill();
    ASSERT_TRUE(until([&] { return !bench.live.points.is_current(); }));
    pass(bench, usual);
    ASSERT_EQ(watching.line.heard.size(), 1u);
    EXPECT_EQ(watching.line.heard[0].at("current"), false);
}

TEST_F(PointsTopicTest, SendsNoMoreThanTheLineTakes) {
    for (std::uint32_t ioa = 1000; ioa < 6000; ++ioa) set(ioa, good);
    bench.loop.advance_clock(LivePoints::look_every);
    ASSERT_TRUE(until([&] { return bench.live.points.table().size() == 5003; }));
    Watching watching(bench, viewer);
    watching.line.takes = false;
    watching.say(wish(""));
    const auto first = watching.line.heard.size();
    const auto largest = watching.line.waiting() / (first - 1);
    EXPECT_LT(watching.line.waiting(), LiveLine::full + 2 * largest);
    pass(bench, usual);
    EXPECT_EQ(watching.line.heard.size(), first) << "the line is full";
    std::size_t seen = 0;
    std::string last;
    for (int round = 0; round < 20 && last != "end"; ++round) {
        for (const auto& message : watching.take_heard()) {
            if (!message.contains("snapshot")) continue;
            seen += message.at("points").as_array().size();
            last = message.at("snapshot").as_string();
        }
        watching.line.take(watching.line.waiting());
        watching.answer.live->drained();
    }
    EXPECT_EQ(last, "end") << "at once when there is room, not at the next time";
    EXPECT_EQ(seen, 5003u);
}

std::string fresh(const LivePoint& point, const PointTable& table) {
    std::string text;
    write_value(text, point, table);
    return text;
}

TEST(PointTexts, AreThoseOfTheLastChange) {
    PointTable table;
    PointTexts texts;
    const auto change = [&](std::uint32_t ioa, int value) {
        table.take({1, ioa}, fmt::format(R"({{"type":35,"value":{}}})", value), "rtu", UtcTime{});
        return table.find({1, ioa});
    };
    const LivePoint* one = change(1, 1);
    EXPECT_EQ(texts.of(*one, table), fresh(*one, table));
    change(1, 2);
    EXPECT_EQ(texts.of(*one, table), fresh(*one, table));
    const std::string before = texts.of(*one, table);
    // As many changes later another one has its place.
    for (std::size_t i = 0; i < PointTexts::most; ++i) change(2, static_cast<int>(i));
    const LivePoint* two = table.find({1, 2});
    EXPECT_EQ(texts.of(*two, table), fresh(*two, table));
    EXPECT_EQ(texts.of(*one, table), before);
    const std::string long_source(PointTexts::longest, 's');
    table.take({1, 3}, R"({"type":35,"value":1,"source":")" + long_source + R"("})", "", UtcTime{});
    const LivePoint* three = table.find({1, 3});
    EXPECT_EQ(texts.of(*three, table), fresh(*three, table)) << "too long to be kept";
}

}  // namespace
}  // namespace busbar::manage
