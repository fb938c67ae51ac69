#include "base/octets.hpp"

namespace busbar {
namespace {

constexpr std::string_view digits = "0123456789abcdef";

constexpr int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

constexpr bool separates_pairs(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ':'; }

tl::unexpected<Error> not_a_digit(std::string_view text, std::size_t at) {
    if (at == text.size()) return fail("hex text ends in the middle of an octet", at);
    return fail("'" + std::string{text[at]} + "' is not a hex digit", at);
}

}  // namespace

std::string to_hex(Octets octets, char separator) {
    std::string text;
    text.reserve(octets.size() * (separator ? 3 : 2));
    for (const Octet octet : octets) {
        if (separator && !text.empty()) text += separator;
        text += digits[octet >> 4];
        text += digits[octet & 15];
    }
    return text;
}

char* write_hex(char* out, Octets octets) {
    for (const Octet octet : octets) {
        *out++ = digits[octet >> 4];
        *out++ = digits[octet & 15];
    }
    return out;
}

Result<OctetBuffer> from_hex(std::string_view text) {
    OctetBuffer octets;
    octets.reserve(text.size() / 2);
    for (std::size_t at = 0; at < text.size(); at += 2) {
        while (at < text.size() && separates_pairs(text[at])) ++at;
        if (at == text.size()) break;
        const int high = digit_value(text[at]);
        if (high < 0) return not_a_digit(text, at);
        const int low = at + 1 < text.size() ? digit_value(text[at + 1]) : -1;
        if (low < 0) return not_a_digit(text, at + 1);
        octets.push_back(static_cast<Octet>(high << 4 | low));
    }
    return octets;
}

std::optional<std::size_t> read_hex(std::string_view text, std::span<Octet> out) {
    if (text.size() % 2 != 0 || text.size() / 2 > out.size()) return std::nullopt;
    for (std::size_t i = 0; i < text.size() / 2; ++i) {
        const int high = digit_value(text[2 * i]);
        const int low = digit_value(text[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out[i] = static_cast<Octet>(high << 4 | low);
    }
    return text.size() / 2;
}

}  // namespace busbar
