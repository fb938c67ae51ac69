#include "point/json_string.hpp"

#include "base/text.hpp"

namespace busbar::point {

namespace {

constexpr bool needs_escape(char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }

}  // namespace

char* write_json_string(char* out, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    *out++ = '"';
    for (const char c : text) {
        if (!needs_escape(c)) {
            *out++ = c;
        } else if (c == '"' || c == '\\') {
            *out++ = '\\';
            *out++ = c;
        } else {
            out = write_text(out, "\\u00");
            *out++ = digits[static_cast<unsigned char>(c) >> 4];
            *out++ = digits[static_cast<unsigned char>(c) & 15];
        }
    }
    *out++ = '"';
    return out;
}

}  // namespace busbar::point
