#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "manage/actions/actor.hpp"
#include "manage/actions/problem.hpp"
#include "manage/database/connector_rows.hpp"

namespace busbar::manage {

// Changes of connectors by whichever thread the database's connection belongs to. Supervision and store do not hear of
// them here (connectors.hpp).

/// The kinds that an installation runs; each is a subcommand.
inline constexpr std::string_view client_kind = "iec104-client", server_kind = "iec104-server",
                                  meter_kind = "iec102-client";

/// Changes with it, and only with what a person may change: for ETag and If-Match.
std::string version_of(const ConnectorHead& head);

/// Why it cannot be made: beside those that are there, and `others` that are to be made with it.
Outcome<void> check_new(Database& database, const ConnectorRow& wanted, std::span<const ConnectorRow> others);
/// Makes them all at once, with their first revisions; they were checked.
void save_new_connectors(Database& database, const Author& author, std::span<ConnectorRow> rows,
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
/// What it is afterwards. `alone` is called before the database is taken.
Outcome<ConnectorRow> save_change(Database& database, const Author& author, std::string_view id,
                                  const ConnectorChange& change, const std::function<void()>& alone);

Outcome<ConnectorRow> no_such_connector(std::string_view id);

}  // namespace busbar::manage
