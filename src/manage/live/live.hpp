#pragma once

#include "manage/live/command_desk.hpp"
#include "manage/live/live_points.hpp"
#include "manage/live/live_session.hpp"
#include "manage/live/point_names.hpp"
#include "manage/live/stream_history.hpp"
#include "store/subscriptions.hpp"

namespace busbar::manage {

/// What is seen and done of the process itself: values, commands, events.
struct Live {
    Live(store::Store& store, Database& database)
        : points(store),
          names(database),
          commands(store, database),
          history(store),
          subscriptions(store.loop(), store.options()) {
        points.on_entries(
            [this](std::span<const store::StreamEntry> entries) { hub.take(entries, points.table(), names); });
        points.on_gap([this](const store::Gap& gap) { hub.missed(store::to_string(gap.reason)); });
    }

    LivePoints points;
    PointNames names;
    PointTexts texts;
    CommandDesk commands;
    StreamHistory history;
    store::Subscriptions subscriptions;  // logs and traces of connectors, while somebody looks at them
    LiveHub hub;
};

}  // namespace busbar::manage
