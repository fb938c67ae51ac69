#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "iec104/link/link.hpp"
#include "iec104/station/controlled_files.hpp"
#include "iec104/station/frozen_counters.hpp"
#include "iec104/station/object_update.hpp"
#include "iec60870/asdu/asdu.hpp"

namespace busbar::iec104 {

struct ControlledStationConfig {
    AsduFormat format;
    LinkConfig link;
    bool interrogation_time_tags = false;
    std::chrono::seconds interrogation_wait{30};  // longest wait for points whose events are still on their way
    bool end_of_initialization = true;
    bool freezes_counters = false;  // C_CI_NA_1 with FRZ 1-3 goes to the owner; else it is confirmed negatively
    std::size_t ring_octets = std::size_t{4} << 20;  // events kept encoded for groups that keep up; fixed at the start
    /// A group further back in the ring counts as one that lags, so that the owner may leave out what is outdated.
    std::size_t reach_octets = std::numeric_limits<std::size_t>::max();
    std::size_t backlog_octets = std::size_t{64} << 10;  // per group that lags: what `feed` may fill, twice
    std::optional<ControlledFileRules> files;            // absent: no file transfer; for connections made later
};

struct ControlledStationCounters {
    std::uint64_t events = 0, interrogations = 0, interrogation_objects = 0, interrogation_late = 0;
    std::uint64_t refused_type = 0, refused_cause = 0, refused_common_address = 0, refused_ioa = 0,
                  negative_confirmations = 0;
    std::uint64_t damaged = 0;
};

class ControlledSession;

/// The controlled station behind all its connections: process image, events, redundancy groups. Pure: no sockets, no
/// clock.
///
/// Events go into one ring of ready ASDUs that every group reads with a cursor of its own; a group that the ring has
/// overtaken asks for what it misses (`take_backlog_request`) and is fed by the owner until it has caught up.
/// Interrogations run a cursor over the image, as fast as the session's window allows; an object is sent only when its
/// group has been sent every event up to the object's last update, so no event older than an interrogated value follows
/// it.
class ControlledStation {
public:
    using GroupId = std::uint32_t;

    ControlledStation(const ControlledStationConfig& config, TimePoint now);
    ~ControlledStation();

    /// Takes what no connection depends on at once; link parameters apply to connections made later. Another format
    /// closes all connections, and the ring begins anew (groups that have not read all of it ask for a backlog).
    void configure(const ControlledStationConfig& config);

    // --- the image ---------------------------------------------------------------------------------------------
    /// Common addresses that exist even without an object.
    void set_stations(std::span<const CommonAddress> stations);
    void set_attributes(CommonAddress common_address, Ioa ioa, const ObjectAttributes& attributes);
    /// Applies to image and open batch. Never sends by itself: `flush` ends the batch.
    /// False: not a type of process information, an element of a wrong size, or an address that cannot be on a line;
    /// nothing taken.
    bool update(const ObjectUpdate& update, TimePoint now);
    /// The image was or is being read from elsewhere, and its values may already be what events up to `position` say:
    /// objects are read or interrogated only after those events; `repair` is the owner's to delay. Not known yet: the
    /// greatest position.
    void set_image_as_new_as(Position position);
    /// Packs what waits into ASDUs (full ones where several objects follow each other with the same type, cause and
    /// common address). Afterwards every session may have output. Updates of one position belong into one flush.
    void flush(TimePoint now);
    /// Object and attributes. Events of it that wait are still sent.
    void remove(CommonAddress common_address, Ioa ioa);
    /// All objects and their attributes; stations of `set_stations` stay.
    void clear();
    /// Objects that have a value.
    std::size_t object_count() const;
    /// Memory held by image and ring, for the status.
    std::size_t memory() const;

    // --- counters ----------------------------------------------------------------------------------------------
    /// Freezes the present values of the counters of a station (all_stations: of every one) in `group` (1-4; 0: all):
    /// counter interrogations give these readings from now on, to all groups. `time_tag`: CP56Time2a of this moment for
    /// counters whose events have one, or empty. `visit` gets each reading.
    void freeze_counters(
        CommonAddress common_address, std::uint8_t group, Octets time_tag,
        const FrozenCounters::Visit& visit = [](CommonAddress, const ImageObject&) {});

    // --- files -------------------------------------------------------------------------------------------------
    /// What its directory has; a change is announced. What is transferred at the moment is not touched.
    void set_file(const FileAddress& file, std::uint32_t length, const FileTable::Time& time);
    void remove_file(const FileAddress& file);
    void clear_files();

