#include "files/file_name.hpp"

#include <algorithm>

namespace busbar::files {

namespace {

constexpr std::size_t longest_name = 200;

bool is_control(char character) { return static_cast<unsigned char>(character) < 0x20 || character == 0x7f; }

/// Octets of the UTF-8 character that begins at `at`; 0: none does.
std::size_t utf8_length(std::string_view text, std::size_t at) {
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t length = first < 0x80                    ? 1
                               : first >= 0xc2 && first < 0xe0 ? 2
                               : first >= 0xe0 && first < 0xf0 ? 3
                               : first >= 0xf0 && first < 0xf5 ? 4
                                                               : 0;
    if (length == 0 || at + length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((static_cast<unsigned char>(text[at + i]) & 0xc0) != 0x80) return 0;
    }
    return length;
}

}  // namespace

bool is_plain_name(std::string_view name) {
    return !name.empty() && name.size() <= longest_name && name.front() != '.' &&
           std::ranges::none_of(name, [](char character) { return character == '/' || is_control(character); });
}

std::string name_of(const iec104::FileAddress& file) {
    return "casdu" + std::to_string(file.common_address) + "-ioa" + std::to_string(file.ioa) + "-file" +
           std::to_string(file.name);
}

std::string printable(std::string_view name) {
    std::string text;
    for (std::size_t at = 0; at < name.size();) {
        const std::size_t length = utf8_length(name, at);
        const bool shown = length > 0 && !is_control(name[at]);
        text += shown ? name.substr(at, length) : "?";
        at += std::max<std::size_t>(length, 1);
    }
    return text;
}

}  // namespace busbar::files
