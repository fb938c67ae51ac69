#pragma once

#include <string_view>

#include "iec104/link/link.hpp"

namespace busbar::connector {

/// "stopped", "started" …: data transfer as the standard's figures name it, for status and pages.
std::string_view to_string(iec104::TransferState state);

}  // namespace busbar::connector
