#include "connector/iec104_server/server_status.hpp"

#include <boost/json.hpp>
#include <charconv>

#include "connector/common/counters.hpp"
#include "connector/common/tls_json.hpp"
#include "connector/common/transfer_state.hpp"

namespace busbar::connector {

void write_server_status(store::StatusWriter& status, const iec104::ControlledStation& station, const Peers& peers,
                         const Groups& groups) {
    const auto set = [&status](std::string_view field, std::uint64_t value) {
        status.set(field, static_cast<std::int64_t>(value));
    };
    write_counters(status, peers.link_counters());
    const auto& counters = station.counters();
    set("points", station.object_count());
    set("memory_octets", station.memory());
    set("events", counters.events);
    set("interrogations", counters.interrogations);
    set("interrogation_objects", counters.interrogation_objects);
    set("interrogation_late", counters.interrogation_late);
    set("negative_confirmations", counters.negative_confirmations);
    set("refused_type", counters.refused_type);
    set("refused_cause", counters.refused_cause);
    set("refused_common_address", counters.refused_common_address);
    set("refused_ioa", counters.refused_ioa);
    set("asdus_damaged", counters.damaged);
    set("connections", peers.size());
    set("connections_refused", peers.refused());
    set("gaps", groups.gaps());

    boost::json::array lines;
    LinesNow now;
    peers.for_each(
        [&](const net::Connection& connection, const std::string& group, const iec104::ControlledSession& session) {
            const auto& link = session.link();
            now.add(link);
            lines.push_back(boost::json::object{{"peer", connection.peer().to_string()},
                                                {"group", group},
                                                {"tcp", "connected"},
                                                {"link", link.test_round_trip() ? "tested" : "untested"},
                                                {"transfer", to_string(link.state())},
                                                {"unacknowledged", link.sent_count() - link.acknowledged_count()}});
            if (const auto* tls = connection.tls_peer()) lines.back().as_object()["tls"] = tls_json(*tls);
        });
    status.set("line", boost::json::serialize(lines));
    write_lines(status, now);
    boost::json::array views;
    for (const auto& group : groups.list()) {
        views.push_back(boost::json::object{
            {"name", group.name}, {"named", group.named}, {"cursor", store::to_string(group.cursor)}});
    }
    status.set("groups", boost::json::serialize(views));
}

void write_command_status(store::StatusWriter& status, const ServerCommands::Counters& counters) {
    status.set("commands_given", static_cast<std::int64_t>(counters.given));
    status.set("commands_denied", static_cast<std::int64_t>(counters.denied));
    status.set("commands_confirmed", static_cast<std::int64_t>(counters.confirmed));
    status.set("commands_refused", static_cast<std::int64_t>(counters.refused));
    status.set("commands_unknown", static_cast<std::int64_t>(counters.unknown));
}

void write_durability(store::StatusWriter& status, const store::DurabilityReport& report) {
    status.set("durability", to_string(report.durability));
}

}  // namespace busbar::connector
