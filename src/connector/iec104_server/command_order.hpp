#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "iec104/station/controlled_station.hpp"
#include "net/timer.hpp"
#include "store/store.hpp"
#include "store/stream_id.hpp"

namespace busbar::connector {

/// Keeps the standard's order - confirmation, return information, termination - though the answers come by another
/// stream than the return information. Return information that is seen waits until the results written before it have
/// been read; a termination waits until the updates written before it have been handed to the station.
class CommandOrder : store::StorePart {
public:
    /// Longest that events are held, or a termination waits, for what may never come.
    static constexpr Duration longest_hold = std::chrono::milliseconds{500};
    static constexpr Duration longest_wait = std::chrono::seconds{5};

    CommandOrder(store::Store& store, std::function<store::StreamId()> updates_position,
                 std::function<void()> on_changed);

    /// The stream of updates.
    void use_stream(std::string_view updates) { updates_ = updates; }
    void forget(iec104::ControlledSession& session);

    /// Return information was read that this session may have a confirmation to get for.
    void hold(iec104::ControlledSession& session);
    /// The results up to here have been dealt with.
    void results_read(store::StreamId up_to);

    void terminate(iec104::ControlledSession& session, OctetBuffer asdu);
    /// The station was handed more updates.
    void updates_moved();

private:
    struct Termination {
        iec104::ControlledSession* session;
        OctetBuffer asdu;
        bool has_end;
        store::StreamId end;  // of the updates when the termination came
        TimePoint latest;
    };
    void end_told(std::uint64_t number, const store::Reply& reply);
    void release_if_read();
    void release();

    std::function<store::StreamId()> position_;
    std::function<void()> on_changed_;
    std::string updates_;
    std::set<iec104::ControlledSession*> held_;
    std::size_t asked_ = 0;  // ends of the stream of results
    store::StreamId needed_, read_;
    std::map<std::uint64_t, Termination> terminations_;  // in the order in which they came
    std::uint64_t last_termination_ = 0;
    net::Timer hold_limit_, wait_limit_;
};

}  // namespace busbar::connector
