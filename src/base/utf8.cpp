#include "base/utf8.hpp"

namespace busbar {

namespace {

unsigned octet(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

/// How many octets the character at `at` has; 0: it is none.
std::size_t utf8_size(std::string_view text, std::size_t at) {
    const unsigned first = octet(text, at);
    if (first < 0x80) return 1;
    const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || at + size > text.size()) return 0;
    for (std::size_t i = 1; i < size; ++i) {
        if ((octet(text, at + i) & 0xC0u) != 0x80) return 0;
    }
    const unsigned second = octet(text, at + 1);
    const bool wrong = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                       (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
    return wrong ? 0 : size;
}

}  // namespace

std::size_t first_not_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto size = utf8_size(text, at);
        if (size == 0) return at;
        at += size;
    }
    return std::string_view::npos;
}

}  // namespace busbar
