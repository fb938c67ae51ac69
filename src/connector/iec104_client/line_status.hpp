#pragma once

#include <string>

#include "base/time.hpp"
#include "connector/iec104_client/line.hpp"

namespace busbar::connector {

/// The status field `line`: {"peer":…,"tcp":"connected","link":"tested"|"untested"|"","transfer":"started",
/// "since":ms,"connections":n,"detail":last reason}, of the connection that carries the line; with several addresses
/// also "addresses":[{"peer":…,"tcp":…,"link":…,"transfer":…,"detail":…}].
std::string line_json(const Line& line, const std::string& last_lost, UtcTime since);

}  // namespace busbar::connector
