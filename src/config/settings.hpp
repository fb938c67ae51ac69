#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "config/client.hpp"
#include "config/meter.hpp"
#include "config/reading.hpp"
#include "config/server.hpp"
#include "config/store.hpp"

namespace busbar::config {

/// What a connector is started with: flags, environment, TOML file and defaults, merged. `config` is what the managed
/// configuration in the store is laid over (read_server_config and its kin).
template <class Config>
struct Settings {
    std::string id;            // never empty
    std::string instance;      // for the lease; the host's name by default
    std::string metrics_file;  // empty: none
    StoreOptions store;
    Config config;
    /// Merges anew, reading the TOML and password files again (SIGHUP).
    std::function<Reading<Settings>()> reload;
};

/// Merges `settings` anew; with faults, which are returned, they stay as they are.
template <class Config>
std::vector<std::string> reload(Settings<Config>& settings) {
    auto reading = settings.reload();
    if (!reading.good()) return reading.faults;
    if (!reading.value.reload) reading.value.reload = std::move(settings.reload);
    settings = std::move(reading.value);
    return {};
}

using ServerSettings = Settings<ServerConfig>;
using ClientSettings = Settings<ClientConfig>;
using MeterSettings = Settings<MeterConfig>;

/// What a tool that only looks at the store is started with.
struct StoreSettings {
    StoreOptions store;
};

/// The value of an environment variable, or nullptr.
using Environment = std::function<const char*(const std::string& name)>;

/// The process's own environment.
const char* environment_of_process(const std::string& name);

/// What a user may have said about options.
struct StartInput {
    std::map<std::string, std::string> flags;  // path of the option ("protocol.t1") -> text
    std::string config_file;                   // TOML; empty: none
    Environment environment = environment_of_process;
    bool to_run = true;  // false, to be looked at only: no id is needed, no password file is read, nothing is filled in
};

// Each merges, from strong to weak: flags, environment, TOML file, defaults. Faults name the option where it was given:
// "client --t1", "BUSBAR_CLIENT_T1", "gateway.toml:12: protocol.t1".

Reading<ServerSettings> read_server_settings(const StartInput& input);
Reading<ClientSettings> read_client_settings(const StartInput& input);
Reading<MeterSettings> read_meter_settings(const StartInput& input);
Reading<StoreSettings> read_store_settings(const StartInput& input);

}  // namespace busbar::config
