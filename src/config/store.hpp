#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/common.hpp"

namespace busbar::config {

/// How the store is reached (subcommand `redis`).
struct StoreOptions {
    std::string host = "127.0.0.1";  // a host, or the path of a unix socket ("/run/…"); never "host:port" here
    std::uint16_t port = 6379;
    std::string user;           // ACL user; empty: the default user
    std::string password;       // from --pwd, the environment or the password file; never logged
    std::string password_file;  // where it was read from, if it was
    std::optional<Tls> tls;
    bool is_unix_socket() const { return host.starts_with('/'); }
    bool operator==(const StoreOptions&) const = default;
};

/// "redis://user:password@host:port", "rediss://…" (TLS), "unix:///path". Errors never repeat the password.
Result<StoreOptions> parse_store_url(std::string_view url);

/// "127.0.0.1:6379", "/run/store.sock": for logs, without secrets.
std::string to_string(const StoreOptions& store);

/// All of it as the environment of a connector, "BUSBAR_REDIS_HOST=…": also what is empty, which hides what our own
/// environment says. The password only if no file holds it.
std::vector<std::string> environment_of(const StoreOptions& store);

}  // namespace busbar::config
