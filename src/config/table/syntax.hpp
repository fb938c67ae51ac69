#pragma once

#include <string_view>

#include "config/table/option.hpp"
#include "config/values.hpp"

namespace busbar::config {

bool is_connector_id(std::string_view text);
bool is_store_key(std::string_view text);
bool is_endpoint(std::string_view text);
bool is_fingerprint(std::string_view text);
bool is_zone_name(std::string_view text);

/// What becomes part of a key in the store: no blanks, no ':', nothing that is special in a pattern.
inline constexpr Syntax connector_id{"letters, digits and . _ - @ +", is_connector_id, "^[A-Za-z0-9._@+-]*$"};
inline constexpr Syntax store_key{"printable characters without blanks", is_store_key, "^\\S+$"};
inline constexpr Syntax endpoint_syntax{"host:port", is_endpoint, "^\\S+$"};
inline constexpr Syntax address_or_network{"an IP address or a network such as 10.1.0.0/16", is_address_or_network,
                                           "^[0-9A-Fa-f.:]+(/[0-9]+)?$"};
inline constexpr Syntax fingerprint{"sha256: and 64 hexadecimal digits", is_fingerprint, "^sha256:[0-9A-Fa-f:]+$"};
inline constexpr Syntax zone_name{"UTC or a name of the time zone database", is_zone_name,
                                  "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$"};

}  // namespace busbar::config
