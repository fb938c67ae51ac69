#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "store/client/reply.hpp"

namespace busbar::store {

/// Why a reply is not what was asked for: the store's error, why there is none, or that it makes no sense.
std::string fault_of(const Reply& reply);

/// The value of "name:" in the text of INFO; empty if it is not there.
std::string_view find_info(std::string_view info, std::string_view name);

/// The digits at the beginning of `text`; 0 if there are none.
std::int64_t to_number(std::string_view text);

}  // namespace busbar::store
