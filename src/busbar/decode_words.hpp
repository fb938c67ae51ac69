#pragma once

#include <string>

#include "iec60870/element/time_tag.hpp"
#include "sim/wire/tcp_reassembly.hpp"

/// Words that the text and the JSON of `busbar decode` share.
namespace busbar::program {

/// "2026-11-21T09:45:34.732123Z"
std::string time_text(sim::CaptureTime time);

/// What was sent, day of week behind the stroke, then the flags: "26-11-21T09:45:34.732/6,SU".
std::string time_text(const iec60870::Cp56Time2a& tag);
/// "45:34.732,IV"
std::string time_text(const iec60870::Cp24Time2a& tag);

}  // namespace busbar::program
