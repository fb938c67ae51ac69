#include "connector/common/translate.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <string>

#include "iec60870/element/time_tag.hpp"

namespace busbar::connector {
namespace {

using namespace std::chrono_literals;
using iec60870::find_type;
using iec60870::Ioa;
using iec60870::TypeDescription;
using iec60870::TypeId;
using point::Flag;
using point::Point;

UtcTime utc(std::string_view text) { return parse_iso8601(text).value(); }
TimeZone zone_named(std::string_view name) { return TimeZone::find(name).value(); }

const UtcTime receipt = utc("2026-11-21T09:45:35.000Z");

Point point_of(TypeId type, std::string_view hex, UtcTime received = receipt, std::string_view zone = "UTC") {
    const auto octets = from_hex(hex).value();
    EXPECT_EQ(octets.size(), find_type(type)->size);
    Point point;
    to_point(*find_type(type), {Ioa{1}, octets}, received, zone_named(zone), point);
    return point;
}

std::string json_of(const Point& point) {
    std::string text(point::max_json_size, '?');
    text.resize(static_cast<std::size_t>(write_json(text.data(), point) - text.data()));
    return text;
}

/// What the members say, beside casdu, ioa, type, cot and received, which are always the same here.
std::string members_of(TypeId type, std::string_view hex, UtcTime received = receipt, std::string_view zone = "UTC") {
    Point point = point_of(type, hex, received, zone);
    EXPECT_EQ(point.received, received);
    point.received.reset();
    std::string text = json_of(point);
    const auto cot = text.find(",\"cot\":3");
    text.erase(cot, 8);
    const std::string front = R"({"casdu":0,"ioa":1,"type":)" + std::to_string(type) + ",";
    EXPECT_EQ(text.substr(0, front.size()), front);
    return text.substr(front.size(), text.size() - front.size() - 1);
}

std::string octets_of(const Point& point, UtcTime fallback = receipt, std::string_view zone = "UTC") {
    const auto element = from_point(*find_type(point.type), point, fallback, zone_named(zone));
    return element ? to_hex(element->view(), ' ') : element.error().what;
}

std::string octets_of(std::string_view json, UtcTime fallback = receipt, std::string_view zone = "UTC") {
    const auto point = point::read_json(json);
    return point ? octets_of(*point, fallback, zone) : point.error().what;
}

TEST(ToPoint, EveryTypeHasTheMembersOfTheStoreContract) {
    EXPECT_EQ(members_of(1, "41"), R"("value":true,"quality":["NT"])");
    EXPECT_EQ(members_of(3, "82"), R"("value":2,"quality":["IV"])");
    EXPECT_EQ(members_of(5, "bf 01"), R"("value":63,"quality":["OV","transient"])");
    EXPECT_EQ(members_of(7, "ef be ad de 20"), R"("value":3735928559,"quality":["SB"])");
    EXPECT_EQ(members_of(9, "00 40 10"), R"("value":0.5,"quality":["BL"])");
    EXPECT_EQ(members_of(11, "c7 cf 00"), R"("value":-12345)");
    EXPECT_EQ(members_of(13, "00 00 bc 41 00"), R"("value":23.5)");
    EXPECT_EQ(members_of(15, "79 c4 03 00 e2"), R"("value":246905,"quality":["IV","CY","CA"],"sequence":2)");
    EXPECT_EQ(members_of(20, "5a a5 01 80 00"), R"("value":{"ST":42330,"CD":32769})");
    EXPECT_EQ(members_of(21, "00 e0"), R"("value":-0.25)");
    EXPECT_EQ(members_of(38, "0a d2 04 ab 87 2d 09 15 0b 1a"),
              R"("value":{"ES":2,"duration":1234},"quality":["EI"],"time":"2026-11-21T09:45:34.731Z")");
    EXPECT_EQ(members_of(18, "15 10 60 ea ab 87 2d"),
              R"("value":{"GS":1,"SL1":0,"SL2":1,"SL3":0,"SIE":1,"SRD":0,"duration":60000},"quality":["BL"],)"
              R"("time":"2026-11-21T09:45:34.731Z")");
    EXPECT_EQ(members_of(40, "09 88 5f ea ab 87 2d 09 15 0b 1a"),
              R"("value":{"GC":1,"CL1":0,"CL2":0,"CL3":1,"duration":59999},"quality":["IV","EI"],)"
              R"("time":"2026-11-21T09:45:34.731Z")");
    EXPECT_EQ(members_of(30, "01 ab 87 2d 09 15 0b 1a"), R"("value":true,"time":"2026-11-21T09:45:34.731Z")");
    EXPECT_EQ(members_of(45, "8d"), R"("value":true,"qualifier":3,"select":true)");
    EXPECT_EQ(members_of(50, "00 00 f0 41 01"), R"("value":30,"qualifier":1)");
    EXPECT_EQ(members_of(64, "01 00 00 80 ab 87 2d 09 15 0b 1a"),
              R"("value":2147483649,"time":"2026-11-21T09:45:34.731Z")");
    EXPECT_EQ(members_of(100, "14"), R"("value":20)");
    EXPECT_EQ(members_of(102, ""), R"("value":null)");
    EXPECT_EQ(members_of(120, "01 00 10 00 00 80"), R"("value":{"NOF":1,"LOF":16,"FRQ":1})");
}

TEST(ToPoint, RawStandsOnlyWhereJsonLosesBits) {
    EXPECT_EQ(members_of(1, "0f"), R"("value":true,"raw":"0f")");     // reserved bits
    EXPECT_EQ(members_of(13, "00 00 00 80 00"), R"("value":-0.0)");   // -0.0 is in the text
    EXPECT_EQ(members_of(13, "01 00 00 00 00"), R"("value":1e-45)");  // denormal
    EXPECT_EQ(members_of(13, "00 00 c0 7f 80"),
              R"("value":"NaN","quality":["IV"])");  // the usual NaN, marked by the sender
    EXPECT_EQ(members_of(13, "01 00 a0 ff 80"), R"("value":"NaN","quality":["IV"],"raw":"0100a0ff80")");
    EXPECT_EQ(members_of(101, "45"), R"("value":5,"raw":"45")");  // FRZ has no member
}

TEST(ToPoint, FloatsThatAreNoNumbersAreMarkedInvalid) {
    EXPECT_EQ(members_of(13, "00 00 80 7f 00"), R"("value":"Infinity","quality":["IV"],"raw":"0000807f00")");
    EXPECT_EQ(members_of(36, "00 00 80 ff 40 ab 87 2d 09 15 0b 1a"),
              R"("value":"-Infinity","quality":["IV","NT"],"time":"2026-11-21T09:45:34.731Z","raw":"000080ff40")");
}

TEST(ToPoint, LeavesTheHeadersMembersAlone) {
    Point point;
    point.casdu = 7;
    point.cot = 20;
    point.oa = 3;
    point.source = "rtu";
    const auto octets = from_hex("01").value();
    to_point(*find_type(1), {Ioa{9}, octets}, receipt, TimeZone{}, point);
    EXPECT_EQ(json_of(point),
              R"({"casdu":7,"ioa":9,"type":1,"value":true,"cot":20,"received":"2026-11-21T09:45:35.000Z",)"
              R"("source":"rtu","oa":3})");
}

TEST(ToPoint, ForgetsWhatThePointSaidBefore) {
    Point point = point_of(37, "79 c4 03 00 e2 ab 87 ed 89 15 0b 1a");
    const auto octets = from_hex("00").value();
    to_point(*find_type(1), {Ioa{1}, octets}, receipt, TimeZone{}, point);
    EXPECT_EQ(json_of(point),
              R"({"casdu":0,"ioa":1,"type":1,"value":false,"cot":3,"received":"2026-11-21T09:45:35.000Z"})");
}

TEST(FromPoint, WritesWhatTheMembersSay) {
    EXPECT_EQ(octets_of(R"({"type":1,"value":true,"quality":["NT","IV"]})"), "c1");
    EXPECT_EQ(octets_of(R"({"type":1,"value":0})"), "00");
    EXPECT_EQ(octets_of(R"({"type":5,"value":-64,"quality":["transient"]})"), "c0 00");
    EXPECT_EQ(octets_of(R"({"type":7,"value":4294967295})"), "ff ff ff ff 00");
    EXPECT_EQ(octets_of(R"({"type":9,"value":-1})"), "00 80 00");
    EXPECT_EQ(octets_of(R"({"type":9,"value":0.00001})"), "00 00 00");
    EXPECT_EQ(octets_of(R"({"type":11,"value":7.0})"), "07 00 00");
    EXPECT_EQ(octets_of(R"({"type":36,"value":23.5,"quality":["NT"],"time":"2026-11-21T09:45:34.731Z"})"),
              "00 00 bc 41 40 ab 87 2d 09 15 0b 1a");
    EXPECT_EQ(octets_of(R"({"type":15,"value":-2147483648,"sequence":31,"quality":["CY"]})"), "00 00 00 80 3f");
    EXPECT_EQ(octets_of(R"({"type":17,"value":{"duration":1234,"ES":2},"time":"2026-11-21T09:45:34.731Z"})"),
              "02 d2 04 ab 87 2d");
    EXPECT_EQ(octets_of(R"({"type":18,"value":{},"time":"2026-11-21T09:45:34.731Z"})"), "00 00 00 00 ab 87 2d");
    EXPECT_EQ(octets_of(R"({"type":46,"value":2,"qualifier":31,"select":true})"), "fe");
    EXPECT_EQ(octets_of(R"({"type":110,"value":0.5,"qualifier":4})"), "00 40 04");
}

TEST(FromPoint, NormalizedOneSaturatesWithOverflow) {
    EXPECT_EQ(octets_of(R"({"type":9,"value":1})"), "ff 7f 01");
    EXPECT_EQ(octets_of(R"({"type":9,"value":0.99999})"), "ff 7f 01");
    EXPECT_EQ(octets_of(R"({"type":9,"value":0.99997})"), "ff 7f 00");
    EXPECT_EQ(octets_of(R"({"type":21,"value":1.0})"), "ff 7f");
    EXPECT_EQ(octets_of(R"({"type":9,"value":1.01})"), "value: is out of range -1 to 1 for type 9 (M_ME_NA_1)");
}

TEST(FromPoint, FloatsThatAreNoNumbersAreSentInvalid) {
    EXPECT_EQ(octets_of(R"({"type":13,"value":"NaN"})"), "00 00 c0 7f 80");
    EXPECT_EQ(octets_of(R"({"type":13,"value":"-Infinity","quality":["BL"]})"), "00 00 80 ff 90");
}

TEST(FromPoint, CountersThatAreNotTopicalAreInvalid) {
    EXPECT_EQ(octets_of(R"({"type":15,"value":5,"quality":["NT"]})"), "05 00 00 00 80");
    EXPECT_EQ(octets_of(R"({"type":13,"value":0,"quality":["NT"]})"), "00 00 00 00 40");
}

TEST(FromPoint, NamesTheMemberThatDoesNotFit) {
    EXPECT_EQ(octets_of(R"({"type":1,"value":2})"), "value: is out of range 0 to 1 for type 1 (M_SP_NA_1)");
    EXPECT_EQ(octets_of(R"({"type":1,"value":"NaN"})"), "value: must be true or false for type 1 (M_SP_NA_1)");
    EXPECT_EQ(octets_of(R"({"type":3,"value":4})"), "value: is out of range 0 to 3 for type 3 (M_DP_NA_1)");
    EXPECT_EQ(octets_of(R"({"type":5,"value":64})"), "value: is out of range -64 to 63 for type 5 (M_ST_NA_1)");
    EXPECT_EQ(octets_of(R"({"type":7,"value":4294967296})"),
              "value: is out of range 0 to 4294967295 for type 7 (M_BO_NA_1)");
    EXPECT_EQ(octets_of(R"({"type":7,"value":-1})"), "value: is out of range 0 to 4294967295 for type 7 (M_BO_NA_1)");
    EXPECT_EQ(octets_of(R"({"type":11,"value":32768})"),
              "value: is out of range -32768 to 32767 for type 11 (M_ME_NB_1)");
    EXPECT_EQ(octets_of(R"({"type":11,"value":1.5})"), "value: must be a whole number for type 11 (M_ME_NB_1)");
    EXPECT_EQ(octets_of(R"({"type":13,"value":1e39})"),
              "value: is out of range of a short float for type 13 (M_ME_NC_1)");
    EXPECT_EQ(octets_of(R"({"type":13,"value":true})"), "value: must be a number for type 13 (M_ME_NC_1)");
    EXPECT_EQ(octets_of(R"({"type":13,"value":null})"), "value: must be a number for type 13 (M_ME_NC_1)");
    EXPECT_EQ(octets_of(R"({"type":20,"value":5})"), "value: must be an object for type 20 (M_PS_NA_1)");
    EXPECT_EQ(octets_of(R"({"type":20,"value":{"ST":65536}})"),
              "value: ST is out of range 0 to 65535 for type 20 (M_PS_NA_1)");
    EXPECT_EQ(octets_of(R"({"type":45,"value":true,"qualifier":32})"),
              "qualifier: is out of range 0 to 31 for type 45 (C_SC_NA_1)");
}

TEST(FromPoint, RawIsHonouredWhereItSaysTheSame) {
    EXPECT_EQ(octets_of(R"({"type":1,"value":true,"raw":"0f"})"), "0f");
    EXPECT_EQ(octets_of(R"({"type":1,"value":false,"raw":"0f"})"), "00");                  // another value since
    EXPECT_EQ(octets_of(R"({"type":1,"value":true,"quality":["NT"],"raw":"0f"})"), "41");  // another quality since
    EXPECT_EQ(octets_of(R"({"type":1,"value":true,"raw":"0f00"})"), "01");                 // of another type
    EXPECT_EQ(octets_of(R"({"type":13,"value":"NaN","quality":["IV"],"raw":"0100a0ff00"})"), "01 00 a0 ff 00");
    EXPECT_EQ(octets_of(R"({"type":13,"value":1,"raw":"0100a0ff00"})"), "00 00 80 3f 00");
}

TEST(FromPoint, MissingTimeIsTheFallbackMarkedAsSubstituted) {
    EXPECT_EQ(octets_of(R"({"type":30,"value":true})", utc("2026-11-21T09:45:34.731Z")), "01 ab 87 6d 09 15 0b 1a");
    EXPECT_EQ(octets_of(R"({"type":2,"value":true})", utc("2026-11-21T09:45:34.731Z")), "01 ab 87 2d");
}

TEST(FromPoint, TimesOfAnotherCenturyCannotBeSaid) {
    EXPECT_EQ(octets_of(R"({"type":30,"value":true,"time":"1970-01-01T00:00:00Z"})", utc("2026-11-21T09:45:34.731Z")),
              "01 ab 87 ed 09 15 0b 1a");
    EXPECT_EQ(octets_of(R"({"type":30,"value":true,"time":"2099-12-31T23:59:59.999Z"})"), "01 5f ea 3b 17 1f 0c 63");
    EXPECT_EQ(octets_of(R"({"type":30,"value":true,"time":"2000-01-01T00:00:00Z"})"), "01 00 00 00 00 01 01 00");
}

TEST(Case126, EdgesOfTheValueRangesSurviveTheStore) {
    for (const auto& [type, hex] : {std::pair{TypeId{9}, "00 80 00"},
                                    {TypeId{9}, "ff 7f 00"},
                                    {TypeId{9}, "ff 7f 01"},
                                    {TypeId{21}, "01 00"},
                                    {TypeId{11}, "00 80 00"},
                                    {TypeId{11}, "ff 7f 00"},
                                    {TypeId{13}, "01 00 00 00 00"},
                                    {TypeId{13}, "ff ff 7f 7f 00"},
                                    {TypeId{13}, "00 00 00 80 00"},
                                    {TypeId{5}, "40 00"},
                                    {TypeId{5}, "bf 00"},
                                    {TypeId{15}, "00 00 00 80 00"},
                                    {TypeId{15}, "ff ff ff 7f 1f"}}) {
        const std::string json = json_of(point_of(type, hex));
        EXPECT_EQ(json.find("raw"), std::string::npos) << json;
        EXPECT_EQ(octets_of(json), hex) << json;
    }
}

TEST(Case154, TimeIsMarkedValueKeptAndReceiptStandsBeside) {
    EXPECT_EQ(members_of(30, "01 ab 87 ad 09 15 0b 1a"),
              R"("value":true,"time":"2026-11-21T09:45:34.731Z","time_flags":["IV"])");
    EXPECT_EQ(members_of(30, "01 ab 87 6d 09 15 0b 1a"),
              R"("value":true,"time":"2026-11-21T09:45:34.731Z","time_flags":["GEN"])");
    EXPECT_EQ(members_of(30, "01 ab 87 2d 89 15 0b 1a"),
              R"("value":true,"time":"2026-11-21T09:45:34.731Z","time_flags":["SU"])");
    EXPECT_EQ(members_of(30, "01 00 00 00 00 1e 02 1a"),  // 30 February
              R"("value":true,"time_flags":["IV"],"time_raw":"000000001e021a")");
    EXPECT_EQ(point_of(30, "01 00 00 00 00 1e 02 1a").received, receipt);
    for (const char* hex :
         {"01 ab 87 ad 09 15 0b 1a", "01 ab 87 6d 09 15 0b 1a", "01 ab 87 2d 89 15 0b 1a", "01 00 00 00 00 1e 02 1a"})
        EXPECT_EQ(octets_of(json_of(point_of(30, hex))), hex);
}

TEST(TimeRaw, StandsWhereTheTimeLosesBits) {
    EXPECT_EQ(members_of(30, "01 ab 87 2d 09 d5 0b 1a"),  // Saturday
              R"("value":true,"time":"2026-11-21T09:45:34.731Z","time_raw":"ab872d09d50b1a")");
    EXPECT_EQ(members_of(30, "01 60 ea 2d 09 15 0b 1a"),  // 60000 ms
              R"("value":true,"time":"2026-11-21T09:45:59.999Z","time_raw":"60ea2d09150b1a")");
    EXPECT_EQ(members_of(2, "01 ab 87 6d"), R"("value":true,"time":"2026-11-21T09:45:34.731Z","time_raw":"ab876d")");
    EXPECT_EQ(octets_of(R"({"type":30,"value":true,"time":"2026-11-21T09:45:34.731Z","time_raw":"ab872d09d50b1a"})"),
              "01 ab 87 2d 09 d5 0b 1a");
    EXPECT_EQ(octets_of(R"({"type":30,"value":true,"time":"2026-11-21T09:45:34.732Z","time_raw":"ab872d09d50b1a"})"),
              "01 ac 87 2d 09 15 0b 1a");
    EXPECT_EQ(octets_of(R"({"type":2,"value":true,"time":"2026-11-21T09:45:34.731Z","time_raw":"ab872d09d50b1a"})"),
              "01 ab 87 2d");
}

TEST(Case142, TimeTagsOf24BitsGetTheirDateFromTheReceipt) {
    struct Row {
        const char* received;
        const char* tag;
        const char* time;
    };
    for (const Row& row :
         {Row{"2026-11-21T09:45:35.000Z", "ab 87 2d", "2026-11-21T09:45:34.731Z"},
          Row{"2026-11-21T10:00:00.100Z", "5f ea 3b", "2026-11-21T09:59:59.999Z"},  // just before the hour
          Row{"2026-11-21T10:00:00.000Z", "00 00 00", "2026-11-21T10:00:00.000Z"},
          Row{"2026-11-21T09:59:59.900Z", "0a 00 00", "2026-11-21T10:00:00.010Z"},  // its clock is ahead
          Row{"2026-11-21T09:58:00.000Z", "00 00 02", "2026-11-21T10:02:00.000Z"},
          Row{"2026-11-21T09:58:00.000Z", "00 00 04", "2026-11-21T09:04:00.000Z"},  // too far ahead
          Row{"2026-11-21T10:10:00.000Z", "00 00 1e", "2026-11-21T09:30:00.000Z"},  // waited 40 minutes
          Row{"2026-01-01T00:00:01.000Z", "5f ea 3b", "2025-12-31T23:59:59.999Z"},  // and the year's
          Row{"2026-02-28T23:59:59.900Z", "00 00 00", "2026-03-01T00:00:00.000Z"}}) {
        const Point point = point_of(2, "01" + std::string{row.tag}, utc(row.received));
        EXPECT_EQ(point.time, utc(row.time)) << row.received << " " << row.tag;
        EXPECT_EQ(point.time_raw.size, 0);
        EXPECT_EQ(octets_of(json_of(point)), std::string{"01 "} + row.tag);
    }
}

TEST(Case142, MinutesCountInTheStationsZone) {
    // Half past the hour in UTC is the full hour in India.
    const Point point = point_of(2, "01 5f ea 3b", utc("2026-11-21T10:30:00.100Z"), "Asia/Kolkata");
    EXPECT_EQ(point.time, utc("2026-11-21T10:29:59.999Z"));
    EXPECT_EQ(octets_of(json_of(point), receipt, "Asia/Kolkata"), "01 5f ea 3b");
}

TEST(Case142, ImpossibleTimeTagsOf24BitsAreMarked) {
    EXPECT_EQ(members_of(2, "01 00 00 3c"), R"("value":true,"time_flags":["IV"],"time_raw":"00003c")");
    EXPECT_EQ(octets_of(json_of(point_of(2, "01 00 00 3c"))), "01 00 00 3c");
    EXPECT_EQ(members_of(2, "01 ab 87 ad"), R"("value":true,"time":"2026-11-21T09:45:34.731Z","time_flags":["IV"])");
}

TEST(TimeZone, ConvertsLocalTimeBothWays) {
    const TimeZone berlin = zone_named("Europe/Berlin");
    const auto winter = berlin.to_local(utc("2026-11-21T09:00:00Z"));
    EXPECT_EQ(winter.time.time_since_epoch(), utc("2026-11-21T10:00:00Z").time_since_epoch());
    EXPECT_FALSE(winter.summer);
    const auto summer = berlin.to_local(utc("2026-07-21T09:00:00Z"));
    EXPECT_EQ(summer.time.time_since_epoch(), utc("2026-07-21T11:00:00Z").time_since_epoch());
    EXPECT_TRUE(summer.summer);
    EXPECT_EQ(berlin.to_utc(winter.time, false), utc("2026-11-21T09:00:00Z"));
    EXPECT_EQ(berlin.to_utc(summer.time, true), utc("2026-07-21T09:00:00Z"));
    EXPECT_EQ(berlin.to_utc(summer.time, false), utc("2026-07-21T09:00:00Z"));  // only the repeated hour asks for it
}

TEST(TimeZone, EveryHourOfAYearSurvivesInZonesOfAllKinds) {
    for (const char* name : {"UTC", "Europe/Berlin", "Europe/Dublin", "America/Sao_Paulo", "America/St_Johns",
                             "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Chatham"}) {
        const TimeZone zone = zone_named(name);
        for (UtcTime time = utc("2026-01-01T00:00:00Z"); time < utc("2027-01-01T00:00:00Z"); time += 15min) {
            const auto local = zone.to_local(time);
            ASSERT_EQ(zone.to_utc(local.time, local.summer), time) << name << " " << time.time_since_epoch().count();
        }
    }
}

TEST(TimeZone, SummerIsSummerInIrelandToo) {
    const TimeZone dublin = zone_named("Europe/Dublin");
    EXPECT_TRUE(dublin.to_local(utc("2026-07-01T00:00:00Z")).summer);
    EXPECT_FALSE(dublin.to_local(utc("2026-12-01T00:00:00Z")).summer);
}

TEST(TimeZone, TimesThatAnHourSkipsAreTakenAsTheTagSays) {
    const TimeZone berlin = zone_named("Europe/Berlin");
    const auto skipped = berlin.to_local(utc("2026-03-29T00:30:00Z")).time + 1h;  // 02:30 does not exist that day
    EXPECT_EQ(berlin.to_utc(skipped, false), utc("2026-03-29T01:30:00Z"));
    EXPECT_EQ(berlin.to_utc(skipped, true), utc("2026-03-29T00:30:00Z"));
}

TEST(TimeZone, NamesAnUnknownZone) {
    EXPECT_EQ(TimeZone::find("Europe/Atlantis").error().what, "time zone \"Europe/Atlantis\" is not known here");
    EXPECT_FALSE(TimeZone::find(""));
}

// At the end of summer time 02:30 comes twice, first with SU.
TEST(Case128, BothHalfPastTwoKeepTheirOrder) {
    const Point first = point_of(30, "01 00 00 1e 82 19 0a 1a", receipt, "Europe/Berlin");
    const Point second = point_of(30, "00 00 00 1e 02 19 0a 1a", receipt, "Europe/Berlin");
    EXPECT_EQ(first.time, utc("2026-10-25T00:30:00Z"));
    EXPECT_EQ(second.time, utc("2026-10-25T01:30:00Z"));
    EXPECT_EQ(octets_of(first, receipt, "Europe/Berlin"), "01 00 00 1e 82 19 0a 1a");
    EXPECT_EQ(octets_of(second, receipt, "Europe/Berlin"), "00 00 00 1e 02 19 0a 1a");
}

TEST(SummerTime, IsFlaggedOnlyWhereTheZoneDoesNotExplainIt) {
    const Point july = point_of(30, "01 00 00 00 8c 15 07 1a", receipt, "Europe/Berlin");
    EXPECT_EQ(july.time, utc("2026-07-21T10:00:00Z"));
    EXPECT_EQ(july.time_flags, point::TimeFlags{});
    EXPECT_EQ(octets_of(july, receipt, "UTC"), "01 00 00 00 0a 15 07 1a");
    // A station that never sets SU: the octets survive in its own zone.
    const Point without = point_of(30, "01 00 00 00 0c 15 07 1a", receipt, "Europe/Berlin");
    EXPECT_EQ(without.time, july.time);
    EXPECT_EQ(octets_of(without, receipt, "Europe/Berlin"), "01 00 00 00 0c 15 07 1a");
    EXPECT_EQ(octets_of(without, receipt, "UTC"), "01 00 00 00 0a 15 07 1a");
}

/// Octets of every type, at random and with the bits that matter most, through point and JSON and back.
class EveryBit : public testing::TestWithParam<const char*> {};

TEST_P(EveryBit, SurvivesPointAndJson) {
    const TimeZone zone = zone_named(GetParam());
    std::mt19937 random{60870};
    const auto next = [&] { return static_cast<Octet>(random()); };
    char json[point::max_json_size];
    for (const TypeDescription& type : iec60870::all_types()) {
        for (int round = 0; round < 400; ++round) {
            OctetBuffer element(type.size);
            for (Octet& octet : element) octet = next();
            const unsigned tag = type.time_tag_size();
            const std::size_t value = element.size() - tag;
            if (round % 4 == 1)
                std::fill(element.begin(), element.begin() + static_cast<std::ptrdiff_t>(value), Octet{0});
            if (round % 4 == 2 && value >= 4) element[3] |= 0x7f, element[2] |= 0x80;  // NaN and infinity
            if (round % 2 == 0 && tag > 0) {                                           // mostly possible times
                element[value + 1] = static_cast<Octet>(element[value + 1] % 0xee);
                element[value + 2] = static_cast<Octet>(element[value + 2] % 60);
                if (tag == 7) {
                    element[value + 3] = static_cast<Octet>((element[value + 3] & 0x80) | random() % 24);
                    element[value + 4] = static_cast<Octet>(random() % 29 + 1);
                    element[value + 5] = static_cast<Octet>(random() % 12 + 1);
                    element[value + 6] = static_cast<Octet>(random() % 100);
                }
            }
            const UtcTime received = receipt + std::chrono::milliseconds{random() % 100'000'000};
            Point point;
            to_point(type, {Ioa{1}, element}, received, zone, point);
            const auto again = point::read_json({json, write_json(json, point)});
            ASSERT_TRUE(again) << again.error().what << " in " << json;
            const auto back = from_point(type, *again, received, zone);
            ASSERT_TRUE(back) << back.error().what << " of " << type.name << " " << to_hex(element);
            ASSERT_EQ(to_hex(back->view()), to_hex(element)) << type.name << " " << json;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Zone, EveryBit, testing::Values("UTC", "Europe/Berlin", "Pacific/Chatham"),
                         [](const auto& zone) { return "No" + std::to_string(zone.index); });

}  // namespace
}  // namespace busbar::connector
