#include "connector/iec104_server/backlog_reader.hpp"

#include <utility>

#include "net/event_loop.hpp"

namespace busbar::connector {

using store::StreamId;
using store::StreamRange;

void BacklogReader::read(GroupId group, StreamId after, Handler handler) {
    const auto found = ahead_.find(group);
    if (found == ahead_.end() || found->second->after != after) {
        ahead_.erase(group);
        return read_now(group, after, std::move(handler));
    }
    const auto ahead = found->second;
    ahead->handler = std::move(handler);
    if (!ahead->read) return;
    ahead_.erase(found);
    store_.loop().post([this, ahead, group, alive = std::weak_ptr<const char>(alive_)] {
        if (!alive.expired()) deliver(group, ahead->handler, {ahead->batch.entries(), true, {}});
    });
}

void BacklogReader::read_now(GroupId group, StreamId after, Handler handler) {
    store::read_range(store_, stream_, after, entries_at_once,
                      [this, group, handler = std::move(handler),
                       alive = std::weak_ptr<const char>(alive_)](const StreamRange& range) {
                          if (!alive.expired()) deliver(group, handler, range);
                      });
}

/// The store gets its next order before the batch is looked at.
void BacklogReader::deliver(GroupId group, const Handler& handler, const StreamRange& range) {
    const bool more = range.error.empty() && range.complete && range.entries.size() == entries_at_once;
    if (more && ahead_.size() < most_ahead) read_ahead(group, range.entries.back().id);
    handler(range);
}

void BacklogReader::read_ahead(GroupId group, StreamId after) {
    const auto ahead = std::make_shared<Ahead>();
    ahead->after = after;
    ahead_[group] = ahead;
    store::read_range(store_, stream_, after, entries_at_once,
                      [this, ahead, group, alive = std::weak_ptr<const char>(alive_)](const StreamRange& range) {
                          if (!alive.expired()) take(ahead, group, range);
                      });
}

/// Only a whole batch without a hole is kept. The end of the stream, or a fault, is for whoever asks when it matters.
void BacklogReader::take(const std::shared_ptr<Ahead>& ahead, GroupId group, const StreamRange& range) {
    const auto found = ahead_.find(group);
    if (found == ahead_.end() || found->second != ahead) {
        // Forgotten, and perhaps waited for.
        if (ahead->handler) read_now(group, ahead->after, std::move(ahead->handler));
        return;
    }
    if (ahead->handler) {
        ahead_.erase(found);
        return deliver(group, ahead->handler, range);
    }
    if (!range.error.empty() || !range.complete || range.entries.size() < entries_at_once) {
        ahead_.erase(found);
        return;
    }
    ahead->batch.keep(range.entries);
    ahead->read = true;
}

}  // namespace busbar::connector
