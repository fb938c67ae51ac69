#pragma once

#include <filesystem>
#include <string_view>

#include "sim/rtu/substation.hpp"

namespace busbar::sim {

/// Most entries a file may have.
inline constexpr std::size_t max_file_points = 2'000'000;

/// Reads points and commands from a TOML file (a table [[point]] each) or a CSV file (a line each, named in the first
/// one), told apart by the ending. The members are those of docs/guide/simulators.md. An error names file, line and
/// member.
Result<Substation> read_substation(const std::filesystem::path& path);

/// The same from text that is there already; `name` is for errors.
Result<Substation> parse_substation_toml(std::string_view text, std::string_view name);
Result<Substation> parse_substation_csv(std::string_view text, std::string_view name);

}  // namespace busbar::sim
