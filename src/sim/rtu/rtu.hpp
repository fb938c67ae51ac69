#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "files/file_server.hpp"
#include "iec104/station/controlled_station.hpp"
#include "iec104/station/local_freeze.hpp"
#include "net/ip_address.hpp"
#include "net/session.hpp"
#include "sim/rtu/activity.hpp"
#include "sim/rtu/command_desk.hpp"
#include "sim/rtu/event_buffer.hpp"
#include "sim/rtu/parameters.hpp"
#include "sim/wire/fault.hpp"
#include "sim/wire/journal.hpp"

namespace busbar::sim {

/// One control room: all connections from its addresses share one event buffer (redundancy group).
struct RtuGroup {
    std::string name;
    net::AllowList addresses;
};

/// How counters are transferred (modes of IEC 60870-5-101, 7.4.8): frozen by the station's own clock or by command, and
/// sent spontaneously or when they are asked for.
struct RtuCounters {
    bool count_silently = false;           // no event each time a counter moves
    std::chrono::seconds freeze_every{0};  // modes A, B; 0: by command only
    bool send_frozen = false;              // modes A, D
};

struct RtuConfig {
    iec104::ControlledStationConfig station;
    ActivityConfig activity;
    CommandDeskConfig commands;
    RtuCounters counters;
    std::vector<RtuGroup> groups{{"control-room", {}}};  // a connection belongs to the first that permits its address
    std::size_t buffer_limit = 100'000;                  // events
    std::vector<Fault> faults;
    std::optional<files::FileServerConfig> files;
};

/// A simulated RTU behind all its connections. It raises events, keeps them until the control room's N(R) covers them,
/// executes commands, and writes all of it to a journal - what is to be told to the peer always before it leaves.
/// No sockets: connections are made by whoever owns it, and the time comes from outside.
class Rtu {
public:
    /// `changed` is called when there may be another deadline, or nothing left to do.
    Rtu(
        const RtuConfig& config, Substation substation, Journal& journal, TimePoint now,
        std::function<void()> changed = [] {});
    ~Rtu();

    /// The session of a new connection; null: the address belongs to no group. `wake` is called when it may have output
    /// without having been asked. Sessions must not outlive the Rtu.
    std::unique_ptr<net::Session> connect(const net::PeerAddress& peer, std::function<void()> wake, TimePoint now);

    /// Raises events, finishes commands: what is due.
    void on_deadline(TimePoint now);
    std::optional<TimePoint> next_deadline() const;

    /// The total of events has been raised and every group has acknowledged all of them.
    bool is_done() const;
    std::uint64_t raised() const { return last_number_; }
    const iec104::ControlledStation& station() const { return station_; }

private:
    class Session;
    struct Group {
        RtuGroup config;
        iec104::ControlledStation::GroupId id;
        std::uint64_t acknowledged = 0;  // as the journal has it
    };

    void load(TimePoint now);
    void move(SimPoint& point, TimePoint now);
    std::uint64_t raise(const SimPoint& point, iec60870::Cause cause, std::uint8_t originator, TimePoint now);
    void log_event(const StoredEvent& event);
    void log_loss(std::uint64_t number);
    void log_acknowledgements();
    bool serve_backlog(TimePoint now);
    void after_raising(TimePoint now);

    void receive_command(Session& session, Octets asdu, TimePoint now);
    void reply(Session& session, const iec60870::AsduView& request, iec60870::Cause cause, bool negative,
               TimePoint now);

    // counters (rtu_counters.cpp)
    void serve_counters(Session& session, const iec60870::AsduView& request, TimePoint now);
    void freeze(CommonAddress station, std::uint8_t group, bool reset, TimePoint now);
    void reset_counters(CommonAddress station, std::uint8_t group, TimePoint now);
    template <class Visit>
    void for_each_counter(CommonAddress station, std::uint8_t group, Visit visit);
    void show(const SimPoint& point, TimePoint now);

    // parameters (rtu_parameters.cpp)
    void serve_parameter(Session& session, const iec60870::AsduView& request, TimePoint now);
    Parameters::Verdict activate(const iec60870::AsduView& request, bool on);
    Parameters::Verdict transmit(CommonAddress station, Ioa ioa, bool on);
    void show_parameters(TimePoint now);
    void log_parameter(const Session& session, const iec60870::AsduView& request);

    // reset (rtu_reset.cpp)
    void serve_reset(Session& session, const iec60870::AsduView& request, TimePoint now);
    void restart();
    void drop_events();

    void take_steps(TimePoint now);
    void answer(CommandDesk::SessionId session, Octets asdu, TimePoint now);
    void execute(const CommandDesk::Execution& execution);
    void complete(const CommandDesk::Completion& completion, TimePoint now);
    void disconnected(Session& session, const std::string& reason);
    files::FileServer::Owner files_owner();
    void look_for_files(TimePoint now);

    RtuConfig config_;
    Substation substation_;
    Journal& journal_;
    std::function<void()> changed_;
    iec104::ControlledStation station_;
    Activity activity_;
    CommandDesk desk_;
    Parameters parameters_;
    std::map<std::pair<CommonAddress, Ioa>, std::uint64_t> parameters_taken_;
    EventBuffer buffer_;
    iec104::LocalFreeze local_freeze_;
    std::optional<TimePoint> restart_at_;
    std::vector<Group> groups_;
    std::optional<files::FileServer> files_;
    std::optional<TimePoint> next_look_;
    std::map<CommandDesk::SessionId, Session*> sessions_;
    std::map<std::pair<CommonAddress, Ioa>, std::size_t> by_address_;
    std::vector<CommonAddress> stations_;
    std::uint64_t last_number_ = 0;
    CommandDesk::SessionId last_session_ = 0;
};

}  // namespace busbar::sim
