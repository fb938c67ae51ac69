#pragma once

#include <cstdint>
#include <string>

namespace busbar::sim {

/// Tells scripts that the program is ready: the number and a line end, in a file that appears complete or not at all.
/// Throws std::runtime_error naming the file.
void write_ready_file(const std::string& path, std::uint16_t port);

}  // namespace busbar::sim
