#pragma once

#include <string>

#include "base/time.hpp"
#include "connector/iec104_client/line.hpp"

namespace busbar::connector {

/// The status field `line`: {"peer":…,"tcp":"connected","link":"tested"|"untested"|"","transfer":"started",
/// "since":ms,"connections":n,"detail":last reason}.
std::string line_json(const Line& line, const std::string& last_lost, UtcTime since);

}  // namespace busbar::connector
