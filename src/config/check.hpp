#pragma once

#include "config/client.hpp"
#include "config/findings.hpp"
#include "config/mapping.hpp"
#include "config/meter.hpp"
#include "config/server.hpp"
#include "config/store.hpp"

namespace busbar::config {

// Relations between options: what the rows of the tables cannot say.

void check(const ServerConfig& config, Findings& findings);
void check(const ClientConfig& config, Findings& findings);
void check(const MeterConfig& config, Findings& findings);
void check(const Mapping& mapping, Findings& findings);
void check(const StoreOptions& store, Findings& findings);

/// TLS of a line or of the store at `path`. On a line both sides show certificates, and only authorities that are named
/// are trusted: whom a public one vouches for says nothing about a station.
void check(const Tls& tls, const std::string& path, bool line, Findings& findings);

}  // namespace busbar::config
