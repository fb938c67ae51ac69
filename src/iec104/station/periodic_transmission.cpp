#include "iec104/station/periodic_transmission.hpp"

#include <algorithm>

#include "iec104/station/image_packer.hpp"

namespace busbar::iec104 {

using iec60870::AsduWriter;

namespace {

std::uint64_t key_of(PeriodicTable::Object object) { return std::uint64_t{object.common_address} << 32 | object.ioa; }

PeriodicTable::Object object_of(std::uint64_t key) {
    return {static_cast<CommonAddress>(key >> 32), static_cast<Ioa>(key)};
}

}  // namespace

// --- the schedules ------------------------------------------------------------------------------------------------

void PeriodicTable::set(Object object, std::chrono::seconds cyclic, std::chrono::seconds background) {
    if (cyclic.count() <= 0 && background.count() <= 0) return erase(object);
    Periods& periods = periods_[key_of(object)];
    if (periods.cyclic == cyclic && periods.background == background) return;
    periods = {cyclic, background};
    changed_ = true;
}

void PeriodicTable::erase(Object object) {
    if (periods_.erase(key_of(object)) > 0) changed_ = true;
}

void PeriodicTable::clear() {
    changed_ = !periods_.empty();
    periods_.clear();
}

std::optional<TimePoint> PeriodicTable::next_deadline() const {
    if (changed_) return TimePoint{};
    const auto first = std::min_element(schedules_.begin(), schedules_.end(),
                                        [](const Schedule& a, const Schedule& b) { return a.due < b.due; });
    if (first == schedules_.end()) return std::nullopt;
    return first->due;
}

void PeriodicTable::on_deadline(TimePoint now) {
    if (changed_) rebuild(now);
    for (Schedule& schedule : schedules_) {
        if (schedule.due > now) continue;
        ++schedule.round;
        schedule.due += schedule.period;
        if (schedule.due <= now) schedule.due = now + schedule.period;
    }
}

/// Schedules that stay keep their time.
void PeriodicTable::rebuild(TimePoint now) {
    changed_ = false;
    ++generation_;
    for (Schedule& schedule : schedules_) schedule.objects.clear();
    for (const auto& [key, periods] : periods_) {
        schedule(object_of(key), Cause::periodic, periods.cyclic, now);
        schedule(object_of(key), Cause::background, periods.background, now);
    }
    std::erase_if(schedules_, [](const Schedule& schedule) { return schedule.objects.empty(); });
    for (Schedule& schedule : schedules_) std::sort(schedule.objects.begin(), schedule.objects.end());
    std::sort(schedules_.begin(), schedules_.end(), [](const Schedule& a, const Schedule& b) {
        return std::pair(a.cause, a.period) < std::pair(b.cause, b.period);
    });
}

void PeriodicTable::schedule(Object object, Cause cause, std::chrono::seconds period, TimePoint now) {
    if (period.count() <= 0) return;
    auto found = std::find_if(schedules_.begin(), schedules_.end(), [&](const Schedule& schedule) {
        return schedule.cause == cause && schedule.period == period;
    });
    if (found == schedules_.end()) found = schedules_.insert(found, Schedule{cause, period, now + period, 0, {}});
    found->objects.push_back(object);
}

// --- one connection -----------------------------------------------------------------------------------------------

void PeriodicTransmission::start(const PeriodicTable& table) {
    generation_ = table.generation();
    progress_.clear();
    for (const auto& schedule : table.schedules())
        progress_.push_back({schedule.cause, schedule.period, schedule.round, schedule.objects.size()});
}

/// The schedules have changed: those that are new begin with their first round, a round under way is dropped.
void PeriodicTransmission::follow(const PeriodicTable& table) {
    const auto before = std::move(progress_);
    start(table);
    for (Progress& progress : progress_) {
        const auto known = std::find_if(before.begin(), before.end(), [&](const Progress& other) {
            return other.cause == progress.cause && other.period == progress.period;
        });
        progress.round = known == before.end() ? 0 : known->round;
    }
}

bool PeriodicTransmission::next(const PeriodicTable& table, const ProcessImage& image, Position limit,
                                const AsduFormat& format, AsduWriter& out) {
    if (generation_ != table.generation()) follow(table);
    for (std::size_t i = 0; i < progress_.size(); ++i) {
        const auto& schedule = table.schedules()[i];
        Progress& progress = progress_[i];
        // A round that is still on its way is finished before the latest one begins: none starves at the end.
        if (progress.sent == schedule.objects.size() && progress.round != schedule.round) {
            progress.round = schedule.round;
            progress.sent = 0;
        }
        if (build(schedule, progress, image, limit, format, out)) return true;
    }
    return false;
}

/// Objects side by side in the schedule that share station and type go into one ASDU.
bool PeriodicTransmission::build(const PeriodicTable::Schedule& schedule, Progress& progress, const ProcessImage& image,
                                 Position limit, const AsduFormat& format, AsduWriter& out) const {
    std::optional<ImagePacker> packer;
    iec60870::AsduHeader header;
    for (; progress.sent < schedule.objects.size(); ++progress.sent) {
        const auto [common_address, ioa] = schedule.objects[progress.sent];
        if (common_address > highest_station(format) || ioa > highest_ioa(format)) continue;
        const ImageObject* object = image.find(common_address, ioa);
        if (object == nullptr || object->type == 0 || object->position > limit) continue;
        const auto* type = iec60870::find_type(object->base_type);
        if (type == nullptr || !type->permits(iec60870::Direction::monitor, schedule.cause)) continue;
        if (!packer) {
            packer.emplace(*type, format);
            header.type = type->id;
            header.cause = schedule.cause;
            header.common_address = common_address;
        }
        if (header.common_address != common_address || header.type != type->id || !packer->offer(*object)) break;
    }
    if (packer) packer->build(header, out);
    return packer.has_value();
}

}  // namespace busbar::iec104
