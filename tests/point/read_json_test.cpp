#include <gtest/gtest.h>

#include <bit>
#include <boost/json.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <string>

#include "point/point.hpp"

namespace busbar::point {
namespace {

using namespace std::chrono_literals;

Point read(std::string_view json) {
    const auto point = read_json(json);
    EXPECT_TRUE(point) << json << ": " << (point ? "" : point.error().what);
    return point.value_or(Point{});
}

std::string error_of(std::string_view json) {
    const auto point = read_json(json);
    return point ? "good" : std::to_string(point.error().at) + ": " + point.error().what;
}

double number_of(std::string_view json) { return std::get<double>(read(json).value); }

TEST(ReadJson, ReadsTheExampleOfTheStoreContract) {
    const Point point =
        read(R"({"casdu":150,"ioa":100,"type":36,"value":23.5,"quality":["NT"],"cot":3,)"
             R"("time":"2026-11-21T09:00:00.123Z","received":"2026-11-21T09:00:00.131Z","source":"rtu-1"})");
    EXPECT_EQ(point.casdu, 150);
    EXPECT_EQ(point.ioa, 100u);
    EXPECT_EQ(point.type, 36);
    EXPECT_EQ(point.value, Value{23.5});
    EXPECT_EQ(point.quality.bits, static_cast<std::uint16_t>(Flag::NT));
    EXPECT_EQ(point.cot, 3);
    EXPECT_EQ(point.time, UtcTime{1'795'251'600'123ms});
    EXPECT_EQ(point.received, UtcTime{1'795'251'600'131ms});
    EXPECT_EQ(point.source, "rtu-1");
}

TEST(ReadJson, NeedsOnlyTypeAndValue) {
    const Point point = read(R"({"type":1,"value":true})");
    EXPECT_EQ(point.casdu, 0);
    EXPECT_EQ(point.ioa, 0u);
    EXPECT_EQ(point.cot, 3);
    EXPECT_EQ(point.value, Value{true});
    EXPECT_FALSE(point.time);
    EXPECT_EQ(error_of(R"({"value":true})"), "0: type is missing");
    EXPECT_EQ(error_of(R"({"type":1})"), "0: value is missing");
}

TEST(ReadJson, EveryMemberInAnyOrder) {
    const Point point = read(
        R"({"time_raw":"010203","raw":"DEAD","changed":false,"select":true,"qualifier":3,"sequence":31,"negative":true,)"
        R"("test":true,"oa":7,"reason":"out of service","source":"s","received":"1970-01-01T00:00:00.001Z",)"
        R"("time_flags":["GEN","SU","IV"],"time":"1970-01-01T00:00:00Z","cot":37,)"
        R"("quality":["IV","NT","SB","BL","OV","EI","CY","CA","transient"],"value":-2147483648,"type":37,)"
        R"("ioa":16777215,"casdu":65535})");
    EXPECT_EQ(point.casdu, 65535);
    EXPECT_EQ(point.ioa, 16777215u);
    EXPECT_EQ(point.type, 37);
    EXPECT_EQ(point.value, Value{std::int64_t{-2147483648}});
    EXPECT_EQ(point.quality.bits, 511);
    EXPECT_EQ(point.cot, 37);
    EXPECT_EQ(point.time, UtcTime{});
    EXPECT_EQ(point.time_flags, (TimeFlags{true, true, true}));
    EXPECT_EQ(point.received, UtcTime{1ms});
    EXPECT_EQ(point.source, "s");
    EXPECT_EQ(point.reason, "out of service");
    EXPECT_EQ(point.oa, 7);
    EXPECT_TRUE(point.test && point.negative && point.select && point.unchanged);
    EXPECT_EQ(point.sequence, 31);
    EXPECT_EQ(point.qualifier, 3);
    EXPECT_EQ(to_hex(point.raw.view()), "dead");
    EXPECT_EQ(to_hex(point.time_raw.view()), "010203");
}

TEST(ReadJson, IgnoresWhatItDoesNotKnow) {
    const Point point = read(R"( { "unit" : "MW", "limits":{"a":[1,2,{"b":null}],"type":9}, "type" : 1,"x":-1.5e-3,
                                   "y":[],"z":{},"s":"\u00e4\n\"", "value":false , "oa":null, "quality":null } )");
    EXPECT_EQ(point.type, 1);
    EXPECT_EQ(point.value, Value{false});
    EXPECT_EQ(point.oa, 0);
    EXPECT_EQ(read(R"({"ty\u0070e":5,"type":1,"value":true})").type, 1);
    EXPECT_EQ(read(R"({"type\n":5,"type":1,"value":true})").type, 1);
}

TEST(ReadJson, NumbersKeepTheirKind) {
    EXPECT_EQ(read(R"({"type":11,"value":-5})").value, Value{std::int64_t{-5}});
    EXPECT_EQ(read(R"({"type":9,"value":-0.5})").value, Value{-0.5});
    EXPECT_EQ(read(R"({"type":36,"value":23})").value, Value{23.0});
    EXPECT_EQ(read(R"({"value":23,"type":36})").value, Value{23.0});
    EXPECT_EQ(read(R"({"type":9,"value":18446744073709551616})").value, Value{18446744073709551616.0});
    EXPECT_EQ(read(R"({"type":102,"value":null})").value, Value{});
    EXPECT_EQ(read(R"({"casdu":1e2,"ioa":100.0,"type":1,"value":true})").ioa, 100u);
}

TEST(ReadJson, ReadsWhatJsonHasNoNumberFor) {
    EXPECT_TRUE(std::isnan(number_of(R"({"type":36,"value":"NaN"})")));
    EXPECT_EQ(number_of(R"({"type":36,"value":"Infinity"})"), std::numeric_limits<double>::infinity());
    EXPECT_EQ(number_of(R"({"type":36,"value":"-Infinity"})"), -std::numeric_limits<double>::infinity());
    for (const char* json : {R"({"type":36,"value":-0.0})", R"({"type":36,"value":-0})", R"({"type":9,"value":-0})"})
        EXPECT_TRUE(std::signbit(number_of(json))) << json;
}

TEST(ReadJson, FloatsAreRoundedOnce) {
    // Just above the middle of two floats: by way of a double it would fall on the middle and be rounded to even.
    EXPECT_EQ(number_of(R"({"type":36,"value":1.00000005960464477539062500000001})"), 1.0000001192092896);
    EXPECT_EQ(number_of(R"({"value":0.1,"type":13})"), static_cast<double>(0.1f));
    EXPECT_EQ(number_of(R"({"type":36,"value":1e39})"), 1e39);  // no float: left to whoever needs one
}

TEST(ReadJson, EveryFloatThatIsWrittenIsReadBack) {
    std::mt19937 random{104};
    char text[max_json_size];
    for (int i = 0; i < 100'000; ++i) {
        const auto bits = static_cast<std::uint32_t>(random());
        const auto written = std::bit_cast<float>(bits);
        if (!std::isfinite(written)) continue;
        Point point;
        point.type = 36;
        point.value = static_cast<double>(written);
        const auto again = static_cast<float>(number_of({text, write_json(text, point)}));
        ASSERT_EQ(std::bit_cast<std::uint32_t>(again), bits) << text;
    }
}

TEST(ReadJson, ValuesOfSeveralNumbers) {
    const Point point = read(R"({"type":38,"value":{"GS":1,"SL1":true,"duration":60000}})");
    const auto& composite = std::get<Composite>(point.value);
    ASSERT_EQ(composite.size, 3);
    EXPECT_EQ(composite.members[0], (Composite::Member{"GS", 1}));
    EXPECT_EQ(composite.members[1], (Composite::Member{"SL1", 1}));
    EXPECT_EQ(composite.members[2], (Composite::Member{"duration", 60000}));
}

TEST(ReadJson, TextsAreBorrowedAndCutAtTheFirstEscape) {
    const std::string json = R"({"type":1,"value":true,"source":"rtu-1","reason":"line\nlost"})";
    const Point point = read(json);
    EXPECT_EQ(point.source.data(), json.data() + json.find("rtu-1"));
    EXPECT_EQ(point.reason, "line");
}

TEST(ReadJson, NamesTheMemberThatIsWrong) {
    EXPECT_EQ(error_of(R"({"casdu":65536,"type":1,"value":true})"),
              "9: casdu: 65536 is not a whole number from 0 to 65535");
    EXPECT_EQ(error_of(R"({"ioa":-1,"type":1,"value":true})"), "7: ioa: -1 is not a whole number from 0 to 16777215");
    EXPECT_EQ(error_of(R"({"ioa":1.5,"type":1,"value":true})"), "7: ioa: 1.5 is not a whole number from 0 to 16777215");
    EXPECT_EQ(error_of(R"({"type":256,"value":true})"), "8: type: 256 is not a whole number from 0 to 255");
    EXPECT_EQ(error_of(R"({"type":"1","value":true})"), "8: type: must be a number");
    EXPECT_EQ(error_of(R"({"type":1,"value":"on"})"), R"(18: value: "on" is none of "NaN", "Infinity", "-Infinity")");
    EXPECT_EQ(error_of(R"({"type":1,"value":[1]})"), "18: value: must be a number, true, false, an object or a text");
    EXPECT_EQ(error_of(R"({"type":36,"value":1e999})"), "19: value: 1e999 is out of range");
    EXPECT_EQ(error_of(R"({"type":1,"value":true,"quality":["XX"]})"), R"(33: quality: "XX" is not a flag)");
    EXPECT_EQ(error_of(R"({"type":1,"value":true,"quality":"IV"})"), "33: quality: must be a list");
    EXPECT_EQ(error_of(R"({"type":1,"value":true,"quality":[5]})"), "33: quality: must be a text");
    EXPECT_EQ(error_of(R"({"type":1,"value":true,"time":"yesterday"})"),
              R"(30: time: "yesterday" is not a time as in 2026-11-21T09:00:00.123Z)");
    EXPECT_EQ(error_of(R"({"type":1,"value":true,"time_flags":["XX"]})"), R"(36: time_flags: "XX" is not a flag)");
    EXPECT_EQ(error_of(R"({"type":1,"value":true,"raw":"0"})"), R"(29: raw: "0" is not at most 16 octets in hex)");
    EXPECT_EQ(error_of(R"({"type":1,"value":true,"test":1})"), "30: test: must be true or false");
    EXPECT_EQ(error_of(R"({"type":1,"value":true,"sequence":32})"),
              "34: sequence: 32 is not a whole number from 0 to 31");
    EXPECT_EQ(error_of(R"({"type":18,"value":{"GS":0.5}})"), "19: value: GS 0.5 is not a whole number");
    EXPECT_EQ(error_of(R"({"type":18,"value":{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1}})"),
              "19: value: has more than 8 members");
    EXPECT_EQ(error_of(R"({"type":18,"value":{"a name that is too long":1}})"),
              "19: value: has a member with an unusable name");
}

TEST(ReadJson, SaysWhereItIsNoJson) {
    EXPECT_EQ(error_of(""), "0: JSON ends too early");
    EXPECT_EQ(error_of("[1]"), "0: JSON: an object is expected here");
    EXPECT_EQ(error_of(R"({"type":1,"value":tru})"), "18: JSON: a value is expected here");
    EXPECT_EQ(error_of(R"({"type":1 "value":true})"), "10: JSON: ',' or '}' is expected here");
    EXPECT_EQ(error_of(R"({"type":1,"value":true)"), "22: JSON ends too early");
    EXPECT_EQ(error_of(R"({"type":1,"value":true}x)"), "23: JSON: something stands behind the point");
    EXPECT_EQ(error_of(R"({"type":1,"value":true,})"), "23: JSON: a string is expected here");
    EXPECT_EQ(error_of("{\"type\":1,\"value\":true,\"source\":\"\xff\"}"), "33: JSON: not UTF-8");
    EXPECT_EQ(error_of("{\"type\":1,\"value\":true,\"source\":\"\n\"}"), "33: JSON: control character in a string");
    EXPECT_EQ(error_of(R"({"type":1,"value":true,"x":[[[[[[[[]]]]]]]]})"),
              "35: JSON is nested more than 8 levels deep");
    EXPECT_EQ(error_of(R"({"type":1,"value":true,"source":")" + std::string(17000, 'x') + "\"}"),
              "16384: a point has at most 16 kB");
}

