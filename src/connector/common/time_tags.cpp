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

// The tags are filled in place: a copy of a struct made of many small stores would wait for them.

TimeSaid time_said(const Cp56Time2a& tag, UtcTime, const TimeZone& zone) {
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
TimeSaid time_said(const Cp24Time2a& tag, UtcTime received, const TimeZone& zone) {
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
void make_tag(const TimeSaid& said, UtcTime fallback, const TimeZone& zone, Cp56Time2a& tag) {
    auto local = zone.to_local(said.time.value_or(fallback));
    const bool in_century = local.time >= iec60870::begin_of_century && local.time < iec60870::end_of_century;
    if (!in_century) local = zone.to_local(fallback);
    iec60870::set_time(tag, local.time);
    tag.invalid = said.flags.invalid || !in_century;
    tag.summer = local.summer || said.flags.summer;
    tag.substituted = said.flags.generated || !said.time || !in_century;
}

void make_tag(const TimeSaid& said, UtcTime fallback, const TimeZone& zone, Cp24Time2a& tag) {
    iec60870::set_time(tag, zone.to_local(said.time.value_or(fallback)).time);
    tag.invalid = said.flags.invalid;
}

template <class Tag>
void say(Octets octets, UtcTime received, const TimeZone& zone, Point& point) {
    Tag tag;
    iec60870::decode(octets.data(), tag);
    const TimeSaid said = time_said(tag, received, zone);
    point.time = said.time;
    point.time_flags = said.flags;
    Tag again;
    make_tag(said, received, zone, again);
    if (!said.time || !iec60870::encodes_to(again, octets.data())) point.time_raw.assign(octets);
}

template <class Tag>
void hear(const Point& point, UtcTime fallback, const TimeZone& zone, Octet* out) {
    const TimeSaid said{point.time, point.time_flags};
    if (point.time_raw.size == iec60870::size_of<Tag>) {
        Tag tag;
        iec60870::decode(point.time_raw.octets.data(), tag);
        if (time_said(tag, said.time.value_or(fallback), zone) == said) {
            std::ranges::copy(point.time_raw.view(), out);
            return;
        }
    }
    Tag tag;
    make_tag(said, fallback, zone, tag);
    iec60870::encode(tag, out);
}

}  // namespace

void say_time(TimeTag kind, Octets octets, UtcTime received, const TimeZone& zone, Point& point) {
    point.time.reset();
    point.time_flags = {};
    point.time_raw.size = 0;
    if (kind == TimeTag::cp56) say<Cp56Time2a>(octets, received, zone, point);
    if (kind == TimeTag::cp24) say<Cp24Time2a>(octets, received, zone, point);
}

void hear_time(TimeTag kind, const Point& point, UtcTime fallback, const TimeZone& zone, Octet* out) {
    if (kind == TimeTag::cp56) hear<Cp56Time2a>(point, fallback, zone, out);
    if (kind == TimeTag::cp24) hear<Cp24Time2a>(point, fallback, zone, out);
}

}  // namespace busbar::connector