    // --- groups ------------------------------------------------------------------------------------------------
    /// `after`: everything up to here is known to this group already (its cursor). At the start say first, by
    /// `advance`, up to where the image goes. A new group opens with the last position and takes the image by
    /// interrogation.
    GroupId open_group(std::string name, Position after);
    /// Its connections close.
    void close_group(GroupId group);
    /// The owner's sequence has advanced to here although nothing needed sending.
    void advance(Position position);
    struct BacklogRequest {
        GroupId group;
        Position after;
    };
    /// A started group for which events are no longer in the ring: what follows those it was fed already. Asked once
    /// until `feed` or `repair` answers, or the group starts again elsewhere.
    std::optional<BacklogRequest> take_backlog_request();
    /// Answers `request`: the updates after request.after, in order, `event` ones are sent, `image` is ignored; `up_to`
    /// = last position covered. Returns how many updates were taken (backlog_octets, none of those that the ring holds,
    /// none at all if the request is outdated); what is still missing is asked for again.
    std::size_t feed(const BacklogRequest& request, std::span<const ObjectUpdate> updates, Position up_to,
                     TimePoint now);
    /// Events after `after` may be lost for this group: it gets what the ring still holds, then every object updated
    /// later than `after` from the image (cause 3, stored time tag), then what comes after this call. Begins again on
    /// the next connection until the control room has acknowledged it.
    void repair(GroupId group, Position after, TimePoint now);
    /// Events that the group's control room has not acknowledged are sent no more (C_RP_NA_1, QRP 2).
    void drop_events(GroupId group);
    /// The station was initialised anew: every group is told (M_EI_NA_1 with this cause) at its next start of data
    /// transfer. 0 power on, 1 local reset, 2 remote reset.
    void restarted(std::uint8_t cause_of_initialization);
    /// Largest position such that it and everything before it was acknowledged by the group's control room.
    Position acknowledged(GroupId group) const;
    Position sent(GroupId group) const;

    // --- connections -------------------------------------------------------------------------------------------
    /// The session must not outlive the station.
    std::unique_ptr<ControlledSession> connect(GroupId group, TimePoint now);
    /// Cyclic and background transmission.
    std::optional<TimePoint> next_deadline() const;
    void on_deadline(TimePoint now);

    const ControlledStationCounters& counters() const;

private:
    friend class ControlledSession;
    struct State;
    std::unique_ptr<State> state_;
};

/// One connection of a control room. Drained after every input, and after every `flush` of the station:
/// first take_event until nothing, then take_output.
class ControlledSession {
public:
    /// The group's data goes to this connection. Another session of the group that was started is closed by it: drain
    /// that.
    struct TransferStarted {};
    struct TransferStopped {};
    /// C_CS_NA_1 was confirmed: `time` is what the control room sent (CP56Time2a); common address 65535: to all
    /// stations.
    struct ClockReceived {
        CommonAddress common_address;
        std::array<Octet, 7> time;
    };
    /// A well-formed ASDU of a command type (45-51, 58-64, 105, 110-113, 127; 120-125 without file transfer), or 101
    /// with FRZ 1-3, with a permitted cause for a known station (101, 105: or for all), not answered by the station
    /// itself. `octets` valid until the next take_event. The owner answers with `send`.
    struct CommandReceived {
        Octets octets;
    };
    struct Closed {
        std::string reason;
    };
    using Event = std::variant<TransferStarted, TransferStopped, ClockReceived, CommandReceived, FileEvent, Closed>;

    ~ControlledSession();

    void receive(Octets octets, TimePoint now);  // as Link::receive
    void on_deadline(TimePoint now);
    std::optional<Event> take_event(TimePoint now);
    /// Fills the window (answers first, then events, interrogation, cyclic, background) and swaps the output into
    /// `into`.
    void take_output(OctetBuffer& into, TimePoint now);
    std::optional<TimePoint> next_deadline() const;
    /// Queues an answer ahead of events: confirmations and refusals of the owner. A termination (cause 10) follows the
    /// events up to the last update, so that return information goes before it; what is addressed to all stations is
    /// sent by each with its own common address. False: full, closed, or not an ASDU.
    bool send(Octets asdu, TimePoint now);
    /// While held no events go out, answers do: return information must not overtake the confirmation that the owner is
    /// about to send.
    void hold_events(bool hold);
    void close(std::string reason);
    /// To answer a FileEvent with; null: no file transfer.
    ControlledFiles* files();

    ControlledStation::GroupId group() const;
    const Link& link() const;

private:
    friend class ControlledStation;
    class State;
    explicit ControlledSession(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace busbar::iec104
