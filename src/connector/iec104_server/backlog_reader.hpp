#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "iec104/station/controlled_station.hpp"
#include "store/entry_batch.hpp"
#include "store/stream_range.hpp"

namespace busbar::connector {

/// The stream for groups that lag, in batches: while one is on its way to the control room, the store reads the next.
class BacklogReader {
public:
    using GroupId = iec104::ControlledStation::GroupId;
    using Handler = std::function<void(const store::StreamRange&)>;
    static constexpr std::size_t entries_at_once = 500;
    /// Batches read ahead, of all groups together: the others wait for theirs.
    static constexpr std::size_t most_ahead = 8;

    BacklogReader(store::Store& store, std::string stream) : store_(store), stream_(std::move(stream)) {}

    /// What follows `after`, as store::read_range; the handler is called later, unless this is destroyed first. One
    /// question at a time for each group.
    void read(GroupId group, store::StreamId after, Handler handler);
    /// What was read ahead for the group is not wanted any more.
    void forget(GroupId group) { ahead_.erase(group); }
    /// The stream is not what it was.
    void forget_all() { ahead_.clear(); }

private:
    struct Ahead {
        store::StreamId after;
        store::EntryBatch batch;
        bool read = false;
        Handler handler;  // who waits for it already
    };
    void read_now(GroupId group, store::StreamId after, Handler handler);
    void read_ahead(GroupId group, store::StreamId after);
    void take(const std::shared_ptr<Ahead>& ahead, GroupId group, const store::StreamRange& range);
    void hand_over(std::map<GroupId, std::shared_ptr<Ahead>>::iterator found);
    static bool is_whole(const store::StreamRange& range);

    store::Store& store_;
    std::string stream_;
    std::map<GroupId, std::shared_ptr<Ahead>> ahead_;
    std::shared_ptr<const char> alive_ = std::make_shared<const char>();
};

}  // namespace busbar::connector
