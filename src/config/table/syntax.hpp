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
bool is_plain_name(std::string_view text);
bool is_interface_address(std::string_view text);
bool is_meter_password(std::string_view text);

/// What becomes part of a key in the store: no blanks, no ':', nothing that is special in a pattern.
inline constexpr Syntax connector_id{"letters, digits and . _ - @ +", is_connector_id, "^[A-Za-z0-9._@+-]*$"};
inline constexpr Syntax store_key{"printable characters without blanks", is_store_key, "^\\S+$"};
inline constexpr Syntax endpoint_syntax{"host:port", is_endpoint, "^\\S+$"};
inline constexpr Syntax address_or_network{"an IP address or a network such as 10.1.0.0/16", is_address_or_network,
                                           "^[0-9A-Fa-f.:]+(/[0-9]+)?$"};
inline constexpr Syntax fingerprint{"sha256: and 64 hexadecimal digits", is_fingerprint, "^sha256:[0-9A-Fa-f:]+$"};
inline constexpr Syntax zone_name{"UTC or a name of the time zone database", is_zone_name,
                                  "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$"};
/// What can be part of a path of names.
inline constexpr Syntax plain_name{"letters, digits, blanks inside, _ and -", is_plain_name, "^[^!-,./:-@[-^`{-~]+$"};
inline constexpr Syntax interface_address{"an IP address or localhost", is_interface_address,
                                          "^([0-9A-Fa-f.:]+|localhost)$"};
inline constexpr Syntax meter_password{"digits, a number up to 4294967295", is_meter_password, "^[0-9]{0,10}$"};

}  // namespace busbar::config
