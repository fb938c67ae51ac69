#pragma once

#include <string>

#include "iec60870/asdu/asdu.hpp"

namespace busbar::iec60870 {

/// A cause in words: "spontaneous", "interrogated by group 3"; "reserved 17" for those without a meaning.
std::string cause_text(Cause cause);

}  // namespace busbar::iec60870
