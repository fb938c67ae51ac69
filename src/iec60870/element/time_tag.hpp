#pragma once

#include <chrono>
#include <optional>

#include "iec60870/element/field.hpp"

/// Time tags (IEC 60870-5-101, 7.2.6.18 to 7.2.6.20) and what they say in milliseconds.
namespace busbar::iec60870 {

/// A station's own calendar time, to the millisecond; which zone it is in, the stations have agreed.
using StationTime = std::chrono::local_time<std::chrono::milliseconds>;

/// Minute and milliseconds; date and hour come from the time of receipt.
struct Cp24Time2a {
    std::uint16_t milliseconds{};  // of the minute
    std::uint8_t minute{};
    bool reserved{};
    bool invalid{};

    static constexpr bool is_time_tag = true;
    static constexpr unsigned octets = 3;
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
    static constexpr unsigned octets = 7;
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

/// The time that a tag says; nothing if there is no such time (second 60, minute 60, 30 February, year 100 …).
/// A leap second, ms 60000-60999, is the last millisecond of its minute.
std::optional<StationTime> station_time(const Cp56Time2a& tag);

/// The same for the time within the hour.
std::optional<std::chrono::milliseconds> time_in_hour(const Cp24Time2a& tag);

/// Years outside 2000-2099 cannot be said: they are cut to their last two digits. Flags and day of week are 0.
Cp56Time2a make_cp56(StationTime time);
Cp24Time2a make_cp24(StationTime time);

}  // namespace busbar::iec60870
