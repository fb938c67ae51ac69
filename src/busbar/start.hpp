#pragma once

#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "busbar/subcommand.hpp"
#include "config/command_line.hpp"
#include "config/reading.hpp"

namespace busbar::program {

/// The value if it is good; warnings go to standard error, faults become a UsageError.
template <class Value>
Value accepted(config::Reading<Value> reading) {
    if (!reading.good()) throw UsageError(config::joined(reading.faults));
    for (const std::string& warning : reading.warnings) fmt::print(stderr, "busbar: warning: {}\n", warning);
    return std::move(reading.value);
}

/// The work of a connector's page: prints the TOML file if config-gen was chosen, else runs with the merged settings.
template <class Read, class Run>
int start(const config::CommandLine& command_line, const Read& read, const Run& run) {
    config::StartInput input = command_line.input();
    input.to_run = !command_line.config_gen()->parsed();
    const auto settings = accepted(read(input));
    if (input.to_run) return run(settings);
    const std::string& name = command_line.config_gen_file();
    if (name.empty()) {
        std::cout << config::write_start_file(settings);
        return exit_good;
    }
    std::ofstream file(name);
    if (!(file << config::write_start_file(settings)).flush()) throw UsageError(name + " cannot be written");
    return exit_good;
}

}  // namespace busbar::program
