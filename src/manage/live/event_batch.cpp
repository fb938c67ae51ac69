#include "manage/live/event_batch.hpp"

#include "manage/live/event_json.hpp"
#include "point/point.hpp"

namespace busbar::manage {

const std::vector<EventBatch::Event>& EventBatch::events() {
    if (events_) return *events_;
    events_.emplace();
    events_->reserve(entries_.size());
    for (const store::StreamEntry& entry : entries_) {
        if (auto event = to_event(entry)) events_->push_back(std::move(*event));
    }
    return *events_;
}

std::optional<EventBatch::Event> EventBatch::to_event(const store::StreamEntry& entry) const {
    if (!entry.fault.empty()) return std::nullopt;
    const auto point = point::read_json(entry.data);
    if (!point) return std::nullopt;
    Event event;
    event.point.address = entry.address;
    event.point.type = point->type;
    event.point.cot = point->cot;
    event.point.quality = point->quality.bits;
    event.point.received = point->received.value_or(UtcTime{std::chrono::milliseconds{entry.id.milliseconds}});
    event.point.source = table_.source_named(point->source.empty() ? entry.source : point->source).value_or(0);
    event.name = names_.find(entry.address);
    if (!write_event(event.json, entry.id, entry.address, entry.source, entry.data)) return std::nullopt;
    return event;
}

}  // namespace busbar::manage
