#pragma once

#include <cstddef>
#include <string>

#include "base/result.hpp"

namespace busbar::config {

/// The file's octets; the error names the file and what the system says.
Result<std::string> read_file(const std::string& name, std::size_t max_size);

}  // namespace busbar::config
