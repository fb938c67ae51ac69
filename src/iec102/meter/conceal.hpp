#pragma once

#include "iec102/meter/type_rows.hpp"

namespace busbar::iec102 {

/// Overwrites the password of a whole frame with zeros, for traces: the frame's checksum is wrong afterwards.
void conceal_password(OctetBuffer& frame);

}  // namespace busbar::iec102
