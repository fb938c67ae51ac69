#pragma once

#include <string>
#include <string_view>

#include "config/client.hpp"
#include "config/mapping.hpp"
#include "config/meter.hpp"
#include "config/row.hpp"
#include "config/server.hpp"

namespace busbar::config {

/// The documents that have a table of options: JSON in the store, and what a page is started with (`_start`: flags,
/// environment, TOML file).
enum class Document {
    iec104_server,
    iec104_client,
    iec102_client,
    mapping,
    iec104_server_start,
    iec104_client_start,
    iec102_client_start,
    store_start
};

const Row& table(Document document);

/// "Configuration of an IEC 104 server connector".
std::string_view title(Document document);

// A document with every member.

std::string write_json(const ServerConfig& config);
std::string write_json(const ClientConfig& config);
std::string write_json(const MeterConfig& config);
std::string write_json(const Mapping& mapping);

}  // namespace busbar::config
