#pragma once

#include <string>

#include "iec102/ft12/frame.hpp"
#include "iec102/meter/visit.hpp"

namespace busbar::iec102 {

/// What a frame means, as one line of JSON: link, function, and of an ASDU its header and objects. Passwords are not
/// shown. An ASDU that cannot be read to its end has "error" and "at" (octet of the ASDU) behind what could be.
std::string to_json(const Frame& frame);

/// The same of an ASDU alone.
std::string asdu_to_json(Octets asdu);

/// "ack", "request class 2"; "function 7" for a number that has no meaning.
std::string function_text(Octet control);

}  // namespace busbar::iec102
