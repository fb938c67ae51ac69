#pragma once

#include "iec104/link/link.hpp"
#include "store/status_writer.hpp"

namespace busbar::connector {

iec104::LinkCounters sum(const iec104::LinkCounters& left, const iec104::LinkCounters& right);

/// What can be said of the lines at this moment.
struct LinesNow {
    std::uint64_t up = 0, started = 0, unacknowledged = 0;
    void add(const iec104::Link& link);
};

/// The link's counters as fields of `connectors:{ID}:status`.
void write_counters(store::StatusWriter& status, const iec104::LinkCounters& counters);
void write_lines(store::StatusWriter& status, const LinesNow& lines);

}  // namespace busbar::connector
