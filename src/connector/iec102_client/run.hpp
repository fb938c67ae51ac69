#pragma once

#include "config/settings.hpp"

namespace busbar::connector {

/// Runs the meter client until SIGTERM or SIGINT. Returns the exit code: 0 good, 1 failed while running.
int run_iec102_client(const config::MeterSettings& settings);

}  // namespace busbar::connector
