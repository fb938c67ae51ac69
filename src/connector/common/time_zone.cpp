#include <date/tz.h>

#include <algorithm>
#include <exception>
#include <string>

#include "connector/common/translate.hpp"
#include "iec60870/element/time_tag.hpp"

namespace busbar::connector {
namespace {

using iec60870::StationTime;
using std::chrono::hours;
using std::chrono::milliseconds;

/// Clocks are set by less than this, so a local time further than this from every change is said only once.
constexpr hours margin{48};

const date::time_zone& zone_of(const void* zone) { return *static_cast<const date::time_zone*>(zone); }

date::sys_time<milliseconds> foreign(UtcTime utc) { return date::sys_time<milliseconds>{utc.time_since_epoch()}; }

UtcTime ours(date::sys_seconds time) {
    // The library's ends of all times lie beyond what milliseconds can say.
    constexpr auto limit = std::chrono::duration_cast<std::chrono::seconds>(milliseconds::max()) / 4;
    return UtcTime{std::clamp(time.time_since_epoch(), -limit, limit)};
}

/// Summer time is what is ahead of the period that follows. The zone data's own flag is not asked which of the two it
/// is: Ireland's says "winter time" the year round, less an hour in winter.
bool is_summer(const date::time_zone& zone, const date::sys_info& info) {
    const date::sys_info next = zone.get_info(info.end);
    const bool changes_for_summer = info.save.count() != 0 || next.save.count() != 0;
    return changes_for_summer && info.offset > next.offset;
}

}  // namespace

Result<TimeZone> TimeZone::find(std::string_view name) {
    TimeZone zone;
    if (name == "UTC") return zone;
    try {
        zone.zone_ = date::locate_zone(std::string{name});
    } catch (const std::exception&) {
        return fail("time zone \"" + std::string{name} + "\" is not known here");
    }
    return zone;
}

TimeZone::Period TimeZone::period_at(UtcTime utc) const {
    const date::time_zone& zone = zone_of(zone_);
    const date::sys_info info = zone.get_info(date::floor<std::chrono::seconds>(foreign(utc)));
    return {ours(info.begin), ours(info.end), info.offset, is_summer(zone, info)};
}

UtcTime TimeZone::to_utc(StationTime local, bool summer) const {
    const UtcTime as_utc{local.time_since_epoch()};
    if (!zone_) return as_utc;
    const UtcTime utc = as_utc - period_.offset;
    if (utc >= period_.begin + margin && utc < period_.end - margin) return utc;

    const date::local_time<milliseconds> wanted{local.time_since_epoch()};
    const date::local_info info = zone_of(zone_).get_info(date::floor<std::chrono::seconds>(wanted));
    // A local time that comes twice, or never: the clock was in summer time on one side of the change.
    const bool first_is_summer = info.first.offset > info.second.offset;
    const bool use_first = info.result == date::local_info::unique || first_is_summer == summer;
    const UtcTime found = as_utc - (use_first ? info.first.offset : info.second.offset);
    period_ = period_at(found);
    return found;
}

TimeZone::Local TimeZone::to_local(UtcTime utc) const {
    if (!zone_) return {StationTime{utc.time_since_epoch()}, false};
    if (utc < period_.begin || utc >= period_.end) period_ = period_at(utc);
    return {StationTime{(utc + period_.offset).time_since_epoch()}, period_.summer};
}

}  // namespace busbar::connector
