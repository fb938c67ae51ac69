#pragma once

#include <string_view>

#include "connector/iec104_server/commands.hpp"
#include "connector/iec104_server/groups.hpp"
#include "connector/iec104_server/peers.hpp"
#include "store/durability.hpp"
#include "store/status_writer.hpp"

namespace busbar::connector {

/// Counters, lines and groups as fields of `connectors:{ID}:status`. `line`: an array, one object a connection:
/// {"peer","group","transfer","unacknowledged"}; `groups`: [{"name","named","cursor"}].
void write_server_status(store::StatusWriter& status, const iec104::ControlledStation& station, const Peers& peers,
                         const Groups& groups);

/// `commands_given`, `_denied` (before they were passed on), `_confirmed`, `_refused`, `_unknown`.
void write_command_status(store::StatusWriter& status, const ServerCommands::Counters& counters);

/// Field `durability`: "disk", "memory", "replicated" or "unknown", and why.
void write_durability(store::StatusWriter& status, const store::DurabilityReport& report);

}  // namespace busbar::connector
