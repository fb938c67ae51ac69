#include "connector/common/time_tags.hpp"

#include <algorithm>
#include <array>

#include "iec60870/element/time_tag.hpp"

namespace busbar::connector {
namespace {

using iec60870::Cp24Time2a;
using iec60870::Cp56Time2a;
using iec60870::TimeTag;
using point::Point;
using point::TimeFlags;

/// A tag of 24 bits may be ahead of the time of receipt by this much: clocks differ, but nothing comes from the future.
constexpr std::chrono::minutes ahead{5};

struct TimeSaid {
    std::optional<UtcTime> time;
    TimeFlags flags;
    bool operator==(const TimeSaid&) const = default;
};

TimeSaid time_said(const Cp56Time2a& tag, const TimeZone& zone) {
    TimeSaid said{std::nullopt, {tag.invalid, tag.summer, tag.substituted}};
    const auto local = iec60870::station_time(tag);
    if (!local) {
        said.flags.invalid = true;
        return said;
    }
    said.time = zone.to_utc(*local, tag.summer);
    if (zone.to_local(*said.time).summer) said.flags.summer = false;
    return said;
}

/// The latest time that the tag can mean.
TimeSaid time_said(const Cp24Time2a& tag, const TimeZone& zone, UtcTime received) {
    using std::chrono::hours;
    TimeSaid said{std::nullopt, {tag.invalid, false, false}};
    const auto in_hour = iec60870::time_in_hour(tag);
    if (!in_hour) {
        said.flags.invalid = true;
        return said;
    }
    const auto local = zone.to_local(received).time;
    UtcTime time = received - (local - std::chrono::floor<hours>(local)) + *in_hour;
    if (time > received + ahead) time -= hours{1};
    if (time + hours{1} <= received + ahead) time += hours{1};
    said.time = time;
    return said;
}

/// A time of another century cannot be said: it counts as missing, and the tag as invalid.
Cp56Time2a cp56_of(const TimeSaid& said, UtcTime fallback, const TimeZone& zone) {
    auto local = zone.to_local(said.time.value_or(fallback));
    const bool in_century = local.time >= iec60870::begin_of_century && local.time < iec60870::end_of_century;
    if (!in_century) local = zone.to_local(fallback);
    Cp56Time2a tag = iec60870::make_cp56(local.time);
    tag.invalid = said.flags.invalid || !in_century;
    tag.summer = local.summer || said.flags.summer;
    tag.substituted = said.flags.generated || !said.time || !in_century;
    return tag;
}

Cp24Time2a cp24_of(const TimeSaid& said, UtcTime fallback, const TimeZone& zone) {
    Cp24Time2a tag = iec60870::make_cp24(zone.to_local(said.time.value_or(fallback)).time);
    tag.invalid = said.flags.invalid;
    return tag;
}

/// `when`: the time of receipt, or any other near the tag's.
TimeSaid read_tag(TimeTag kind, Octets octets, UtcTime when, const TimeZone& zone) {
    if (kind == TimeTag::cp24) return time_said(iec60870::decode<Cp24Time2a>(octets.data()), zone, when);
    return time_said(iec60870::decode<Cp56Time2a>(octets.data()), zone);
}

Octet* write_tag(TimeTag kind, const TimeSaid& said, UtcTime fallback, const TimeZone& zone, Octet* out) {
    if (kind == TimeTag::cp24) return iec60870::encode(cp24_of(said, fallback, zone), out);
    return iec60870::encode(cp56_of(said, fallback, zone), out);
}

}  // namespace

void say_time(TimeTag kind, Octets tag, UtcTime received, const TimeZone& zone, Point& point) {
    point.time.reset();
    point.time_flags = {};
    point.time_raw.size = 0;
    if (kind == TimeTag::none) return;
    const TimeSaid said = read_tag(kind, tag, received, zone);
    point.time = said.time;
    point.time_flags = said.flags;
    std::array<Octet, 7> again{};
    write_tag(kind, said, received, zone, again.data());
    if (!said.time || !std::equal(tag.begin(), tag.end(), again.begin())) point.time_raw.assign(tag);
}

void hear_time(TimeTag kind, const Point& point, UtcTime fallback, const TimeZone& zone, Octet* out) {
    if (kind == TimeTag::none) return;
    const TimeSaid said{point.time, point.time_flags};
    const Octets raw = point.time_raw.view();
    const std::size_t size = kind == TimeTag::cp24 ? 3 : 7;
    if (raw.size() == size && read_tag(kind, raw, said.time.value_or(fallback), zone) == said) {
        std::copy(raw.begin(), raw.end(), out);
    } else {
        write_tag(kind, said, fallback, zone, out);
    }
}

}  // namespace busbar::connector
