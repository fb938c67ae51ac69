#include "iec60870/element/time_tag.hpp"

#include <algorithm>

namespace busbar::iec60870 {
namespace {

using std::chrono::milliseconds;

constexpr unsigned end_of_leap_second = 61'000;
constexpr unsigned last_of_minute = 59'999;
constexpr unsigned ms_of_minute = 60'000;
constexpr unsigned ms_of_hour = 3'600'000;

milliseconds within_minute(std::uint16_t ms) { return milliseconds{std::min<unsigned>(ms, last_of_minute)}; }

}  // namespace

std::optional<StationTime> station_time(const Cp56Time2a& tag) {
    const auto date = std::chrono::year{2000 + tag.year} / std::chrono::month{tag.month} / std::chrono::day{tag.day};
    if (tag.milliseconds >= end_of_leap_second || tag.minute > 59 || tag.hour > 23 || tag.year > 99 || !date.ok())
        return std::nullopt;
    return std::chrono::local_days{date} + std::chrono::hours{tag.hour} + std::chrono::minutes{tag.minute} +
           within_minute(tag.milliseconds);
}

std::optional<milliseconds> time_in_hour(const Cp24Time2a& tag) {
    if (tag.milliseconds >= end_of_leap_second || tag.minute > 59) return std::nullopt;
    return std::chrono::minutes{tag.minute} + within_minute(tag.milliseconds);
}

Cp56Time2a make_cp56(StationTime time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const auto in_day = static_cast<unsigned>((time - day).count());
    const int year = static_cast<int>(date.year()) % 100;
    Cp56Time2a tag;
    tag.milliseconds = static_cast<std::uint16_t>(in_day % ms_of_minute);
    tag.minute = static_cast<std::uint8_t>(in_day / ms_of_minute % 60);
    tag.hour = static_cast<std::uint8_t>(in_day / ms_of_hour);
    tag.day = static_cast<std::uint8_t>(static_cast<unsigned>(date.day()));
    tag.month = static_cast<std::uint8_t>(static_cast<unsigned>(date.month()));
    tag.year = static_cast<std::uint8_t>(year < 0 ? year + 100 : year);
    return tag;
}

Cp24Time2a make_cp24(StationTime time) {
    const auto in_hour = static_cast<unsigned>((time - std::chrono::floor<std::chrono::hours>(time)).count());
    Cp24Time2a tag;
    tag.milliseconds = static_cast<std::uint16_t>(in_hour % ms_of_minute);
    tag.minute = static_cast<std::uint8_t>(in_hour / ms_of_minute);
    return tag;
}

}  // namespace busbar::iec60870
