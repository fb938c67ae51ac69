#include "sim/wire/json_line.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace busbar::sim {
namespace {

TEST(JsonLine, HasItsMembersInTheirOrderOnOneLine) {
    std::string text;
    const Octet octets[] = {0x0A, 0xFF};
    JsonLine(text)
        .add("what", "event")
        .add("number", 18446744073709551615u)
        .add("on", true)
        .add_hex("raw", octets)
        .end();
    JsonLine(text)
        .add("at", UtcTime(std::chrono::milliseconds(1)))
        .add_json("list", "[1,2]")
        .add_members("\"a\":1")
        .end();
    JsonLine(text).end();
    EXPECT_EQ(text,
              "{\"what\":\"event\",\"number\":18446744073709551615,\"on\":true,\"raw\":\"0aff\"}\n"
              "{\"at\":\"1970-01-01T00:00:00.001Z\",\"list\":[1,2],\"a\":1}\n"
              "{}\n");
}

TEST(JsonLine, EscapesWhatJsonDoesNotTake) {
    std::string text;
    JsonLine(text).add("reason", "a\"b\\c\nd\x01").end();
    EXPECT_EQ(text, "{\"reason\":\"a\\\"b\\\\c\\u000ad\\u0001\"}\n");
}

TEST(JsonLine, WritesWhatIsNoNumberAsText) {
    std::string text;
    for (const double number : {1.5, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                                -std::numeric_limits<double>::infinity()}) {
        append_json_number(text, number);
        text += ' ';
    }
    EXPECT_EQ(text, "1.5 \"NaN\" \"Infinity\" \"-Infinity\" ");
}

}  // namespace
}  // namespace busbar::sim
