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

}  // namespace
}  // namespace busbar::connector
