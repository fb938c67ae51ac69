#pragma once

#include "config/settings.hpp"

namespace busbar::connector {

/// Runs the server connector until SIGTERM or SIGINT. Returns the exit code: 0 good, 1 failed while running.
int run_iec104_server(const config::ServerSettings& settings);

}  // namespace busbar::connector
