#pragma once

#include "iec104/link/link.hpp"

namespace busbar::connector {

iec104::LinkCounters sum(const iec104::LinkCounters& left, const iec104::LinkCounters& right);

}  // namespace busbar::connector
