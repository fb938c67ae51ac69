#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "sim/meter/meter.hpp"

namespace busbar::sim {

/// Most meters on a simulated line.
inline constexpr std::size_t most_meters = 1000;

/// Reads meters from a TOML file, a table [[meter]] each, over `base`. The members are those of
/// docs/guide/simulators.md. An error names file, line and member.
Result<std::vector<SimMeterConfig>> read_meters(const std::filesystem::path& path, const SimMeterConfig& base);

/// The same from text that is there already; `name` is for errors.
Result<std::vector<SimMeterConfig>> parse_meters(std::string_view text, std::string_view name,
                                                 const SimMeterConfig& base);

/// What two meters of a line cannot have in common; empty: nothing.
std::string conflict(const std::vector<SimMeterConfig>& meters);

}  // namespace busbar::sim
