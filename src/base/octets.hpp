#pragma once

#include <cstdint>
#include <optional>
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

/// The same without allocation or separator: writes 2 * octets.size() characters and returns the end.
char* write_hex(char* out, Octets octets);

/// Reads pairs of hex digits; blanks, line ends and ':' between pairs are skipped. The error names the character.
Result<OctetBuffer> from_hex(std::string_view text);

/// The same without allocation, for text that is nothing but digits: how many octets were read; nothing if a character
/// is no digit, half an octet is missing, or they do not fit.
std::optional<std::size_t> read_hex(std::string_view text, std::span<Octet> out);

}  // namespace busbar
