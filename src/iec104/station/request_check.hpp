#pragma once

#include <optional>

#include "iec104/station/process_image.hpp"
#include "iec60870/asdu/asdu.hpp"

namespace busbar::iec104 {

/// A type that a controlling station may send to this station; all others are refused with cause 44.
bool is_request(TypeId type);

/// What the header of a well-formed request deserves: cause 45, 46 or 47, or nothing. The address of a command's object
/// is its owner's to check.
std::optional<Cause> refusal(const iec60870::AsduView& request, const ProcessImage& image, const AsduFormat& format);

/// A CP56Time2a that a clock can be set to: a date that exists, not marked invalid.
bool is_usable_time(Octets cp56);

}  // namespace busbar::iec104
