#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace busbar {

using Octet = std::uint8_t;
using Octets = std::span<const Octet>;
using OctetBuffer = std::vector<Octet>;

/// "68 04 07": two lower-case digits an octet; `separator` between octets, 0 for none.
std::string to_hex(Octets octets, char separator = 0);

/// Reads pairs of hex digits; blanks, line ends and ':' between pairs are skipped. The error names the character.
Result<OctetBuffer> from_hex(std::string_view text);

}  // namespace busbar
