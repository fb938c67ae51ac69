#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/rate_limit.hpp"
#include "config/server.hpp"
#include "connector/common/command_ledger.hpp"
#include "connector/iec104_server/command_order.hpp"
#include "connector/iec104_server/command_points.hpp"
#include "iec104/station/command_gate.hpp"
#include "iec104/station/controlled_station.hpp"
#include "net/ip_address.hpp"
#include "net/timer.hpp"
#include "store/commands.hpp"

namespace busbar::connector {

/// Commands of control rooms: judged, written to the store for whoever owns the station, and answered with what became
/// of them. A negative confirmation goes out only when it is certain that nothing left (rule 3).
class ServerCommands : store::StorePart {
public:
    struct Owner {
        /// Of the connector's lease; 0: not held at this very moment.
        std::function<std::uint64_t()> epoch;
        /// Never the same twice within an epoch.
        std::function<std::uint64_t()> next_number;
        /// Sessions may have something to send.
        std::function<void()> on_answered;
        /// Up to where the updates stream was handed to the station.
        std::function<store::StreamId()> position;
    };
    struct Counters {
        std::uint64_t given = 0, denied = 0, confirmed = 0, refused = 0, unknown = 0;
    };

    ServerCommands(store::Store& store, std::string id, std::string instance, const config::ServerConfig& config,
                   const TimeZone& zone, const config::Mapping& mapping, Owner owner);

    void configure(const config::ServerConfig& config, const TimeZone& zone);
    void use(const config::Mapping& mapping);

    /// A command ASDU (see ControlledSession::CommandReceived) of a session.
    void receive(iec104::ControlledSession& session, Octets asdu, const net::PeerAddress& peer);
    /// Its selections are cancelled, and answers to it dropped.
    void session_gone(iec104::ControlledSession& session);
    /// An update was read, and is not sent yet: return information does not overtake the confirmation.
    void update_seen(store::ImageAddress address, std::string_view json);
    /// The updates stream was handed to the station up to Owner::position.
    void position_moved() { order_.updates_moved(); }

    const Counters& counters() const { return counters_; }

private:
    using Session = iec104::ControlledSession;
    /// A command that is in the store, or on its way there.
    struct Pending {
        Session* session = nullptr;  // nullptr: gone, or nobody's
        iec104::CommandGate::Asker asker = 0;
        store::ImageAddress address;  // in the store
        OctetBuffer asdu;             // as it came
        bool confirmed = false;
    };
    struct Asker {
        iec104::CommandGate::Asker number = 0;
        RateLimit commands;
    };
    void disconnected(const std::string& reason) override;

    // what comes from control rooms
    void refuse_type(Session& session, const iec60870::AsduView& command);
    std::string_view why_not(const net::PeerAddress& peer) const;
    iec104::CommandGate::TagReading read_tag(const iec60870::AsduView& command) const;
    Result<std::string> make_data(const iec60870::AsduView& command, const CommandPoints::Target& target,
                                  std::string_view peer, iec104::CommandGate::Asker asker) const;
    void write(Session* session, iec104::CommandGate::Asker asker, const iec60870::AsduView& command,
               const CommandPoints::Target& target, std::string_view peer);
    void written(const std::string& id, const store::Reply& reply);
    void cancel_dropped();
    Asker& asker_of(Session& session);
    bool is_local() const { return config_.commands.confirm == config::CommandConfirmation::local; }

    // what became of them
    void follow();
    void take_result(store::StreamId id, store::EntryFields fields);
    void settle(const CommandLedger::Outcome& outcome);
    void claimed(const std::string& id, const store::Reply& reply);
    void answer(const Pending& pending, const iec60870::AsduView& command, const CommandLedger::Outcome& outcome);
    OctetBuffer terminated(Octets command, bool negative) const;
    void send(Session* session, Octets asdu, iec60870::Cause cause, bool negative);
    void on_deadline();
    void set_timer();

    std::string id_, instance_;
    config::ServerConfig config_;
    net::AllowList may_command_;
    TimeZone zone_;
    Owner owner_;
    CommandPoints points_;
    iec104::CommandGate gate_;
    CommandLedger ledger_;
    std::map<std::string, Pending> pending_;
    std::map<Session*, Asker> askers_;
    iec104::CommandGate::Asker last_asker_ = 0;
    store::CommandResults results_;
    net::Timer timer_;
    CommandOrder order_;
    std::unique_ptr<store::StreamTail> tail_;
    bool following_ = false;
    Counters counters_;
};

}  // namespace busbar::connector
