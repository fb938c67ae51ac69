#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "iec60870/asdu/record.hpp"
#include "iec60870/element/command.hpp"
#include "iec60870/element/file.hpp"
#include "iec60870/element/process.hpp"
#include "iec60870/element/system.hpp"
#include "iec60870/element/time_tag.hpp"

namespace busbar::iec60870 {
namespace {

template <class Element>
std::string hex_of(const Element& element) {
    std::array<Octet, 8> octets{};
    Octet* end = encode(element, octets.data());
    return to_hex({octets.data(), end}, ' ');
}

template <class Element>
Element read(std::string_view hex) {
    const auto octets = from_hex(hex).value();
    EXPECT_EQ(octets.size(), size_of<Element>);
    return decode<Element>(octets.data());
}

template <class Element>
void expect_both_ways(const Element& element, std::string_view hex) {
    EXPECT_EQ(hex_of(element), hex);
    EXPECT_EQ(read<Element>(hex), element);
}

constexpr Quality all_quality{true, true, true, true};

// Section 9 of the standard's tables, bit by bit.
TEST(Element, SinglePointIsBit0AndQualityBits4To7) {
    expect_both_ways(SinglePoint{true, {}}, "01");
    expect_both_ways(SinglePoint{false, {.blocked = true}}, "10");
    expect_both_ways(SinglePoint{false, {.substituted = true}}, "20");
    expect_both_ways(SinglePoint{false, {.not_topical = true}}, "40");
    expect_both_ways(SinglePoint{false, {.invalid = true}}, "80");
    expect_both_ways(SinglePoint{true, all_quality}, "f1");
}

TEST(Element, ReservedBitsAreSentAs0AndIgnored) {
    EXPECT_EQ(read<SinglePoint>("0f"), (SinglePoint{true, {}}));
    EXPECT_EQ(read<QualityDescriptor>("0e"), QualityDescriptor{});
    EXPECT_EQ(read<ProtectionQuality>("07"), ProtectionQuality{});
    EXPECT_EQ(hex_of(read<DoublePoint>("0e")), "02");
}

TEST(Element, EveryBitOfProcessInformation) {
    expect_both_ways(DoublePoint{3, {.invalid = true}}, "83");
    expect_both_ways(QualityDescriptor{true, {}}, "01");
    expect_both_ways(QualityDescriptor{false, all_quality}, "f0");
    expect_both_ways(BitString{0xDEADBEEF}, "ef be ad de");
    expect_both_ways(CounterReading{-5, 31, false, false, false}, "fb ff ff ff 1f");
    expect_both_ways(CounterReading{0, 0, true, false, false}, "00 00 00 00 20");
    expect_both_ways(CounterReading{0, 0, false, true, false}, "00 00 00 00 40");
    expect_both_ways(CounterReading{0, 0, false, false, true}, "00 00 00 00 80");
    expect_both_ways(ProtectionEvent{2, true, {}}, "0a");
    expect_both_ways(ProtectionEvent{0, false, all_quality}, "f0");
    expect_both_ways(StartEvents{true, false, true, false, true, false}, "15");
    expect_both_ways(StartEvents{false, true, false, true, false, true}, "2a");
    expect_both_ways(OutputCircuit{true, false, false, true}, "09");
    expect_both_ways(ProtectionQuality{true, {.blocked = true}}, "18");
    expect_both_ways(StatusAndChange{0xA55A, 0x8001}, "5a a5 01 80");
    expect_both_ways(Duration{59999}, "5f ea");
}

TEST(Element, EveryBitOfCommandsAndParameters) {
    expect_both_ways(SingleCommand{true, 0, true}, "81");
    expect_both_ways(SingleCommand{false, 31, false}, "7c");
    expect_both_ways(DoubleCommand{2, 1, false}, "06");
    expect_both_ways(StepCommand{1, 3, true}, "8d");
    expect_both_ways(SetPointQualifier{127, false}, "7f");
    expect_both_ways(SetPointQualifier{0, true}, "80");
    expect_both_ways(ParameterQualifier{63, false, false}, "3f");
    expect_both_ways(ParameterQualifier{1, true, false}, "41");
    expect_both_ways(ParameterQualifier{4, false, true}, "84");
    expect_both_ways(ParameterActivation{3}, "03");
}

TEST(Element, EveryBitOfSystemInformation) {
    expect_both_ways(InitializationCause{2, false}, "02");
    expect_both_ways(InitializationCause{127, true}, "ff");
    expect_both_ways(InterrogationQualifier{20}, "14");
    expect_both_ways(CounterQualifier{5, 0}, "05");
    expect_both_ways(CounterQualifier{5, 1}, "45");
    expect_both_ways(CounterQualifier{5, 2}, "85");
    expect_both_ways(CounterQualifier{5, 3}, "c5");
    expect_both_ways(TestPattern{0x55AA}, "aa 55");
    expect_both_ways(ResetQualifier{2}, "02");
    expect_both_ways(Delay{30}, "1e 00");
    expect_both_ways(TestCounter{0xFFFE}, "fe ff");
}

TEST(Element, EveryBitOfFileTransfer) {
    expect_both_ways(NameOfFile{0x0102}, "02 01");
    expect_both_ways(NameOfSection{7}, "07");
    expect_both_ways(LengthOfFile{0x010203}, "03 02 01");
    expect_both_ways(FileReady{true}, "80");
    expect_both_ways(SectionReady{true}, "80");
    expect_both_ways(SelectAndCall{6, 0}, "06");
    expect_both_ways(SelectAndCall{2, 5}, "52");
    expect_both_ways(LastQualifier{3}, "03");
    expect_both_ways(Checksum{0xAB}, "ab");
    expect_both_ways(FileAcknowledge{4, 2}, "24");
    expect_both_ways(StatusOfFile{1, true, false, false}, "21");
    expect_both_ways(StatusOfFile{0, false, true, true}, "c0");
}

TEST(Case126, EdgesOfTheValueRangesHaveTheOctetsOfTheStandard) {
    expect_both_ways(NormalizedValue{{-32768}}, "00 80");  // NVA -1
    expect_both_ways(NormalizedValue{{32767}}, "ff 7f");   // NVA 1 - 2^-15, the greatest
    EXPECT_EQ(Fraction{-32768}.number(), -1.0);
    EXPECT_EQ(Fraction{32767}.number(), 0.999969482421875);
    expect_both_ways(ScaledValue{-32768}, "00 80");
    expect_both_ways(ScaledValue{32767}, "ff 7f");
    expect_both_ways(ShortFloat{std::numeric_limits<float>::denorm_min()}, "01 00 00 00");
    expect_both_ways(ShortFloat{std::numeric_limits<float>::max()}, "ff ff 7f 7f");
    expect_both_ways(StepPosition{-64, false}, "40");
    expect_both_ways(StepPosition{63, true}, "bf");
    expect_both_ways(StepPosition{-1, true}, "ff");
    expect_both_ways(CounterReading{std::numeric_limits<std::int32_t>::min(), 0, false, false, false},
                     "00 00 00 80 00");
}

TEST(Element, FloatsKeepEveryBit) {
    for (const char* hex : {"00 00 00 80", "01 00 c0 7f", "ff ff ff ff", "00 00 80 7f", "01 00 00 80"})
        EXPECT_EQ(hex_of(read<ShortFloat>(hex)), hex);
}

TEST(TimeTag, EveryBitOfCp56) {
    expect_both_ways(Cp56Time2a{.milliseconds = 34731, .minute = 45, .hour = 9, .day = 21, .month = 11, .year = 26},
                     "ab 87 2d 09 15 0b 1a");
    const Cp56Time2a flags{.milliseconds = 0,
                           .minute = 0,
                           .substituted = true,
                           .invalid = true,
                           .hour = 0,
                           .summer = true,
                           .day = 0,
                           .day_of_week = 7,
                           .month = 0,
                           .year = 127};
    expect_both_ways(flags, "00 00 c0 80 e0 00 7f");
}

TEST(TimeTag, EveryBitOfCp24) {
    expect_both_ways(Cp24Time2a{.milliseconds = 59999, .minute = 59}, "5f ea 3b");
    expect_both_ways(Cp24Time2a{.reserved = true, .invalid = true}, "00 00 c0");
}

StationTime at(int year, unsigned month, unsigned day, std::chrono::milliseconds in_day) {
    return std::chrono::local_days{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day)} + in_day;
}

TEST(TimeTag, SaysTheSameTimeBothWays) {
    using namespace std::chrono_literals;
    for (const auto& [time, hex] : {std::pair{at(2026, 11, 21, 9h + 45min + 34731ms), "ab 87 2d 09 15 0b 1a"},
                                    std::pair{at(2000, 1, 1, 0ms), "00 00 00 00 01 01 00"},
                                    std::pair{at(2099, 12, 31, 23h + 59min + 59999ms), "5f ea 3b 17 1f 0c 63"},
                                    std::pair{at(2024, 2, 29, 12h), "00 00 00 0c 1d 02 18"}}) {
        EXPECT_EQ(hex_of(make_cp56(time)), hex);
        EXPECT_EQ(station_time(read<Cp56Time2a>(hex)), time);
    }
    EXPECT_EQ(hex_of(make_cp24(at(2026, 11, 21, 9h + 45min + 34731ms))), "ab 87 2d");
    EXPECT_EQ(time_in_hour(read<Cp24Time2a>("ab 87 2d")), 45min + 34731ms);
}

TEST(Case154, ImpossibleTimesAreRefused) {
    for (const char* hex : {
             "48 ee 00 00 01 01 00",  // 61000 ms
             "ff ff 00 00 01 01 00",  // 65535 ms
             "00 00 3c 00 01 01 00",  // minute 60
             "00 00 00 18 01 01 00",  // hour 24
             "00 00 00 00 00 01 00",  // day 0
             "00 00 00 00 1e 02 18",  // 30 February
             "00 00 00 00 1d 02 19",  // 29 February of 2025
             "00 00 00 00 1f 04 00",  // 31 April
             "00 00 00 00 01 00 00",  // month 0
             "00 00 00 00 01 0d 00",  // month 13
             "00 00 00 00 01 01 64",  // year 100
         })
        EXPECT_EQ(station_time(read<Cp56Time2a>(hex)), std::nullopt) << hex;
    EXPECT_EQ(time_in_hour(read<Cp24Time2a>("48 ee 00")), std::nullopt);
    EXPECT_EQ(time_in_hour(read<Cp24Time2a>("00 00 3c")), std::nullopt);
}

TEST(TimeTag, LeapSecondIsTheLastMillisecondOfItsMinute) {
    using namespace std::chrono_literals;
    for (const char* hex : {"60 ea 3b 17 1f 0c 1a", "47 ee 3b 17 1f 0c 1a"})  // 60000 and 60999 ms
        EXPECT_EQ(station_time(read<Cp56Time2a>(hex)), at(2026, 12, 31, 23h + 59min + 59999ms));
    EXPECT_EQ(time_in_hour(read<Cp24Time2a>("60 ea 00")), 59999ms);
}

TEST(TimeTag, DayOfWeekIsIgnored) {
    EXPECT_EQ(station_time(read<Cp56Time2a>("00 00 00 00 e1 01 00")), at(2000, 1, 1, {}));
}

TEST(Record, WalksEveryNumberWithItsPlace) {
    using Record36 = Record<ShortFloat, QualityDescriptor, Cp56Time2a>;
    const auto octets = from_hex("00 00 bc 41 41  ab 87 2d 09 15 0b 1a").value();
    ASSERT_EQ(record_size<Record36>, 12u);
    const auto record = decode_record<Record36>(octets.data());
    std::string walked;
    for_each_leaf_of(record, [&](auto field, const auto&) {
        walked +=
            std::string{field.key} + "@" + std::to_string(field.first_bit) + "+" + std::to_string(field.width) + " ";
    });
    EXPECT_EQ(walked, "value@0+32 OV@32+1 BL@36+1 SB@37+1 NT@38+1 IV@39+1 time@40+56 ");
    EXPECT_EQ(std::get<ShortFloat>(record).value, 23.5f);
    EXPECT_TRUE(std::get<QualityDescriptor>(record).quality.not_topical);

    OctetBuffer again(record_size<Record36>);
    encode_record(record, again.data());
    EXPECT_EQ(again, octets);
}

}  // namespace
}  // namespace busbar::iec60870
