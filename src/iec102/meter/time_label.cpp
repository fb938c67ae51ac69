#include "iec102/meter/time_label.hpp"

namespace busbar::iec102 {
namespace {

using namespace std::chrono;
using LocalTime = std::chrono::local_time<milliseconds>;

UtcTime to_utc(LocalTime local, bool summer, minutes base_offset) {
    return UtcTime{local.time_since_epoch() - base_offset - (summer ? hours{1} : hours{0})};
}

/// 01:00 UTC of the month's last Sunday.
UtcTime change_of(year_month month) { return sys_days{month / Sunday[last]} + hours{1}; }

}  // namespace

bool is_empty(const TimeLabelA& label) { return label == TimeLabelA{}; }

std::optional<LocalTime> local_time(const TimeLabelA& label) {
    const year_month_day date{year{2000 + label.year}, month{label.month}, day{label.day}};
    if (!date.ok() || label.hour > 23 || label.minute > 59) return std::nullopt;
    return local_days{date} + hours{label.hour} + minutes{label.minute};
}

std::optional<LocalTime> local_time(const TimeLabelB& label) {
    const auto minute = local_time(label.minute);
    if (!minute || label.second > 59 || label.milliseconds > 999) return std::nullopt;
    return *minute + seconds{label.second} + milliseconds{label.milliseconds};
}

std::optional<UtcTime> utc_time(const TimeLabelA& label, minutes base_offset) {
    const auto local = local_time(label);
    if (!local || label.invalid) return std::nullopt;
    return to_utc(*local, label.summer, base_offset);
}

std::optional<UtcTime> utc_time(const TimeLabelB& label, minutes base_offset) {
    const auto local = local_time(label);
    if (!local || label.minute.invalid) return std::nullopt;
    return to_utc(*local, label.minute.summer, base_offset);
}

bool is_summer_time(UtcTime time) {
    const year_month_day date{floor<days>(time)};
    return time >= change_of(date.year() / March) && time < change_of(date.year() / October);
}

TimeLabelA label_a(UtcTime time, minutes base_offset) {
    const bool summer = is_summer_time(time);
    const LocalTime local{time.time_since_epoch() + base_offset + (summer ? hours{1} : hours{0})};
    const auto day = floor<days>(local);
    const year_month_day date{day};
    const hh_mm_ss in_day{floor<minutes>(local - day)};
    TimeLabelA label;
    label.minute = static_cast<std::uint8_t>(in_day.minutes().count());
    label.hour = static_cast<std::uint8_t>(in_day.hours().count());
    label.summer = summer;
    label.day = static_cast<std::uint8_t>(static_cast<unsigned>(date.day()));
    label.day_of_week = static_cast<std::uint8_t>(weekday{day}.iso_encoding());
    label.month = static_cast<std::uint8_t>(static_cast<unsigned>(date.month()));
    label.year = static_cast<std::uint8_t>(static_cast<int>(date.year()) - 2000);
    return label;
}

TimeLabelB label_b(UtcTime time, minutes base_offset) {
    const auto in_minute = time - floor<minutes>(time);
    TimeLabelB label;
    label.minute = label_a(time, base_offset);
    label.second = static_cast<std::uint8_t>(floor<seconds>(in_minute).count());
    label.milliseconds = static_cast<std::uint16_t>((in_minute - floor<seconds>(in_minute)).count());
    return label;
}

}  // namespace busbar::iec102
