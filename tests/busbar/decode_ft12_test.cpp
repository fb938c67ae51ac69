#include "busbar/decode_ft12.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace busbar::program {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* status = "10 49 01 00 4A 16";
constexpr const char* login = "68 0D 0D 68 73 01 00 B7 01 06 01 00 00 07 00 00 00 3A 16";

/// One direction of one connection; every piece is a packet.
class Line {
public:
    explicit Line(bool show_passwords = false) : output_(text_, show_passwords) {}
    void feed(std::string_view hex) {
        ++place_.frame;
        stream_.feed(from_hex(hex).value(), place_);
    }
    void lose_track() { stream_.lose_track(place_); }
    void finish() { stream_.finish({}); }
    std::string lines() { return std::exchange(text_, {}); }

private:
    std::string text_;
    Ft12JsonOutput output_;
    Ft12Stream stream_{output_};
    ApduPlace place_;
};

std::string json_of(std::string_view hex, bool show_passwords = false) {
    Line line(show_passwords);
    line.feed(hex);
    line.finish();
    return line.lines();
}

std::string tree_of(std::string_view hex, bool show_passwords = false) {
    std::string text;
    Ft12TextOutput output(text, show_passwords);
    output.apdu({}, from_hex(hex).value());
    return text;
}

TEST(DecodeFt12Json, HasALineForEachFrame) {
    EXPECT_EQ(
        json_of("10 49 01 00 4A 16 10 0B 01 00 0C 16"),
        R"({"frame":1,"apdu":0,"direction":"control","function":"request status of link","link":1,"raw":"104901004a16"})"
        "\n"
        R"({"frame":1,"apdu":1,"direction":"monitor","function":"status of link","link":1,"raw":"100b01000c16"})"
        "\n");
}

TEST(DecodeFt12Json, SaysWhatAnAsduMeans) {
    const std::string line = json_of(
        "68 27 27 68 08 01 00 A3 01 05 01 00 00 C0 30 1E 88 00 00 00 00 00 34 A6 08 00 00 00 00 00 00 00 00 00 63 75 "
        "17 "
        "00 24 90 BF 03 11 A1 16");
    EXPECT_THAT(line, HasSubstr(R"("type":163,"name":"R_IN_VA_2","cot":5,"point":1,"record":0)"));
    EXPECT_THAT(line, HasSubstr(R"("object":192,"active_imported_kwh":{"value":8920624})"));
}

TEST(DecodeFt12Json, ReportsNoiseAndGoesOnBehindIt) {
    EXPECT_THAT(json_of("FF FF FF 10 49 01 00 4A 16"),
                testing::MatchesRegex(".*3 octets that belong to no frame.*\n.*request status of link.*\n"));
    EXPECT_THAT(json_of("10 49 01 00 4B 16 10 49 01 00 4A 16"),
                testing::AllOf(HasSubstr("6 octets that belong to no frame: "), HasSubstr("request status of link")));
    EXPECT_THAT(json_of(std::string("68 ") + status), HasSubstr("request status of link"));
}

TEST(DecodeFt12Json, TakesAFrameInPieces) {
    Line line;
    line.feed("10 49");
    EXPECT_EQ(line.lines(), "");
    line.feed("01 00 4A 16");
    EXPECT_THAT(line.lines(), HasSubstr("\"frame\":2,\"apdu\":0"));
    line.finish();
    EXPECT_EQ(line.lines(), "");
}

TEST(DecodeFt12Json, TellsWhatIsLeftOver) {
    Line line;
    line.feed("10 49 01");
    line.finish();
    EXPECT_EQ(line.lines(), "{\"error\":\"3 octets that belong to no frame: a frame whose rest is missing\"}\n");
}

TEST(DecodeFt12Json, FindsAFrameInsideTheBeginningOfAnother) {
    Line line;
    line.feed(std::string("68 F0 F0 68 ") + status);
    EXPECT_EQ(line.lines(), "");  // may become a long frame
    line.finish();
    const std::string lines = line.lines();
    EXPECT_THAT(lines, HasSubstr("4 octets that belong to no frame"));
    EXPECT_THAT(lines, HasSubstr("request status of link"));
}

TEST(DecodeFt12Json, BeginsAnewBehindAHole) {
    Line line;
    line.feed("68 27 27 68 08 01");
    line.lose_track();
    EXPECT_THAT(line.lines(), HasSubstr("6 octets that belong to no frame"));
    line.feed(status);
    EXPECT_THAT(line.lines(), HasSubstr("request status of link"));
}

TEST(DecodeFt12, ConcealsPasswordsUnlessTheyAreToBeShown) {
    const std::string concealed = json_of(login);
    EXPECT_THAT(concealed, HasSubstr("\"raw\":\"680d0d68730100b70106010000xxxxxxxxxx16\""));
    EXPECT_THAT(concealed, Not(HasSubstr("\"password\":7")));
    EXPECT_THAT(tree_of(login), HasSubstr("Password: concealed\n"));
    const std::string shown = json_of(login, true);
    EXPECT_THAT(shown, HasSubstr("\"password\":7,"));
    EXPECT_THAT(shown, HasSubstr("\"raw\":\"680d0d68730100b70106010000070000003a16\""));
    EXPECT_THAT(tree_of(login, true), HasSubstr("Password: 7\n"));
}

TEST(DecodeFt12Text, IsATree) {
    EXPECT_EQ(tree_of(status), R"(-
  function: request status of link
  prm: 1
  link: 1
)");
    EXPECT_EQ(tree_of("68 10 10 68 08 01 00 48 01 05 01 00 00 00 90 25 8B 7C 08 13 2F 16"), R"(-
  function: user data
  prm: 0
  acd: 0
  dfc: 0
  link: 1
  typeid: M_TI_TA_2 (72)  Date and time
  numix: 1
  causetx: request (5)
  nega: 0
  test: 0
  point: 1
  record: 0
    time: 2019-08-28 11:37:36.000 SU
)");
}

TEST(DecodeFt12Text, HasObjectsGroupsAndNumbers) {
    const std::string tree = tree_of(
        "68 2F 2F 68 08 01 00 A3 01 05 01 00 00 C1 E2 04 00 36 01 00 CA 0F A1 01 00 67 00 00 CA 0F A0 01 00 68 00 00 "
        "CB "
        "07 00 00 00 00 00 00 00 80 1E 8C B1 07 1A 23 16");
    EXPECT_THAT(tree, HasSubstr("    object: 193\n      Total\n        Active power, kW: 1250\n"));
    EXPECT_THAT(tree, HasSubstr("        Active power exported\n"));
    EXPECT_THAT(tree, HasSubstr("        Invalid\n      Time: 2026-07-17 12:30 SU\n"));
}

TEST(DecodeFt12Text, SaysWhatIsWrongInsideAnAsdu) {
    EXPECT_THAT(tree_of("68 0A 0A 68 08 01 00 A3 01 05 01 00 00 C0 73 16"), HasSubstr("  error: octet "));
    EXPECT_THAT(tree_of("68 0A 0A 68 08 01 00 FE 01 05 01 00 00 C0 CE 16"),
                testing::AllOf(HasSubstr("typeid: ? (254)  unknown type"), HasSubstr("rawdata: c0")));
}

}  // namespace
}  // namespace busbar::program
