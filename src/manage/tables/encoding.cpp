#include "manage/tables/encoding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/utf8.hpp"

namespace busbar::manage::tables {

namespace {

// 0x80 … 0x9F of Windows-1252; 0 where it has nothing.
constexpr std::array<char16_t, 32> windows_1252{0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                                0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

unsigned octet(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

Result<std::string> from_utf16(std::string_view octets, bool little) {
    if (octets.size() % 2 != 0) return fail("the text is UTF-16 with half a character at its end", octets.size() - 1);
    const auto unit = [&](std::size_t at) -> char32_t {
        const unsigned one = octet(octets, at), other = octet(octets, at + 1);
        return little ? (other << 8) | one : (one << 8) | other;
    };
    std::string text;
    text.reserve(octets.size());
    for (std::size_t at = 0; at < octets.size(); at += 2) {
        char32_t character = unit(at);
        if (character >= 0xD800 && character < 0xE000) {
            const char32_t low = at + 3 < octets.size() ? unit(at + 2) : 0;
            if (character >= 0xDC00 || low < 0xDC00 || low >= 0xE000)
                return fail(fmt::format("the text is UTF-16 with half a pair at octet {}", at), at);
            character = 0x10000 + ((character - 0xD800) << 10) + (low - 0xDC00);
            at += 2;
        }
        append_utf8(text, character);
    }
    return text;
}

Result<std::string> from_windows_1252(std::string_view octets) {
    std::string text;
    text.reserve(octets.size() + octets.size() / 8);
    for (std::size_t at = 0; at < octets.size(); ++at) {
        char32_t character = octet(octets, at);
        if (character >= 0x80 && character < 0xA0) {
            character = windows_1252[character - 0x80];
            if (character == 0)
                return fail(fmt::format("octet {} is neither UTF-8 nor Windows-1252: {:#x}", at, octet(octets, at)),
                            at);
        }
        append_utf8(text, character);
    }
    return text;
}

/// Of the first octets at even or odd places: half are zero, and few of the others.
bool is_utf16(std::string_view octets, bool little) {
    const auto sample = octets.substr(0, 4096);
    std::array<std::size_t, 2> zeros{};
    for (std::size_t at = 0; at < sample.size(); ++at) zeros[at % 2] += sample[at] == 0 ? 1u : 0u;
    const std::size_t half = sample.size() / 2;
    return half > 0 && zeros[little ? 1 : 0] * 2 >= half && zeros[little ? 0 : 1] * 10 < half;
}

Result<std::string> decoded(std::string_view octets) {
    if (octets.starts_with("\xEF\xBB\xBF")) {
        octets.remove_prefix(3);
        if (const auto at = first_not_utf8(octets); at != std::string_view::npos)
            return fail(fmt::format("the text says that it is UTF-8, but octet {} is not", at + 3), at + 3);
        return std::string(octets);
    }
    if (octets.starts_with("\xFF\xFE")) return from_utf16(octets.substr(2), true);
    if (octets.starts_with("\xFE\xFF")) return from_utf16(octets.substr(2), false);
    if (is_utf16(octets, true)) return from_utf16(octets, true);
    if (is_utf16(octets, false)) return from_utf16(octets, false);
    if (first_not_utf8(octets) == std::string_view::npos) return std::string(octets);
    return from_windows_1252(octets);
}

}  // namespace

void append_utf8(std::string& text, char32_t character) {
    const auto tail = [&](unsigned shift) { text += static_cast<char>(0x80 | ((character >> shift) & 0x3F)); };
    if (character < 0x80) {
        text += static_cast<char>(character);
    } else if (character < 0x800) {
        text += static_cast<char>(0xC0 | (character >> 6));
        tail(0);
    } else if (character < 0x10000) {
        text += static_cast<char>(0xE0 | (character >> 12));
        tail(6);
        tail(0);
    } else {
        text += static_cast<char>(0xF0 | (character >> 18));
        tail(12);
        tail(6);
        tail(0);
    }
}

Result<std::string> to_utf8(std::string_view octets) {
    auto text = decoded(octets);
    if (!text) return text;
    if (const auto zero = text->find('\0'); zero != std::string::npos)
        return fail("this is no text: it has zeros", zero);
    return text;
}

}  // namespace busbar::manage::tables
