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

/// What `backup` addresses are used for while another one carries the data.
enum class Standby : std::uint8_t { connect, none };

struct ClientNetwork {
    std::string host = "127.0.0.1";
    std::uint16_t port = 2404;
    std::vector<Endpoint> backup;  // further addresses of the same station
    Standby standby = Standby::connect;
    std::optional<Tls> tls;
    bool operator==(const ClientNetwork&) const = default;
};

struct ClientProtocol : Protocol {
    std::chrono::seconds t0{30};
    std::uint8_t originator = 0;
    bool operator==(const ClientProtocol&) const = default;
};

/// One station behind the line: `remote` is the common address the RTU uses, `casdu` the one in the store.
struct Station {
    std::uint16_t casdu = 0;
    std::optional<std::uint16_t> remote;  // absent: the same as casdu
    std::string name;
    std::uint16_t remote_address() const { return remote.value_or(casdu); }
    bool operator==(const Station&) const = default;
};

struct ClientInterrogation {
    bool on_connect = true;
    std::chrono::seconds every{0};     // 0 = never
    std::vector<std::uint8_t> groups;  // 1-16 instead of the whole station
    std::chrono::seconds counters_every{0};
    bool counters_freeze = false;
    bool operator==(const ClientInterrogation&) const = default;
};

struct ClockSync {
    bool on_connect = false;
    std::chrono::seconds every{0};  // 0 = never
    bool operator==(const ClockSync&) const = default;
};

struct ClientStreams {
    std::string updates = "process:updates", commands = "process:commands", results = "process:command-results",
                error = "process:errors";
    std::uint64_t max_length = 1000;
    bool operator==(const ClientStreams&) const = default;
};

struct ClientCommands {
    std::chrono::milliseconds max_age{5000};
    bool operator==(const ClientCommands&) const = default;
};

/// Files of the stations (types 120-126).
struct ClientFiles {
    std::string folder;  // fetched into it, sent from it; empty: no transfers
    std::chrono::seconds step_timeout{10};
    bool operator==(const ClientFiles&) const = default;
};

/// `connectors:{ID}:config` of a client connector.
struct ClientConfig {
    std::uint64_t revision = 0;
    LogLevel log_level = LogLevel::info;
    ClientNetwork network;
    ClientProtocol protocol;
    std::vector<Station> stations;  // empty: values of all are taken under their own address, nothing is commanded
    ClientInterrogation interrogation;
    ClockSync clock_sync;
    ClientStreams streams;
    ClientCommands commands;
    ClientFiles files;
    std::chrono::milliseconds reconnect{2000}, reconnect_max{2000};
    std::chrono::milliseconds not_topical_after{0};
    bool debug = false;
    Service service;
    bool operator==(const ClientConfig&) const = default;
};

/// Reads the managed configuration; a missing member keeps what `base` has. See Reading.
Reading<ClientConfig> read_client_config(std::string_view json, const ClientConfig& base);

/// True if the line depends on what differs: address, port, timers, sizes, TLS.
bool restart_needed(const ClientConfig& running, const ClientConfig& wanted);

}  // namespace busbar::config
