#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "manage/actions/actor.hpp"
#include "manage/actions/installation.hpp"
#include "manage/actions/problem.hpp"
#include "manage/database/connector_rows.hpp"

namespace busbar::manage {

/// The kinds that an installation runs; each is a subcommand.
inline constexpr std::string_view client_kind = "iec104-client", server_kind = "iec104-server",
                                  meter_kind = "iec102-client";

/// Changes with it, and only with what a person may change: for ETag and If-Match.
std::string version_of(const ConnectorRow& row);

Outcome<ConnectorRow> find(Installation& installation, std::string_view id);
/// `config` is JSON; its faults are named.
Outcome<ConnectorRow> create_connector(Installation& installation, const Actor& actor, const ConnectorRow& wanted);

/// Why it cannot be made: beside those that are there, and `others` that are to be made with it.
Outcome<void> check_new(Installation& installation, const ConnectorRow& wanted, std::span<const ConnectorRow> others);
/// Makes them all at once, with their first revisions; they were checked.
void add_connectors(Installation& installation, const Actor& actor, std::span<ConnectorRow> rows,
                    const std::string& comment);

/// What of a connector is to change; absent: stays.
struct ConnectorChange {
    std::optional<std::string> name, config;
    std::optional<std::optional<std::string>> mapping;  // an empty one: no mapping
    std::optional<bool> stopped;
    std::string comment;
    std::int64_t mapping_fits = 0;  // the configuration's revision that `mapping` was found to be good with; 0: none
    std::string expected_version;   // empty: whatever it is
};
Outcome<ConnectorRow> change_connector(Installation& installation, const Actor& actor, std::string_view id,
                                       const ConnectorChange& change);
Outcome<void> remove_connector(Installation& installation, const Actor& actor, std::string_view id);
Outcome<void> restart_connector(Installation& installation, const Actor& actor, std::string_view id);

/// Tells supervision and store what the database says: at the start, and after every change.
void apply_connectors(Installation& installation);

}  // namespace busbar::manage
