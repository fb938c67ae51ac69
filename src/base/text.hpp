#pragma once

#include <charconv>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace busbar {

/// Longest text of `write_number`.
inline constexpr std::size_t max_number_size = 32;

/// Writes a number, floats as the shortest text that reads back as the same number, and returns the end. `out` must
/// have room for max_number_size characters.
template <class Number>
requires std::is_arithmetic_v<Number>
char* write_number(char* out, Number number) { return std::to_chars(out, out + max_number_size, number).ptr; }

/// Copies `text` and returns the end.
inline char* write_text(char* out, std::string_view text) {
    std::memcpy(out, text.data(), text.size());
    return out + text.size();
}

}  // namespace busbar
