#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "manage/live/live_points.hpp"
#include "manage/live/point_names.hpp"

namespace busbar::manage {

/// Entries of the stream as events of the API. They are read and written once, when the first client wants them,
/// however many watch.
class EventBatch {
public:
    struct Event {
        LivePoint point;  // what a filter asks of it
        const PointName* name;
        std::string json;
    };
    EventBatch(std::span<const store::StreamEntry> entries, const PointTable& table, PointNames& names)
        : entries_(entries), table_(table), names_(names) {}

    const PointTable& table() const { return table_; }
    const std::vector<Event>& events();

private:
    std::optional<Event> to_event(const store::StreamEntry& entry) const;

    std::span<const store::StreamEntry> entries_;
    const PointTable& table_;
    PointNames& names_;
    std::optional<std::vector<Event>> events_;
};

}  // namespace busbar::manage
