#pragma once

#include <functional>
#include <string>

#include "config/client.hpp"
#include "config/reading.hpp"
#include "config/server.hpp"
#include "config/store.hpp"

namespace busbar::config {

/// What a connector is started with: flags, environment, TOML file and defaults, merged. `config` is what the managed
/// configuration in the store is laid over (read_server_config, read_client_config).
template <class Config>
struct Settings {
    std::string id;        // never empty
    std::string instance;  // for the lease; the host's name by default
    StoreOptions store;
    Config config;
    /// Merges anew, reading the TOML and password files again (SIGHUP).
    std::function<Reading<Settings>()> reload;
};

using ServerSettings = Settings<ServerConfig>;
using ClientSettings = Settings<ClientConfig>;

}  // namespace busbar::config
