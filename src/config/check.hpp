#pragma once

#include "config/client.hpp"
#include "config/findings.hpp"
#include "config/mapping.hpp"
#include "config/server.hpp"
#include "config/store.hpp"

namespace busbar::config {

// Relations between options: what the rows of the tables cannot say.

void check(const ServerConfig& config, Findings& findings);
void check(const ClientConfig& config, Findings& findings);
void check(const Mapping& mapping, Findings& findings);
void check(const StoreOptions& store, Findings& findings);

/// TLS of a line or of the store at `path`; a station that accepts connections needs a certificate of its own.
void check(const Tls& tls, const std::string& path, bool accepts, Findings& findings);

}  // namespace busbar::config
