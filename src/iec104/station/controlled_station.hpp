#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "iec104/link/link.hpp"
#include "iec60870/asdu/asdu.hpp"

namespace busbar::iec104 {

using iec60870::AsduFormat;
using iec60870::Cause;
using iec60870::CommonAddress;
using iec60870::Ioa;
using iec60870::TypeId;

/// Place of an update in the owner's endless sequence of updates (a stream entry's id); ordered, opaque to the station.
struct Position {
    std::uint64_t major = 0, minor = 0;
    auto operator<=>(const Position&) const = default;
};

/// What is fixed about an information object, whatever its value.
struct ObjectAttributes {
    std::uint16_t groups = 0;               // bit n: interrogation group n + 1
    std::uint8_t counter_group = 0;         // 1-4; 0 = none (general counter interrogation only)
    std::chrono::seconds cyclic{0};         // sent with cause 1 this often; 0 = never
    std::chrono::seconds background{0};     // the same with cause 2
    bool double_transmission = false;       // an event goes out with and without time tag
};

/// A new value of one object, as encoded octets.
struct ObjectUpdate {
    CommonAddress common_address = 0;
    Ioa ioa = 0;
    TypeId type = 0;       // type of the event, with or without time tag
    Octets element;        // elements and, if the type has one, the time tag
    Cause cause = Cause::spontaneous;
    std::uint8_t originator = 0;
    bool test = false;
    bool negative = false;
    bool image = true;     // becomes the present value
    bool event = true;     // is sent to all groups
    /// Time tag for interrogations with time tags when `type` has none: CP56Time2a, or empty.
    Octets time_tag;
    Position position;
};

struct ControlledStationConfig {
    AsduFormat format;
    LinkConfig link;
    bool interrogation_time_tags = false;
    std::chrono::seconds interrogation_wait{30};  // longest wait for points whose events are still on their way
    bool end_of_initialization = true;
    std::size_t ring_octets = std::size_t{4} << 20;    // events kept encoded for groups that keep up
    std::size_t backlog_octets = std::size_t{64} << 10;  // per group that lags: what `feed` may fill
};

struct ControlledStationCounters {
    std::uint64_t events = 0, interrogations = 0, interrogation_objects = 0, interrogation_late = 0;
    std::uint64_t refused_type = 0, refused_cause = 0, refused_common_address = 0, refused_ioa = 0, negative_confirmations = 0;
    std::uint64_t damaged = 0;
};

class ControlledSession;

/// The controlled station behind all its connections: process image, events, redundancy groups. Pure: no sockets, no clock.
///
/// Events go into one ring of ready ASDUs that every group reads with a cursor of its own; a group that the ring has
/// overtaken asks for what it misses (`take_backlog_request`) and is fed by the owner until it has caught up.
/// Interrogations run a cursor over the image, as fast as the session's window allows; an object is sent only when its
/// group has been sent every event up to the object's last update, so no event older than an interrogated value follows it.
class ControlledStation {
public:
    using GroupId = std::uint32_t;

    ControlledStation(const ControlledStationConfig& config, TimePoint now);
    ~ControlledStation();

    /// Takes what no connection depends on at once; format and link apply to connections made later.
    void configure(const ControlledStationConfig& config);

    // --- the image ---------------------------------------------------------------------------------------------
    /// Common addresses that exist even without an object.
    void set_stations(std::span<const CommonAddress> stations);
    void set_attributes(CommonAddress common_address, Ioa ioa, const ObjectAttributes& attributes);
    /// Applies to image and open batch. Never sends by itself: `flush` ends the batch.
    /// False: type without description, or element of a wrong size; nothing taken.
    bool update(const ObjectUpdate& update, TimePoint now);
    /// Packs what waits into ASDUs (full ones where several objects follow each other with the same type, cause and
    /// common address). Afterwards every session may have output.
    void flush(TimePoint now);
    void remove(CommonAddress common_address, Ioa ioa);
    void clear();
    std::size_t object_count() const;
    /// Memory held by image and ring, for the status.
    std::size_t memory() const;

    // --- groups ------------------------------------------------------------------------------------------------
    /// `after`: everything up to here is known to this group already (its cursor).
    GroupId open_group(std::string name, Position after);
    void close_group(GroupId group);
    /// The owner's sequence has advanced to here although nothing needed sending.
    void advance(Position position);
    struct BacklogRequest {
        GroupId group;
        Position after;
    };
    /// A started group whose next event is no longer in the ring. Asked once until `feed` answers.
    std::optional<BacklogRequest> take_backlog_request();
    /// Answers: the updates after `after`, in order, `event` ones are sent, `image` is ignored; `up_to` = last position
    /// covered. Returns how many updates were taken (backlog_octets); the rest is asked for again.
    std::size_t feed(GroupId group, std::span<const ObjectUpdate> updates, Position up_to, TimePoint now);
    /// Events after `after` may be lost for this group: every object updated later than `after` is sent from the image
    /// (cause 3, stored time tag), and the group goes on at the ring's end.
    void repair(GroupId group, Position after, TimePoint now);
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
    struct TransferStarted {};
    struct TransferStopped {};
    /// C_CS_NA_1 was confirmed: `time` is what the control room sent (CP56Time2a).
    struct ClockReceived {
        CommonAddress common_address;
        std::array<Octet, 7> time;
    };
    /// A well-formed ASDU of a command type (45-51, 58-64, 105, 110-113, 120-127, 101) for a known station, not answered
    /// by the station itself. `octets` valid until the next take_event. Unanswered commands are the owner's to answer
    /// with `send`.
    struct CommandReceived {
        Octets octets;
    };
    struct Closed {
        std::string reason;
    };
    using Event = std::variant<TransferStarted, TransferStopped, ClockReceived, CommandReceived, Closed>;

    ~ControlledSession();

    void receive(Octets octets, TimePoint now);  // as Link::receive
    void on_deadline(TimePoint now);
    std::optional<Event> take_event(TimePoint now);
    /// Fills the window (answers first, then events, interrogation, cyclic, background) and swaps the output into `into`.
    void take_output(OctetBuffer& into, TimePoint now);
    std::optional<TimePoint> next_deadline() const;
    /// Queues an answer ahead of events (bounded; false = full). Confirmations, terminations, refusals of the owner.
    bool send(Octets asdu, TimePoint now);
    void close(std::string reason);

    ControlledStation::GroupId group() const;
    const Link& link() const;

private:
    friend class ControlledStation;
    struct State;
    explicit ControlledSession(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace busbar::iec104
