#pragma once

#include <chrono>
#include <optional>

#include "base/time.hpp"
#include "iec102/meter/element.hpp"

/// Time labels: local official time, in which SU tells the side of the change to and from summer time.
namespace busbar::iec102 {

/// Type a: to the minute.
struct TimeLabelA {
    std::uint8_t minute{};
    bool tariff_switch{};  // TIS
    bool invalid{};
    std::uint8_t hour{};
    bool summer{};
    std::uint8_t day{}, day_of_week{};  // Monday 1 … Sunday 7; meters write it as they like, it is never used
    std::uint8_t month{}, energy_tariff{}, power_tariff{}, year{};

    static constexpr std::tuple fields{Field{"minute", "min", &TimeLabelA::minute, 0, 6, "Minute"},
                                       Field{"TIS", "TIS", &TimeLabelA::tariff_switch, 6, 1, "Tariff switch"},
                                       Field{"IV", "IV", &TimeLabelA::invalid, 7, 1, "Time invalid"},
                                       Field{"hour", "hour", &TimeLabelA::hour, 8, 5, "Hour"},
                                       Field{"SU", "SU", &TimeLabelA::summer, 15, 1, "Summer time"},
                                       Field{"day", "day", &TimeLabelA::day, 16, 5, "Day of month"},
                                       Field{"day_of_week", "DOW", &TimeLabelA::day_of_week, 21, 3, "Day of week"},
                                       Field{"month", "month", &TimeLabelA::month, 24, 4, "Month"},
                                       Field{"ETI", "ETI", &TimeLabelA::energy_tariff, 28, 2, "Energy tariff"},
                                       Field{"PTI", "PTI", &TimeLabelA::power_tariff, 30, 2, "Power tariff"},
                                       Field{"year", "year", &TimeLabelA::year, 32, 7, "Year"}};
    bool operator==(const TimeLabelA&) const = default;
};

/// Type b: to the millisecond; 10 bits of milliseconds, 6 of seconds, then a label of type a.
struct TimeLabelB {
    std::uint16_t milliseconds{};
    std::uint8_t second{};
    TimeLabelA minute;

    static constexpr std::tuple fields{Field{"milliseconds", "ms", &TimeLabelB::milliseconds, 0, 10, "Milliseconds"},
                                       Field{"second", "s", &TimeLabelB::second, 10, 6, "Second"},
                                       Field{"minute", "min", &TimeLabelB::minute, 16, 40, "Minute and date"}};
    bool operator==(const TimeLabelB&) const = default;
};

/// Local time without summer time, ahead of UTC: an hour in peninsular Spain.
inline constexpr std::chrono::minutes peninsular_offset{60};

/// All octets zero: "no time", as meters write it.
bool is_empty(const TimeLabelA& label);

/// The label's local time as it stands there; nothing where there is none: empty labels, 30 February, hour 24.
std::optional<std::chrono::local_time<std::chrono::milliseconds>> local_time(const TimeLabelA& label);
std::optional<std::chrono::local_time<std::chrono::milliseconds>> local_time(const TimeLabelB& label);

/// The label as UTC; nothing where there is no time or IV says that it is not one.
std::optional<UtcTime> utc_time(const TimeLabelA& label, std::chrono::minutes base_offset = peninsular_offset);
std::optional<UtcTime> utc_time(const TimeLabelB& label, std::chrono::minutes base_offset = peninsular_offset);

/// Is it summer time in the European Union: from the last Sunday of March to that of October, 01:00 UTC each?
bool is_summer_time(UtcTime time);

/// The label of a time in the years 2000 to 2099; seconds are cut off in type a.
TimeLabelA label_a(UtcTime time, std::chrono::minutes base_offset = peninsular_offset);
TimeLabelB label_b(UtcTime time, std::chrono::minutes base_offset = peninsular_offset);

}  // namespace busbar::iec102
