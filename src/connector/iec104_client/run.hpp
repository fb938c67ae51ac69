#pragma once

#include "config/settings.hpp"

namespace busbar::connector {

/// Runs the client connector until SIGTERM or SIGINT. Returns the exit code: 0 good, 1 failed while running.
int run_iec104_client(const config::ClientSettings& settings);

}  // namespace busbar::connector
