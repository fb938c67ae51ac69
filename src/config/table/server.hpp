#pragma once

#include "config/server.hpp"
#include "config/table/common.hpp"

namespace busbar::config {

template <>
inline constexpr std::array<std::string_view, 2> names<CauseForwarding> = {"standard", "verbatim"};
template <>
inline constexpr std::array<std::string_view, 2> names<CommandConfirmation> = {"end-to-end", "local"};
template <>
inline constexpr std::array<std::string_view, 3> names<CommandTimeTag> = {"either", "required", "refused"};

// clang-format off
template <>
inline constexpr auto options<ServerNetwork> = std::tuple{
    Option{"host", &ServerNetwork::host, "", {1, 253}, restarts, "Address of the interface to listen on; 0.0.0.0 is every one."},
    Option{"port", &ServerNetwork::port, "", {1, 65535}, restarts, "TCP port to listen on: 2404-2420, 19998 with TLS, others with any_port."},
    Option{"any_port", &ServerNetwork::any_port, "", {}, live, "Allows ports outside the usual range."},
    Option{"max_connections", &ServerNetwork::max_connections, "connections", {1, 100}, live, "Most control rooms connected at the same time; one more is refused."},
    Option{"max_per_address", &ServerNetwork::max_per_address, "connections", {0, 100}, live, "Most connections of one address at the same time; 0: no limit of its own."},
    Option{"connect_rate", &ServerNetwork::connect_rate, "1/s", {0, 1000}, live, "Connections that one address may make in a second in the long run, ten times as many at once; 0: no limit."},
    Option{"allowed_clients", &ServerNetwork::allowed_clients, "", {1, 64}, live, "Addresses or networks that may connect; none listed: all.", &address_or_network},
    Option{"command_clients", &ServerNetwork::command_clients, "", {1, 64}, live, "Addresses or networks that may send commands; none listed: all that may connect.", &address_or_network},
    Option{"tls", &ServerNetwork::tls, "", {}, restarts, "TLS for the line (IEC 62351-3); absent: none."},
};

template <>
inline constexpr auto options<ServerStreams> = std::tuple{
    Option{"input", &ServerStreams::input, "", {1, 256}, live, "Stream that updates are read from.", &store_key},
    Option{"output", &ServerStreams::output, "", {1, 256}, live, "Stream that commands are written to.", &store_key},
    Option{"error", &ServerStreams::error, "", {1, 256}, live, "Stream that takes what could not be used, and gaps.", &store_key},
};

template <>
inline constexpr auto options<RedundancyGroup> = std::tuple{
    Option{"name", &RedundancyGroup::name, "", {1, 64}, required, "Name of the group; part of its cursor's key.", &connector_id},
    Option{"clients", &RedundancyGroup::clients, "", {1, 64}, live, "Addresses or networks whose connections belong to the group.", &address_or_network},
    Option{"subjects", &RedundancyGroup::subjects, "", {1, 1024}, live, "Subjects of TLS certificates, CN=… and further attributes; with clients too, both must fit."},
    Option{"required", &RedundancyGroup::required, "", {}, live, "Whether the updates stream is kept until this group has them."},
};

template <>
inline constexpr auto options<ServerCommands> = std::tuple{
    Option{"confirm", &ServerCommands::confirm, "", {}, live, "Who confirms a command: the station at the far end (end-to-end), or this connector when it is in the store (local)."},
    Option{"max_age", &ServerCommands::max_age, "s", {0.1, 3600}, live, "Age at which a command is too old to be carried out."},
    Option{"select_timeout", &ServerCommands::select_timeout, "s", {1, 3600}, live, "How long a selection waits for its execute."},
    Option{"time_tag", &ServerCommands::time_tag, "", {}, live, "Whether commands come with a time tag: either, required or refused."},
    Option{"rate", &ServerCommands::rate, "1/s", {0, 1000}, live, "Commands that one connection may give in a second in the long run, ten times as many at once; more are refused. 0: no limit."},
};

template <>
inline constexpr auto options<ServerFiles> = std::tuple{
    Option{"folder", &ServerFiles::folder, "", {0, 4096}, restarts, "Folder whose files control rooms may fetch; empty: none."},
    Option{"receive_folder", &ServerFiles::receive_folder, "", {0, 4096}, restarts, "Folder for files that control rooms load; empty: they may not."},
    Option{"allow_delete", &ServerFiles::allow_delete, "", {}, restarts, "Whether control rooms may delete files of the folder."},
    Option{"casdu", &ServerFiles::casdu, "", {1, 65534}, restarts, "Common address of the station that has the files."},
    Option{"ioa", &ServerFiles::ioa, "", {1, 16777215}, restarts, "Information object address of the first file; the others follow."},
    Option{"name", &ServerFiles::name, "", {1, 255}, restarts, "Name of file (NOF) of all files: 1 transparent file, 2 disturbance data, 3 sequences of events, 4 recorded analogue values, 128-255 private."},
    Option{"max_size", &ServerFiles::max_size, "octets", {0, 16711680}, restarts, "Longest file that is offered or taken."},
    Option{"max_files", &ServerFiles::max_files, "files", {1, 10000}, restarts, "Most files of the folder that are offered."},
    Option{"step_timeout", &ServerFiles::step_timeout, "s", {1, 3600}, restarts, "Longest wait for the control room's next step in a transfer; then it is aborted."},
};

template <>
inline constexpr auto options<ServerConfig> = std::tuple{
    Option{"revision", &ServerConfig::revision, "", {0, 9007199254740991}, managed, "Counts the changes made by management; reported back in the status."},
    Option{"log_level", &ServerConfig::log_level, "", {}, live, "How much is logged."},
    Option{"network", &ServerConfig::network, "", {}, live, "Where control rooms connect, and who may."},
    Option{"protocol", &ServerConfig::protocol, "", {}, live, "Timers, windows and field sizes of IEC 60870-5-104."},
    Option{"streams", &ServerConfig::streams, "", {}, live, "Streams in the store."},
    Option{"redundancy_groups", &ServerConfig::redundancy_groups, "", {}, live, "Connections that stand for one control room; a connection in none is a group of its own."},
    Option{"cause", &ServerConfig::cause, "", {}, live, "Cause of transmission of events: standard (1, 2, 3, 11, 12 where the type permits them, else 3) or verbatim (as stored)."},
    Option{"interrogation_time_tags", &ServerConfig::interrogation_time_tags, "", {}, live, "Answers interrogations with time-tagged types."},
    Option{"interrogation_wait", &ServerConfig::interrogation_wait, "s", {0, 3600}, live, "Longest wait of an interrogation for points whose events are still on their way."},
    Option{"end_of_initialization", &ServerConfig::end_of_initialization, "", {}, live, "Sends the end of initialization (type 70) after the start."},
    Option{"reset_process", &ServerConfig::reset_process, "", {}, live, "Whether peers that may command can reset the process (type 105, QRP 1): all connections are closed, no event is lost."},
    Option{"commands", &ServerConfig::commands, "", {}, live, "What becomes of commands from control rooms."},
    Option{"files", &ServerConfig::files, "", {}, restarts, "Files for control rooms; absent: there is no file transfer."},
    Option{"service", &ServerConfig::service, "", {}, managed, "How supervision treats the connector."},
};
// clang-format on

}  // namespace busbar::config
