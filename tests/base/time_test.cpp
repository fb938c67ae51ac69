#include "base/time.hpp"

#include <gtest/gtest.h>

#include <string>

namespace busbar {
namespace {

using namespace std::chrono_literals;

std::string iso8601(UtcTime time) {
    std::string text(iso8601_size, '?');
    EXPECT_EQ(write_iso8601(text.data(), time), text.data() + text.size());
    return text;
}

TEST(Iso8601, WritesMillisecondsInUtc) {
    EXPECT_EQ(iso8601(UtcTime{}), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(iso8601(UtcTime{1'795'251'600'123ms}), "2026-11-21T09:00:00.123Z");
    EXPECT_EQ(iso8601(UtcTime{951'782'399'999ms}), "2000-02-28T23:59:59.999Z");
    EXPECT_EQ(iso8601(UtcTime{-1ms}), "1969-12-31T23:59:59.999Z");
    EXPECT_EQ(iso8601(UtcTime{253'402'300'799'999ms}), "9999-12-31T23:59:59.999Z");
}

TEST(Iso8601, ReadsWhatItWrites) {
    for (auto time = UtcTime{-62'000'000'000'000ms}; time < UtcTime{253'000'000'000'000ms}; time += 86'399'999'777ms)
        ASSERT_EQ(parse_iso8601(iso8601(time)), time);
}

TEST(Iso8601, ReadsEveryRfc3339Form) {
    const UtcTime expected{1'795'251'600'120ms};
    for (const char* text : {"2026-11-21T09:00:00.12Z", "2026-11-21T09:00:00.120999Z", "2026-11-21t09:00:00.120z",
                             "2026-11-21 09:00:00.120Z", "2026-11-21T11:00:00.120+02:00",
                             "2026-11-21T05:30:00.120-03:30", "2026-11-21T09:00:00.1200000000000000000000+00:00"})
        EXPECT_EQ(parse_iso8601(text), expected) << text;
    EXPECT_EQ(parse_iso8601("2026-11-21T09:00:00Z"), UtcTime{1'795'251'600'000ms});
    EXPECT_TRUE(parse_iso8601("2024-02-29T00:00:00Z"));
}

TEST(Iso8601, RefusesWhatIsNoTime) {
    for (const char* text :
         {"", "2026", "2026-11-21", "2026-11-21T09:00", "2026-11-21T09:00:00", "2026-11-21T09:00:00.Z",
          "2026-11-21T09:00:00.123", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-21T24:00:00Z",
          "2026-11-21T09:60:00Z", "2026-11-21T09:00:60Z", "2026-11-21T09:00:00Zx", "2026-11-21T09:00:00+0200",
          "2026-11-21T09:00:00+24:00", "0000-01-01T00:00:00+01:00", "9999-12-31T23:59:59-00:01", "-026-11-21T09:00:00Z",
          "2026-11-21T09:00: 0Z"})
        EXPECT_EQ(parse_iso8601(text), std::nullopt) << text;
}

TEST(Iso8601, NoOtherCharacterPassesForADigitOrASign) {
    const std::string written = "2026-11-21T09:00:00.123Z";
    for (std::size_t at = 0; at < written.size(); ++at) {
        for (int character = 0; character < 256; ++character) {
            std::string text = written;
            text[at] = static_cast<char>(character);
            const auto time = parse_iso8601(text);
            if (at == 10 && (text[at] == 't' || text[at] == ' ')) text[at] = 'T';
            if (at == 23 && text[at] == 'z') text[at] = 'Z';
            if (time) {
                EXPECT_EQ(iso8601(*time), text);
            }
        }
    }
}

}  // namespace
}  // namespace busbar
