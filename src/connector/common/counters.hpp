#pragma once

#include "iec104/link/link.hpp"
#include "store/status_writer.hpp"

namespace busbar::connector {

iec104::LinkCounters sum(const iec104::LinkCounters& left, const iec104::LinkCounters& right);

/// The link's counters as fields of `connectors:{ID}:status`.
void write_counters(store::StatusWriter& status, const iec104::LinkCounters& counters);

}  // namespace busbar::connector
