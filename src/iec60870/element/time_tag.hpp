#pragma once

#include <array>
#include <chrono>
#include <optional>

#include "iec60870/element/field.hpp"

/// Time tags (IEC 60870-5-101, 7.2.6.18 to 7.2.6.20) and what they say in milliseconds.
namespace busbar::iec60870 {

/// A station's own calendar time, to the millisecond; which zone it is in, the stations have agreed.
using StationTime = std::chrono::local_time<std::chrono::milliseconds>;

/// What CP56Time2a can say.
inline constexpr StationTime begin_of_century{std::chrono::local_days{std::chrono::year{2000} / 1 / 1}};
inline constexpr StationTime end_of_century{std::chrono::local_days{std::chrono::year{2100} / 1 / 1}};

/// Minute and milliseconds; date and hour come from the time of receipt.
struct Cp24Time2a {
    std::uint16_t milliseconds{};  // of the minute
    std::uint8_t minute{};
    bool reserved{};
    bool invalid{};

    static constexpr bool is_time_tag = true;
    static constexpr std::string_view symbol = "CP24Time2a";
    static constexpr std::tuple fields{Field{"milliseconds", "ms", &Cp24Time2a::milliseconds, 0, 16, "Milliseconds"},
                                       Field{"minute", "min", &Cp24Time2a::minute, 16, 6, "Minute"},
                                       Field{"RES1", "RES1", &Cp24Time2a::reserved, 22, 1, "Reserved"},
                                       Field{"IV", "IV", &Cp24Time2a::invalid, 23, 1, "Time invalid"}};
    bool operator==(const Cp24Time2a&) const = default;
};

/// Date and time of day; year 0-99 of this century.
struct Cp56Time2a {
    std::uint16_t milliseconds{};  // of the minute
    std::uint8_t minute{};
    bool substituted{};  // GEN
    bool invalid{};
    std::uint8_t hour{};
    bool summer{};
    std::uint8_t day{1}, day_of_week{};  // Monday 1 … Sunday 7, 0 not used
    std::uint8_t month{1}, year{};

    static constexpr bool is_time_tag = true;
    static constexpr std::string_view symbol = "CP56Time2a";
    static constexpr std::tuple fields{Field{"milliseconds", "ms", &Cp56Time2a::milliseconds, 0, 16, "Milliseconds"},
                                       Field{"minute", "min", &Cp56Time2a::minute, 16, 6, "Minute"},
                                       Field{"GEN", "GEN", &Cp56Time2a::substituted, 22, 1, "Substituted time"},
                                       Field{"IV", "IV", &Cp56Time2a::invalid, 23, 1, "Time invalid"},
                                       Field{"hour", "hour", &Cp56Time2a::hour, 24, 5, "Hour"},
                                       Field{"SU", "SU", &Cp56Time2a::summer, 31, 1, "Summer time"},
                                       Field{"day", "day", &Cp56Time2a::day, 32, 5, "Day of month"},
                                       Field{"day_of_week", "DOW", &Cp56Time2a::day_of_week, 37, 3, "Day of week"},
                                       Field{"month", "month", &Cp56Time2a::month, 40, 4, "Month"},
                                       Field{"year", "year", &Cp56Time2a::year, 48, 7, "Year"}};
    bool operator==(const Cp56Time2a&) const = default;
};

namespace detail {

inline constexpr unsigned end_of_leap_second = 61'000;
inline constexpr unsigned ms_of_minute = 60'000;
inline constexpr unsigned ms_of_hour = 3'600'000;

constexpr unsigned within_minute(unsigned ms) { return ms < ms_of_minute ? ms : ms_of_minute - 1; }

/// The months of a common and of a leap year; there are no months 0 and 13-15.
struct Months {
    std::array<std::uint16_t, 16> days{};         // in the month
    std::array<std::uint16_t, 16> days_before{};  // in the year before it
};
constexpr Months months_of_year(bool leap) {
    Months months{{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}, {}};
    if (leap) ++months.days[2];
    for (std::size_t month = 1; month <= 12; ++month)
        months.days_before[month] = static_cast<std::uint16_t>(months.days_before[month - 1] + months.days[month - 1]);
    return months;
}
inline constexpr std::array months_of{months_of_year(false), months_of_year(true)};

}  // namespace detail

/// The time that a tag says; nothing if there is no such time (second 60, minute 60, 30 February, year 100 …).
/// A leap second, ms 60000-60999, is the last millisecond of its minute.
constexpr std::optional<StationTime> station_time(const Cp56Time2a& tag) {
    const unsigned year = tag.year;
    const detail::Months& months = detail::months_of[year % 4 == 0];  // 2000 to 2099: every fourth
    const unsigned month = tag.month & 15u;
    if (tag.milliseconds >= detail::end_of_leap_second || tag.minute > 59 || tag.hour > 23 ||
        tag.day - 1u >= months.days[month] || year > 99)
        return std::nullopt;
    const unsigned days = (year * 1461 + 3) / 4 + months.days_before[month] + tag.day - 1u;
    const std::int64_t minutes = (days * 24 + tag.hour) * 60 + tag.minute;
    return begin_of_century +
           std::chrono::milliseconds{minutes * detail::ms_of_minute + detail::within_minute(tag.milliseconds)};
}

/// The same for the time within the hour.
constexpr std::optional<std::chrono::milliseconds> time_in_hour(const Cp24Time2a& tag) {
    if (tag.milliseconds >= detail::end_of_leap_second || tag.minute > 59) return std::nullopt;
    return std::chrono::milliseconds{tag.minute * detail::ms_of_minute + detail::within_minute(tag.milliseconds)};
}

/// Sets date and time of day, and no flag. Years outside 2000-2099 cannot be said: their last two digits remain.
constexpr void set_time(Cp56Time2a& tag, StationTime time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const auto in_day = static_cast<unsigned>((time - day).count());
    const int year = static_cast<int>(date.year()) % 100;
    tag.milliseconds = static_cast<std::uint16_t>(in_day % detail::ms_of_minute);
    tag.minute = static_cast<std::uint8_t>(in_day / detail::ms_of_minute % 60);
    tag.hour = static_cast<std::uint8_t>(in_day / detail::ms_of_hour);
    tag.day = static_cast<std::uint8_t>(static_cast<unsigned>(date.day()));
    tag.month = static_cast<std::uint8_t>(static_cast<unsigned>(date.month()));
    tag.year = static_cast<std::uint8_t>(year < 0 ? year + 100 : year);
}

constexpr void set_time(Cp24Time2a& tag, StationTime time) {
    const auto in_hour = static_cast<unsigned>((time - std::chrono::floor<std::chrono::hours>(time)).count());
    tag.milliseconds = static_cast<std::uint16_t>(in_hour % detail::ms_of_minute);
    tag.minute = static_cast<std::uint8_t>(in_hour / detail::ms_of_minute);
}

/// The tag of a time, all flags and the day of week 0.
constexpr Cp56Time2a make_cp56(StationTime time) {
    Cp56Time2a tag;
    set_time(tag, time);
    return tag;
}

constexpr Cp24Time2a make_cp24(StationTime time) {
    Cp24Time2a tag;
    set_time(tag, time);
    return tag;
}

}  // namespace busbar::iec60870
