#pragma once

#include "config/settings.hpp"
#include "config/table/client.hpp"
#include "config/table/meter.hpp"
#include "config/table/server.hpp"

namespace busbar::config {

// clang-format off
template <>
inline constexpr auto options<StoreOptions> = std::tuple{
    Option{"host", &StoreOptions::host, "", {1, 253}, live, "Host of the store, host:port, or the path of a unix socket."},
    Option{"port", &StoreOptions::port, "", {1, 65535}, live, "Port of the store; wins over a port in the host."},
    Option{"user", &StoreOptions::user, "", {0, 256}, live, "User name (ACL); empty: the store's default user."},
    Option{"pwd", &StoreOptions::password, "", {0, 1024}, secret, "Password. On the command line other users of the machine may see it: better a file or the environment."},
    Option{"pwd_file", &StoreOptions::password_file, "", {0, 4096}, live, "File whose first line is the password."},
    Option{"tls", &StoreOptions::tls, "", {}, live, "TLS to the store; absent: none."},
};

template <>
inline constexpr auto options<StoreSettings> = std::tuple{
    Option{"redis", &StoreSettings::store, "", {}, live, "The store (Valkey or Redis)."},
};

template <class Config>
inline constexpr auto options<Settings<Config>> = std::tuple{
    Option{"id", &Settings<Config>::id, "", {1, 128}, live, "Unique id of the connector. It must be given.", &connector_id},
    Option{"instance", &Settings<Config>::instance, "", {0, 128}, live, "Name of this process among those with the same id; empty: the host's name.", &connector_id},
    Option{"metrics_file", &Settings<Config>::metrics_file, "", {0, 4096}, live, "File that is kept up to date with state and counters, in the text format of Prometheus, also while the store is away; empty: none."},
    Option{"redis", &Settings<Config>::store, "", {}, live, "The store (Valkey or Redis)."},
    Option{"", &Settings<Config>::config, "", {}, live, ""},
};
// clang-format on

}  // namespace busbar::config
