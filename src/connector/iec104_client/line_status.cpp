#include "connector/iec104_client/line_status.hpp"

#include <boost/json.hpp>

#include "connector/common/tls_json.hpp"
#include "connector/common/transfer_state.hpp"

namespace busbar::connector {

namespace {

constexpr std::string_view tcp_names[] = {"disconnected", "connecting", "connected"};

std::string_view link_name(const iec104::Link& link) { return link.test_round_trip() ? "tested" : "untested"; }

boost::json::object path_json(const LinePath& path) {
    boost::json::object object{{"peer", path.peer()},
                               {"tcp", tcp_names[static_cast<std::size_t>(path.tcp())]},
                               {"link", ""},
                               {"transfer", "stopped"},
                               {"detail", path.last_fault()}};
    if (const auto* session = path.session()) {
        object["link"] = link_name(session->link());
        object["transfer"] = to_string(session->link().state());
    }
    return object;
}

}  // namespace

std::string line_json(const Line& line, const std::string& last_lost, UtcTime since) {
    boost::json::object object{{"peer", line.peer()},
                               {"tcp", tcp_names[static_cast<std::size_t>(line.tcp())]},
                               {"link", ""},
                               {"transfer", "stopped"},
                               {"since", since.time_since_epoch().count()},
                               {"connections", line.connections_made()},
                               {"detail", last_lost}};
    if (const auto* session = line.session()) {
        const auto& link = session->link();
        object["link"] = link_name(link);
        object["transfer"] = to_string(link.state());
        object["unacknowledged"] = link.sent_count() - link.acknowledged_count();
        object["not_stored"] = link.received_count() - link.kept_count();
        if (const auto round_trip = link.test_round_trip()) {
            object["round_trip_ms"] = std::chrono::duration<double, std::milli>(*round_trip).count();
        }
    }
    if (const auto* connection = line.connection(); connection && connection->tls_peer()) {
        object["tls"] = tls_json(*connection->tls_peer());
    }
    if (line.paths().size() > 1) {
        auto& addresses = object["addresses"].emplace_array();
        for (const auto& path : line.paths()) addresses.push_back(path_json(*path));
    }
    return boost::json::serialize(object);
}

}  // namespace busbar::connector
