#pragma once

#include "busbar/subcommand.hpp"

namespace busbar::program {

/// The pages below `busbar sim`.
void add_sim_rtu(CLI::App& sim, Work& work);
void add_sim_meter(CLI::App& sim, Work& work);
void add_sim_scada(CLI::App& sim, Work& work);

}  // namespace busbar::program