/// Texts that are nearly JSON: ours and another reader must agree on which of them are.
TEST(ReadJson, AcceptsWhatIsJsonAndNothingElse) {
    const std::string good =
        R"({"type":1,"value":true,"a":[1,-0.5e+3,{"b":"\u00e4\"x"},null,false,""],"c":"ä€😀","d":{},"e":0})";
    const std::string alphabet = "{}[]:,\"\\ue+-.0159tnf \n\x80\xc3\xe2\xf0\xff\x7f\x01";
    std::mt19937 random{60870};
    const auto below = [&](std::size_t end) { return static_cast<std::size_t>(random() % end); };
    for (int i = 0; i < 50'000; ++i) {
        std::string text = good;
        for (std::size_t changes = 1 + below(2); changes > 0; --changes) {
            const std::size_t at = 23 + below(text.size() - 24);  // type and value stay as they are
            const char c = alphabet[below(alphabet.size())];
            if (below(3) == 0) {
                text.erase(at, 1);
            } else if (below(2) == 0) {
                text.insert(at, 1, c);
            } else {
                text[at] = c;
            }
        }
        boost::json::error_code foreign;
        boost::json::parse_options options;
        options.max_depth = 7;
        boost::json::parse(text, foreign, {}, options);
        const auto ours = read_json(text);
        ASSERT_EQ(ours.has_value(), !foreign) << text << "\n" << foreign.message() << "\n" << error_of(text);
    }
}

TEST(ReadJson, CutAnywhereIsAnError) {
    const std::string json =
        R"({"casdu":150,"ioa":100,"type":36,"value":23.5,"quality":["NT"],"cot":3,"source":"\u00e4"})";
    for (std::size_t size = 0; size < json.size(); ++size)
        EXPECT_FALSE(read_json(std::string_view{json}.substr(0, size))) << size;
}

}  // namespace
}  // namespace busbar::point
