#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "busbar/point_text.hpp"
#include "busbar/store_pages.hpp"

namespace busbar::program {
namespace {

const UtcTime now = *parse_iso8601("2026-11-21T09:00:00.123Z");

SetOptions options(std::uint8_t type, std::string value) {
    SetOptions options;
    options.address = {150, 100};
    options.type = type;
    options.value = std::move(value);
    return options;
}

std::string set(const SetOptions& options) {
    const auto json = point_to_set(options, now);
    return json ? *json : "fault: " + json.error().what;
}

TEST(StoreSet, WritesAPointAsTheContractHasIt) {
    SetOptions point = options(36, "23.5");
    point.quality = {"NT"};
    EXPECT_EQ(set(point), R"({"casdu":150,"ioa":100,"type":36,"value":23.5,"quality":["NT"],"cot":3,)"
                          R"("time":"2026-11-21T09:00:00.123Z","source":"busbar-store"})");
    point.time = "none";
    point.quality.clear();
    point.source = "me \"too\"";
    point.cot = 20;
    EXPECT_EQ(set(point), R"({"casdu":150,"ioa":100,"type":36,"value":23.5,"cot":20,"source":"me \"too\""})");
    point.time = "2026-01-02T03:04:05+01:00";
    EXPECT_THAT(set(point), testing::HasSubstr(R"("time":"2026-01-02T02:04:05.000Z")"));
}

TEST(StoreSet, TakesValuesAsPeopleWriteThem) {
    const auto value = [](std::uint8_t type, const std::string& text) {
        SetOptions point = options(type, text);
        point.time = "none";
        const std::string json = set(point);
        return json.substr(json.find("\"value\""));
    };
    using testing::StartsWith;
    EXPECT_THAT(value(1, "on"), StartsWith(R"("value":true,)"));
    EXPECT_THAT(value(30, "false"), StartsWith(R"("value":false,)"));
    EXPECT_THAT(value(3, "2"), StartsWith(R"("value":2,)"));
    EXPECT_THAT(value(5, "-64"), StartsWith(R"("value":-64,)"));
    EXPECT_THAT(value(36, "NaN"), StartsWith(R"("value":"NaN",)"));
    EXPECT_THAT(value(36, "-Infinity"), StartsWith(R"("value":"-Infinity",)"));
    EXPECT_THAT(value(36, "1e3"), StartsWith(R"("value":1000,)"));
    EXPECT_THAT(value(38, R"({"ES":1,"elapsed":7})"), StartsWith(R"("value":{"ES":1,"elapsed":7},)"));
}

TEST(StoreSet, RefusesWhatIsNoPointAndNamesTheOption) {
    using testing::StartsWith;
    EXPECT_THAT(set(options(5, "64")), StartsWith("fault: --value: "));
    EXPECT_THAT(set(options(1, "5")), StartsWith("fault: --value: "));
    EXPECT_THAT(set(options(36, "warm")), StartsWith("fault: --value: "));
    EXPECT_THAT(set(options(36, "[1]")), StartsWith("fault: --value: "));
    EXPECT_THAT(set(options(36, std::string(100000, '['))), StartsWith("fault: --value: "));
    EXPECT_EQ(set(options(200, "1")), "fault: --type: 200 is not a type of IEC 60870-5-104");
    SetOptions point = options(1, "on");
    point.quality = {"IV", "XX"};
    EXPECT_THAT(set(point), StartsWith("fault: --quality: "));
    point.quality.clear();
    point.time = "yesterday";
    EXPECT_THAT(set(point), StartsWith("fault: --time: "));
    point.time = "none";
    point.cot = 64;
    EXPECT_THAT(set(point), StartsWith("fault: --cot: "));
}

TEST(PointText, SaysWhatLiesInTheStore) {
    const PointText text(false);
    EXPECT_EQ(
        text.line({150, 100}, R"({"type":36,"value":0.1,"quality":["NT","IV"],"time":"2026-11-21T09:00:00.123Z"})", "",
                  "rtu-1"),
        "   150       100  36 M_ME_TF_1   0.1              IV,NT        3  2026-11-21T09:00:00.123Z  rtu-1\n");
    EXPECT_EQ(text.line({150, 100}, R"({"type":36,"value":"-Infinity","cot":20})"),
              "   150       100  36 M_ME_TF_1   -Infinity        good        20  -                         \n");
    EXPECT_THAT(text.heading(), testing::StartsWith(" CASDU       IOA  TYPE"));
}

TEST(PointText, SaysWhyAValueIsUnusable) {
    EXPECT_THAT(PointText(false).line({1, 2}, "{broken"), testing::StartsWith("     1         2  unusable: "));
    EXPECT_THAT(PointText(true).line({1, 2}, "{broken"), testing::StartsWith(R"({"casdu":1,"ioa":2,"error":")"));
}

TEST(PointText, LetsNoTextMoveTheCursor) {
    const std::string line = PointText(false).line({1, 2}, R"({"type":1,"value":true})", "", "a\x1b[31mb\n");
    EXPECT_THAT(line, testing::EndsWith("a?[31mb?\n"));
}

TEST(PointText, IsAnObjectALineForScripts) {
    const PointText text(true);
    EXPECT_EQ(text.line({1, 2}, R"({"type":1,"value":true})"), R"({"casdu":1,"ioa":2,"type":1,"value":true,"cot":3})"
                                                               "\n");
    EXPECT_EQ(text.line({1, 2}, R"({"type":1,"value":true})", "7-0", "me"),
              R"({"entry":"7-0","casdu":1,"ioa":2,"type":1,"value":true,"cot":3,"source":"me"})"
              "\n");
    EXPECT_EQ(text.heading(), "");
}

}  // namespace
}  // namespace busbar::program
