#pragma once

#include "config/common.hpp"
#include "iec104/link/link.hpp"
#include "iec60870/asdu/asdu.hpp"

namespace busbar::connector {

/// Sizes and timers of a line as the protocol core takes them.
iec60870::AsduFormat asdu_format(const config::Protocol& protocol);
iec104::LinkConfig link_config(const config::Protocol& protocol);

/// Common address and object address that a line of these sizes can carry: not 0, not all stations. The error names it.
Result<void> check_address(const iec60870::AsduFormat& format, std::uint16_t casdu, std::uint32_t ioa);

}  // namespace busbar::connector
