#include "iec102/meter/time_label.hpp"

#include <gtest/gtest.h>

namespace busbar::iec102 {
namespace {

using namespace std::chrono_literals;

TimeLabelA label_of(std::string_view hex) { return decode_element<TimeLabelA>(from_hex(hex)->data()); }

std::string text(std::optional<UtcTime> time) {
    if (!time) return "none";
    char buffer[iso8601_size];
    return {buffer, write_iso8601(buffer, *time)};
}

UtcTime utc(std::string_view time) { return parse_iso8601(time).value(); }

std::string hex_of(const Described auto& label) {
    OctetBuffer octets;
    append_element(label, octets);
    return to_hex(octets, ' ');
}

TEST(TimeLabel, SummerTimeIsTheLabelsNotTheHosts) {
    EXPECT_EQ(text(utc_time(label_of("37 92 6E 04 15"))), "2021-04-14T16:55:00.000Z");
    EXPECT_EQ(text(utc_time(label_of("00 82 1B 0A 13"))), "2019-10-27T00:00:00.000Z");
    EXPECT_EQ(text(utc_time(label_of("00 02 1B 0A 13"))), "2019-10-27T01:00:00.000Z");
    EXPECT_EQ(text(utc_time(label_of("00 02 1B 0A 13"), 0min)), "2019-10-27T02:00:00.000Z");  // the Canary Islands
}

TEST(TimeLabel, TheWeekdayIsNotLookedAt) {
    for (const char* hex : {"37 92 0E 04 15", "37 92 EE 04 15"})
        EXPECT_EQ(text(utc_time(label_of(hex))), "2021-04-14T16:55:00.000Z") << hex;
}

TEST(TimeLabel, NoTimeIsNoError) {
    EXPECT_EQ(text(utc_time(label_of("00 00 00 00 00"))), "none");
    EXPECT_TRUE(is_empty(label_of("00 00 00 00 00")));
    EXPECT_EQ(text(utc_time(label_of("B7 92 6E 04 15"))), "none");  // IV
    EXPECT_EQ(text(utc_time(label_of("3C 92 6E 04 15"))), "none");  // minute 60
    EXPECT_EQ(text(utc_time(label_of("37 98 6E 04 15"))), "none");  // hour 24
    EXPECT_EQ(text(utc_time(label_of("37 92 1F 04 15"))), "none");  // 31 April
    EXPECT_EQ(text(utc_time(label_of("37 92 6E 0D 15"))), "none");  // month 13
    EXPECT_EQ(text(utc_time(label_of("00 00 1D 02 15"))), "none");  // 29 February 2021
    EXPECT_EQ(text(utc_time(label_of("00 00 1D 02 14"))), "2020-02-28T23:00:00.000Z");
}

TEST(TimeLabel, TypeBHasSecondsAndMilliseconds) {
    const OctetBuffer octets = from_hex("00 90 25 8B 7C 08 13").value();
    EXPECT_EQ(text(utc_time(decode_element<TimeLabelB>(octets.data()))), "2019-08-28T09:37:36.000Z");
    const OctetBuffer wrong = from_hex("00 F0 25 8B 7C 08 13").value();  // second 60
    EXPECT_EQ(text(utc_time(decode_element<TimeLabelB>(wrong.data()))), "none");
    EXPECT_EQ(hex_of(label_b(utc("2019-08-28T09:37:36.999Z"))), "e7 93 25 8b 7c 08 13");
}

TEST(TimeLabel, IsWrittenWithWeekdayAndSummerTime) {
    EXPECT_EQ(hex_of(label_a(utc("2021-04-14T16:55:59.999Z"))), "37 92 6e 04 15");  // Wednesday
    EXPECT_EQ(hex_of(label_a(utc("2017-03-31T14:36:00Z"))), "24 90 bf 03 11");      // Friday
    EXPECT_EQ(hex_of(label_a(utc("2024-02-29T23:30:00Z"), 0min)), "1e 17 9d 02 18");
}

TEST(TimeLabel, SummerBeginsAndEndsAtOneOClockUtc) {
    EXPECT_FALSE(is_summer_time(utc("2019-03-31T00:59:59Z")));
    EXPECT_TRUE(is_summer_time(utc("2019-03-31T01:00:00Z")));
    EXPECT_TRUE(is_summer_time(utc("2019-10-27T00:59:59Z")));
    EXPECT_FALSE(is_summer_time(utc("2019-10-27T01:00:00Z")));
    EXPECT_FALSE(is_summer_time(utc("2026-01-15T12:00:00Z")));
}

TEST(TimeLabel, EachHourOfAYearComesBack) {
    for (UtcTime time = utc("2026-01-01T00:00:00Z"); time < utc("2027-01-01T00:00:00Z"); time += 1h)
        ASSERT_EQ(text(utc_time(label_a(time))), text(time));
}

}  // namespace
}  // namespace busbar::iec102
