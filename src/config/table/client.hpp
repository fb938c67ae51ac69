#pragma once

#include "config/client.hpp"
#include "config/table/common.hpp"

namespace busbar::config {

template <>
inline constexpr std::array<std::string_view, 2> names<Standby> = {"connect", "none"};

// clang-format off
template <>
inline constexpr auto options<ClientNetwork> = std::tuple{
    Option{"host", &ClientNetwork::host, "", {1, 253}, restarts, "Host name or address of the station."},
    Option{"port", &ClientNetwork::port, "", {1, 65535}, restarts, "TCP port of the station."},
    Option{"backup", &ClientNetwork::backup, "", {}, restarts, "Further addresses of the same station (host:port), for when data transfer with the one in use fails."},
    Option{"standby", &ClientNetwork::standby, "", {}, restarts, "Whether all addresses are connected (connect: one transfers data, the others are tested), or one at a time (none: for stations that take one connection only)."},
    Option{"tls", &ClientNetwork::tls, "", {}, restarts, "TLS for the line (IEC 62351-3); absent: none."},
};

template <>
inline constexpr auto options<ClientProtocol> = std::tuple_cat(
    std::tuple{Option{"t0", &ClientProtocol::t0, "s", {1, 255}, restarts, "Longest wait for a connection; then the attempt is cancelled and tried again."}},
    options<Protocol>,
    std::tuple{Option{"originator", &ClientProtocol::originator, "", {0, 255}, restarts, "Originator address in what is sent; 0 is none."}});

template <>
inline constexpr auto options<Station> = std::tuple{
    Option{"casdu", &Station::casdu, "", {0, 65535}, required, "Common address of the station in the store."},
    Option{"remote", &Station::remote, "", {1, 65534}, live, "Common address the station itself uses; absent: the same."},
    Option{"name", &Station::name, "", {0, 256}, live, "Name for people."},
};

template <>
inline constexpr auto options<ClientInterrogation> = std::tuple{
    Option{"on_connect", &ClientInterrogation::on_connect, "", {}, live, "Interrogates the stations after each connection."},
    Option{"every", &ClientInterrogation::every, "s", {0, 604800}, live, "Interrogates again after so long; 0 is never."},
    Option{"groups", &ClientInterrogation::groups, "", {1, 16}, live, "Interrogates these groups instead of whole stations."},
    Option{"counters_every", &ClientInterrogation::counters_every, "s", {0, 604800}, live, "Interrogates the counters so often; 0 is never."},
    Option{"counters_freeze", &ClientInterrogation::counters_freeze, "", {}, live, "Freezes the counters before each of these interrogations (but not after a connection), so that all readings are of one moment."},
};

template <>
inline constexpr auto options<ClockSync> = std::tuple{
    Option{"on_connect", &ClockSync::on_connect, "", {}, live, "Sets the stations' clocks after each connection."},
    Option{"every", &ClockSync::every, "s", {0, 604800}, live, "Sets them again after so long; 0 is never."},
};

template <>
inline constexpr auto options<ClientStreams> = std::tuple{
    Option{"updates", &ClientStreams::updates, "", {1, 256}, live, "Stream that received values are written to.", &store_key},
    Option{"commands", &ClientStreams::commands, "", {1, 256}, live, "Stream that commands are read from.", &store_key},
    Option{"results", &ClientStreams::results, "", {1, 256}, live, "Stream that says what became of commands.", &store_key},
    Option{"error", &ClientStreams::error, "", {1, 256}, live, "Stream that takes what could not be used.", &store_key},
    Option{"max_length", &ClientStreams::max_length, "entries", {1, 1000000000}, live, "Length that the updates stream is cut to, unless its retention is managed."},
};

template <>
inline constexpr auto options<ClientCommands> = std::tuple{
    Option{"max_age", &ClientCommands::max_age, "s", {0.1, 3600}, live, "Age at which a command is too old to be sent."},
};

template <>
inline constexpr auto options<ClientFiles> = std::tuple{
    Option{"folder", &ClientFiles::folder, "", {0, 4096}, live, "Folder that fetched files are stored in, and files to be sent are taken from; empty: neither."},
    Option{"step_timeout", &ClientFiles::step_timeout, "s", {1, 3600}, live, "Longest wait for the station's next step in a transfer; then it is aborted."},
};

template <>
inline constexpr auto options<ClientConfig> = std::tuple{
    Option{"revision", &ClientConfig::revision, "", {0, 9007199254740991}, managed, "Counts the changes made by management; reported back in the status."},
    Option{"log_level", &ClientConfig::log_level, "", {}, live, "How much is logged."},
    Option{"network", &ClientConfig::network, "", {}, live, "Where the station is."},
    Option{"protocol", &ClientConfig::protocol, "", {}, live, "Timers, windows and field sizes of IEC 60870-5-104."},
    Option{"stations", &ClientConfig::stations, "", {}, live, "Stations behind the line. Only listed ones can be commanded; none listed: values of all are taken under their own address."},
    Option{"interrogation", &ClientConfig::interrogation, "", {}, live, "When the stations are asked for all their values."},
    Option{"clock_sync", &ClientConfig::clock_sync, "", {}, live, "When the stations' clocks are set."},
    Option{"streams", &ClientConfig::streams, "", {}, live, "Streams in the store."},
    Option{"commands", &ClientConfig::commands, "", {}, live, "What becomes of commands from the store."},
    Option{"files", &ClientConfig::files, "", {}, live, "Files of the stations."},
    Option{"reconnect", &ClientConfig::reconnect, "s", {0.1, 3600}, live, "Wait before the next attempt to connect."},
    Option{"reconnect_max", &ClientConfig::reconnect_max, "s", {0.1, 3600}, live, "The wait doubles up to this; not more than reconnect: it stays the same."},
    Option{"not_topical_after", &ClientConfig::not_topical_after, "s", {0, 86400}, live, "Time after the loss of the line at which the stations' points are marked not topical (NT)."},
    Option{"debug", &ClientConfig::debug, "", {}, live, "Publishes every frame on the trace channel, even if nobody listens."},
    Option{"service", &ClientConfig::service, "", {}, managed, "How supervision treats the connector."},
};
// clang-format on

}  // namespace busbar::config
