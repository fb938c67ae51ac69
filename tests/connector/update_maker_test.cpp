#include "connector/iec104_server/update_maker.hpp"

#include <gtest/gtest.h>

#include <string>

namespace busbar::connector {
namespace {

using Purpose = UpdateMaker::Purpose;

/// What became of one point: "type cause hex image event", or the error.
std::string made(UpdateMaker& maker, std::string_view json, Purpose purpose = Purpose::live) {
    std::string text;
    const auto result = maker.make(5, 100, json, {1, 0}, UtcTime{}, purpose, [&](const iec104::ObjectUpdate& update) {
        text += std::to_string(update.type) + " " + std::to_string(static_cast<int>(update.cause)) + " " +
                to_hex(update.element) + (update.image ? " image" : "") + (update.event ? " event" : "") + ";";
    });
    return result ? text : "error: " + result.error().what;
}

UpdateMaker maker_of(config::ServerConfig config = {}, config::Mapping mapping = {}) {
    return UpdateMaker(config, TimeZone::find("UTC").value(), std::move(mapping));
}

TEST(UpdateMaker, SendsAPointAsItIs) {
    auto maker = maker_of();
    EXPECT_EQ(made(maker, R"({"type":13,"value":1.5})"), "13 3 0000c03f00 image event;");
    EXPECT_EQ(made(maker, R"({"type":1,"value":true,"quality":["IV","BL"],"cot":20})"), "1 3 91 image event;");
}

TEST(UpdateMaker, WhatIsUnchangedOrOnlyLoadedIsNoEvent) {
    auto maker = maker_of();
    EXPECT_EQ(made(maker, R"({"type":1,"value":true,"cot":20,"changed":false})"), "1 3 01 image;");
    EXPECT_EQ(made(maker, R"({"type":1,"value":true})", Purpose::image), "1 3 01 image;");
    EXPECT_EQ(made(maker, R"({"type":1,"value":true})", Purpose::backlog), "1 3 01 event;");
}

TEST(UpdateMaker, ATimeTagOfItsOwnMakingIsMarked) {
    auto maker = maker_of();
    EXPECT_EQ(made(maker, R"({"type":30,"value":true,"received":"2025-11-21T12:30:10.000Z"})"),
              "30 3 0110275e0c150b19 image event;")
        << "GEN is bit 6 of the minute";
}

TEST(UpdateMaker, RefusesWhatCannotBeOnALineAndSaysWhy) {
    auto maker = maker_of();
    EXPECT_EQ(made(maker, "{").substr(0, 6), "error:");
    EXPECT_EQ(made(maker, R"({"type":45,"value":true})"), "error: type 45 is not process information");
    EXPECT_NE(made(maker, R"({"type":1,"value":17})").find("value"), std::string::npos);
    config::ServerConfig narrow;
    narrow.protocol.ioa_size = 1;
    auto small = maker_of(narrow);
    const auto result = small.make(5, 256, R"({"type":1,"value":true})", {}, {}, Purpose::live, [](const auto&) {});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().what, "ioa 256 cannot be sent: 1-255");
}

TEST(UpdateMaker, APointMayAppearTwiceAndTheDeadbandHoldsEventsBack) {
    config::Mapping mapping;
    config::MappedPoint first, second;
    first.casdu = 6;
    first.ioa = 1;
    first.from = config::Address{5, 100};
    first.deadband = 2;
    second = first;
    second.ioa = 2;
    second.deadband = 0;
    second.type = 11;
    mapping.points = {first, second};
    auto maker = maker_of({}, mapping);
    EXPECT_EQ(made(maker, R"({"type":13,"value":10})"), "13 3 0000204100 image event;11 3 0a0000 image event;");
    EXPECT_EQ(made(maker, R"({"type":13,"value":11})"), "13 3 0000304100 image;11 3 0b0000 image event;");
}

/// What a lagging group is sent of two events, the first of which is followed by the second.
std::string backlog_of(std::uint8_t type, bool latest, std::string_view then = {}) {
    config::Mapping mapping;
    mapping.points.emplace_back();
    mapping.points[0].casdu = 5;
    mapping.points[0].ioa = 100;
    mapping.points[0].latest = latest;
    auto maker = maker_of({}, mapping);
    const std::string json = R"({"type":)" + std::to_string(type) + R"(,"value":1)" + std::string(then) + "}";
    const auto ignore = [](const auto&) {};
    for (const std::uint64_t at : {1000u, 1001u})
        EXPECT_TRUE(maker.make(5, 100, json, {at, 0}, {}, Purpose::live, ignore));
    BacklogThinning thinning;
    std::string sent;
    for (const std::uint64_t at : {900u, 901u, 1001u}) {
        EXPECT_TRUE(maker.make(
            5, 100, json, {at, 0}, {}, Purpose::backlog,
            [&](const auto& update) { sent += update.event ? std::to_string(at) + ";" : ""; }, &thinning));
    }
    return sent;
}

TEST(UpdateMaker, OfMeasuredValuesThatAreLatestSomeAreLeftOutOfABacklog) {
    EXPECT_EQ(backlog_of(13, true), "900;1001;");
    EXPECT_EQ(backlog_of(13, false), "900;901;1001;");
    EXPECT_EQ(backlog_of(3, true), "900;901;1001;") << "status events are never left out";
    EXPECT_EQ(backlog_of(15, true), "900;901;1001;") << "nor are counters";
}

TEST(UpdateMaker, AValueThatWasNoEventMakesNoOlderOneWorthless) {
    EXPECT_EQ(backlog_of(13, true, R"(,"cot":20,"changed":false)"), "") << "nothing of it is an event";
    config::Mapping mapping;
    mapping.points.emplace_back();
    mapping.points[0].casdu = 5;
    mapping.points[0].ioa = 100;
    mapping.points[0].latest = true;
    auto maker = maker_of({}, mapping);
    BacklogThinning thinning;
    std::string sent;
    const auto make = [&](std::uint64_t at, const char* json, Purpose purpose) {
        EXPECT_TRUE(maker.make(
            5, 100, json, {at, 0}, {}, purpose,
            [&](const iec104::ObjectUpdate& update) {
                sent += update.event && !update.image ? std::to_string(at) + ";" : "";
            },
            &thinning));
    };
    make(1000, R"({"type":13,"value":2,"cot":20,"changed":false})", Purpose::live);
    make(900, R"({"type":13,"value":1})", Purpose::backlog);
    make(901, R"({"type":13,"value":2})", Purpose::backlog);
    EXPECT_EQ(sent, "900;901;") << "the last event is not repeated by the interrogated value";
}

}  // namespace
}  // namespace busbar::connector
