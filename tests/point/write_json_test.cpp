#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include "point/point.hpp"

namespace busbar::point {
namespace {

using namespace std::chrono_literals;

std::string json_of(const Point& point) {
    std::string text(max_json_size + 6 * (point.source.size() + point.reason.size()), '?');
    text.resize(static_cast<std::size_t>(write_json(text.data(), point) - text.data()));
    return text;
}

std::string value_text(Value value) {
    Point point;
    point.value = value;
    const std::string text = json_of(point);
    const auto start = text.find("\"value\":") + 8;
    return text.substr(start, text.find(",\"cot\"") - start);
}

TEST(WriteJson, IsTheExampleOfTheStoreContract) {
    Point point;
    point.casdu = 150;
    point.ioa = 100;
    point.type = 36;
    point.value = 23.5;
    point.quality.set(Flag::NT);
    point.time = UtcTime{1'795'251'600'123ms};
    point.received = UtcTime{1'795'251'600'131ms};
    point.source = "rtu-1";
    EXPECT_EQ(json_of(point),
              R"({"casdu":150,"ioa":100,"type":36,"value":23.5,"quality":["NT"],"cot":3,)"
              R"("time":"2026-11-21T09:00:00.123Z","received":"2026-11-21T09:00:00.131Z","source":"rtu-1"})");
}

TEST(WriteJson, LeavesDefaultsOut) {
    Point point;
    point.type = 1;
    point.value = true;
    EXPECT_EQ(json_of(point), R"({"casdu":0,"ioa":0,"type":1,"value":true,"cot":3})");
}

TEST(WriteJson, EveryMember) {
    Point point;
    point.casdu = 65534;
    point.ioa = 16777215;
    point.type = 37;
    point.value = std::int64_t{-2147483648};
    for (const FlagName& flag : flag_names) point.quality.set(flag.flag);
    point.cot = 37;
    point.time = UtcTime{};
    point.time_flags = {true, true, true};
    point.received = UtcTime{1ms};
    point.source = "s";
    point.reason = "out of service";
    point.oa = 7;
    point.test = point.negative = point.select = point.unchanged = true;
    point.sequence = 31;
    point.qualifier = 3;
    point.raw.octets = {0xde, 0xad};
    point.raw.size = 2;
    point.time_raw.octets = {1, 2, 3};
    point.time_raw.size = 3;
    EXPECT_EQ(json_of(point),
              R"({"casdu":65534,"ioa":16777215,"type":37,"value":-2147483648,)"
              R"("quality":["IV","NT","SB","BL","OV","EI","CY","CA","transient"],"cot":37,)"
              R"("time":"1970-01-01T00:00:00.000Z","time_flags":["IV","SU","GEN"],)"
              R"("received":"1970-01-01T00:00:00.001Z","source":"s","reason":"out of service","oa":7,"test":true,)"
              R"("negative":true,"sequence":31,"qualifier":3,"select":true,"changed":false,"raw":"dead",)"
              R"("time_raw":"010203"})");
}

TEST(WriteJson, FloatsAreTheShortestTextOfAFloat) {
    EXPECT_EQ(value_text(0.1f), "0.1");
    EXPECT_EQ(value_text(23.0), "23");
    EXPECT_EQ(value_text(1e-45f), "1e-45");
    EXPECT_EQ(value_text(3.4028235e38f), "3.4028235e+38");
    EXPECT_EQ(value_text(0.1), "0.1");  // a double that is no float: the shortest text of the double
    EXPECT_EQ(value_text(1.0 / 3), "0.3333333333333333");
    EXPECT_EQ(value_text(1e300), "1e+300");
}

TEST(WriteJson, SaysWhatJsonHasNoNumberFor) {
    EXPECT_EQ(value_text(-0.0), "-0.0");
    EXPECT_EQ(value_text(0.0), "0");
    EXPECT_EQ(value_text(std::nan("")), "\"NaN\"");
    EXPECT_EQ(value_text(std::numeric_limits<double>::infinity()), "\"Infinity\"");
    EXPECT_EQ(value_text(-std::numeric_limits<double>::infinity()), "\"-Infinity\"");
    EXPECT_EQ(value_text({}), "null");
}

TEST(WriteJson, ValuesOfSeveralNumbers) {
    Composite composite;
    EXPECT_EQ(value_text(composite), "{}");
    composite.members[0] = {"GS", 1};
    composite.members[1] = {"duration", 60000};
    composite.size = 2;
    EXPECT_EQ(value_text(composite), R"({"GS":1,"duration":60000})");
}

TEST(WriteJson, EscapesTexts) {
    Point point;
    point.source = "a\"b\\c\n\x01\xc3\xa4";
    EXPECT_NE(json_of(point).find(R"("source":"a\"b\\c\u000a\u0001)"
                                  "\xc3\xa4\""),
              std::string::npos);
}

TEST(WriteJson, TheLongestPointFits) {
    Composite composite;
    composite.size = 8;
    composite.members.fill({"sixteen letters!", std::numeric_limits<std::int64_t>::min()});
    Point point;
    point.casdu = 65535;
    point.ioa = 0xffffffff;
    point.type = point.cot = point.oa = 255;
    point.value = composite;
    point.quality.bits = 0xffff;
    point.time = point.received = UtcTime{};
    point.time_flags = {true, true, true};
    point.test = point.negative = point.select = point.unchanged = true;
    point.sequence = point.qualifier = 255;
    point.raw.size = 16;
    point.time_raw.size = 7;
    const std::string control(100, '\x01');
    point.source = point.reason = control;
    EXPECT_LE(json_of(point).size(), max_json_size + 6 * 200);
}

}  // namespace
}  // namespace busbar::point
