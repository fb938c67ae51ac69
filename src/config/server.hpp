#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/common.hpp"
#include "config/reading.hpp"

namespace busbar::config {

struct ServerNetwork {
    std::string host = "0.0.0.0";
    std::uint16_t port = 2404;
    bool any_port = false;
    std::uint16_t max_connections = 1;
    std::uint16_t max_per_address = 0;         // connections; 0: as many as max_connections
    double connect_rate = 0;                   // connections a second of one address; 0: no limit
    std::vector<std::string> allowed_clients;  // addresses or networks; empty: everybody
    std::vector<std::string> command_clients;  // of those, who may command; empty: all of them
    std::optional<Tls> tls;
    bool operator==(const ServerNetwork&) const = default;
};

struct ServerStreams {
    std::string input = "process:updates", output = "process:commands", error = "process:errors";
    bool operator==(const ServerStreams&) const = default;
};

/// Connections of one control room, one of which is started at a time.
struct RedundancyGroup {
    std::string name;
    std::vector<std::string> clients;   // addresses or networks
    std::vector<std::string> subjects;  // of TLS certificates
    bool required = true;
    bool operator==(const RedundancyGroup&) const = default;
};

enum class CauseForwarding : std::uint8_t { standard, verbatim };
enum class CommandConfirmation : std::uint8_t { end_to_end, local };
enum class CommandTimeTag : std::uint8_t { either, required, refused };

struct ServerCommands {
    CommandConfirmation confirm = CommandConfirmation::end_to_end;
    std::chrono::milliseconds max_age{5000}, select_timeout{10000};
    CommandTimeTag time_tag = CommandTimeTag::either;
    double rate = 0;  // commands a second of one connection; 0: no limit
    bool operator==(const ServerCommands&) const = default;
};

/// Files for control rooms (types 120-126).
struct ServerFiles {
    std::string folder;          // served; empty: none
    std::string receive_folder;  // for what control rooms load; empty: they may not
    bool allow_delete = false;
    std::uint16_t casdu = 1;
    std::uint32_t ioa = 1;
    std::uint16_t name = 1;  // NOF
    std::uint32_t max_size = 255u << 16;
    std::uint32_t max_files = 1000;
    std::chrono::seconds step_timeout{10};
    bool operator==(const ServerFiles&) const = default;
};

/// `connectors:{ID}:config` of a server connector.
struct ServerConfig {
    std::uint64_t revision = 0;
    LogLevel log_level = LogLevel::info;
    ServerNetwork network;
    Protocol protocol;
    ServerStreams streams;
    std::vector<RedundancyGroup> redundancy_groups;
    CauseForwarding cause = CauseForwarding::standard;
    bool interrogation_time_tags = false;
    std::chrono::seconds interrogation_wait{30};
    bool end_of_initialization = true;
    bool reset_process = false;
    ServerCommands commands;
    std::optional<ServerFiles> files;
    Service service;
    bool operator==(const ServerConfig&) const = default;
};

/// Reads the managed configuration; a missing member keeps what `base` has. See Reading.
Reading<ServerConfig> read_server_config(std::string_view json, const ServerConfig& base);

/// The ports that need no `any_port`: 2404-2420, and 19998 with TLS.
bool is_usual_port(std::uint16_t port, bool tls);

/// True if a line depends on what differs: address, port, timers, sizes, TLS.
bool restart_needed(const ServerConfig& running, const ServerConfig& wanted);

}  // namespace busbar::config
