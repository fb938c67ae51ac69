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
    found->second->handler = std::move(handler);
    if (found->second->read) hand_over(found);
}

void BacklogReader::read_now(GroupId group, StreamId after, Handler handler) {
    store::read_range(store_, stream_, after, entries_at_once,
                      [this, group, handler = std::move(handler),
                       alive = std::weak_ptr<const char>(alive_)](const StreamRange& range) {
                          if (alive.expired()) return;
                          if (is_whole(range)) read_ahead(group, range.entries.back().id);
                          handler(range);
                      });
}

void BacklogReader::read_ahead(GroupId group, StreamId after) {
    if (ahead_.size() >= most_ahead) return;
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
    if (!is_whole(range)) {
        ahead_.erase(found);
        if (ahead->handler) ahead->handler(range);
        return;
    }
    ahead->batch.keep(range.entries);
    ahead->read = true;
    if (ahead->handler) hand_over(found);
}

/// In a turn of its own: the order for the next batch leaves before this one is looked at.
void BacklogReader::hand_over(std::map<GroupId, std::shared_ptr<Ahead>>::iterator found) {
    const GroupId group = found->first;
    const auto ahead = found->second;
    ahead_.erase(found);
    read_ahead(group, ahead->batch.entries().back().id);
    store_.loop().post([ahead, alive = std::weak_ptr<const char>(alive_)] {
        if (!alive.expired()) ahead->handler({ahead->batch.entries(), true, {}});
    });
}

bool BacklogReader::is_whole(const StreamRange& range) {
    return range.error.empty() && range.complete && range.entries.size() == entries_at_once;
}

}  // namespace busbar::connector
