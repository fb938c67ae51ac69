#include "connector/iec104_client/line_config.hpp"

#include "connector/common/protocol.hpp"

namespace busbar::connector {

LineConfig line_config(const config::ClientConfig& config, const std::shared_ptr<net::TlsEnd>& tls) {
    LineConfig line;
    line.addresses.push_back({config.network.host, config.network.port, {}, tls});
    for (const auto& backup : config.network.backup) line.addresses.push_back({backup.host, backup.port, {}, tls});
    line.standby =
        config.network.standby == config::Standby::none ? StandbyConnections::none : StandbyConnections::connect;
    line.t0 = config.protocol.t0;
    line.reconnect = config.reconnect;
    line.reconnect_max = config.reconnect_max;
    auto& session = line.session;
    session.format = asdu_format(config.protocol);
    session.link = link_config(config.protocol);
    session.originator = config.protocol.originator;
    for (const auto& station : config.stations) session.stations.push_back(station.remote_address());
    session.interrogate_on_start = config.interrogation.on_connect;
    session.interrogate_every = config.interrogation.every;
    session.groups = config.interrogation.groups;
    session.counters_every = config.interrogation.counters_every;
    session.freeze_counters = config.interrogation.counters_freeze;
    session.synchronize_clock_on_start = config.clock_sync.on_connect;
    session.synchronize_clock_every = config.clock_sync.every;
    session.files.step_limit = config.files.step_timeout;
    return line;
}

}  // namespace busbar::connector
