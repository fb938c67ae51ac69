#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/server.hpp"
#include "connector/iec104_server/backlog_reader.hpp"
#include "connector/iec104_server/backlog_thinning.hpp"
#include "connector/iec104_server/peers.hpp"
#include "connector/iec104_server/projection.hpp"
#include "store/cursor_store.hpp"
#include "store/stream_range.hpp"

namespace busbar::connector {

/// The redundancy groups and their cursors in the store (rule 2): where each control room goes on after a kill, a lost
/// line or a switch-over, and what it gets when the stream no longer has it.
class Groups {
public:
    using GroupId = iec104::ControlledStation::GroupId;
    /// Groups of an address, without a name in the configuration: at most so many cursors, the oldest goes first.
    static constexpr std::size_t max_addresses = 100;

    struct Owner {
        std::function<void(const std::string& group, store::StreamId after, const std::string& why)> on_gap;
        /// A group has got something to send.
        std::function<void()> on_fed;
    };

    Groups(net::EventLoop& loop, store::Store& store, iec104::ControlledStation& station, Timeline& timeline,
           Projection& projection, std::string id, std::string stream, Owner owner);

    /// The cursors that are stored. `done` with an empty error, or why not (ask again).
    void load(std::function<void(const std::string& error)> done);
    /// The named groups; those no longer configured are closed and their cursors deleted.
    void configure(const std::vector<config::RedundancyGroup>& groups);
    /// The projection stands: opens all groups at their cursors. `same_history`: the store is the one they belong to.
    void open_all(bool same_history);

    GroupId open(const GroupChoice& choice);
    void close_unnamed(GroupId group);

    /// Serves groups that lag and saves what was acknowledged. Cheap to call after every input.
    void progress();
    /// The stream lost entries: every group gets what is left of them, then from the image what may have changed.
    void repair_all();
    /// Every repair has been acknowledged. Until then the store's history must not be noted as known: after a kill the
    /// repairs would be forgotten.
    bool is_whole() const { return repairs_.empty(); }
    /// Every cursor into the store; `done` when it has answered or cannot be asked.
    void save_now(std::function<void()> done);

    struct View {
        std::string name;
        bool named;
        store::StreamId cursor;  // acknowledged up to here
    };
    std::vector<View> list() const;
    std::uint64_t gaps() const { return gaps_; }

private:
    struct Group {
        GroupId id = 0;
        bool named = false;
        bool open = false;
        std::optional<store::StreamId> saved;  // nothing: a new group
        std::uint64_t used = 0;                // order of the last use, for addresses
    };
    /// What a group may have missed: sent once it has got everything up to `until`, done when that is acknowledged.
    struct Repair {
        GroupId group;
        iec104::Position after, until;
        bool begun = false;
    };
    void close(GroupId group);
    void add_repair(GroupId group, iec104::Position after);
    void work_on_repairs();
    bool waits_for_repair(GroupId group) const;
    void open_at(const std::string& name, Group& group, store::StreamId cursor, const std::string& trouble);
    void report_gap(const std::string& name, store::StreamId after, const std::string& why);
    void serve(const iec104::ControlledStation::BacklogRequest& request);
    void answer(const iec104::ControlledStation::BacklogRequest& request, const store::StreamRange& range,
                store::StreamId read_up_to);
    void save_cursors();
    void forget_oldest_address();
    const std::string& name_of(GroupId id) const;

    net::EventLoop& loop_;
    iec104::ControlledStation& station_;
    Timeline& timeline_;
    Projection& projection_;
    Owner owner_;
    store::CursorStore cursors_;
    BacklogReader backlog_;
    std::map<GroupId, BacklogThinning> thinning_;
    std::map<std::string, Group, std::less<>> groups_;
    std::vector<std::string> configured_;
    std::vector<iec104::ControlledStation::BacklogRequest> postponed_;
    std::vector<Repair> repairs_;
    std::vector<GroupId> unnamed_;
    bool working_ = false;  // on repairs: what they cause may come back here
    net::Timer save_timer_, retry_;
    std::uint64_t uses_ = 0, gaps_ = 0;
};

}  // namespace busbar::connector
