#include "sim/wire/json_line.hpp"

#include <cmath>

namespace busbar::sim {

void append_json_text(std::string& out, std::string_view text) {
    out += '"';
    for (const char character : text) {
        if (character == '"' || character == '\\') {
            out += '\\';
            out += character;
        } else if (static_cast<unsigned char>(character) < 0x20) {
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(character));
        } else {
            out += character;
        }
    }
    out += '"';
}

void append_json_number(std::string& out, double number) {
    if (std::isnan(number)) {
        out += "\"NaN\"";
    } else if (std::isinf(number)) {
        out += number > 0 ? "\"Infinity\"" : "\"-Infinity\"";
    } else {
        char digits[max_number_size];
        out.append(digits, write_number(digits, number));
    }
}

void JsonLine::separate() {
    if (!first_) out_ += ',';
    first_ = false;
}

void JsonLine::add_key(std::string_view key) {
    separate();
    out_ += '"';
    out_ += key;
    out_ += "\":";
}

JsonLine& JsonLine::add(std::string_view key, std::string_view text) {
    add_key(key);
    append_json_text(out_, text);
    return *this;
}

JsonLine& JsonLine::add(std::string_view key, UtcTime time) {
    char text[iso8601_size];
    write_iso8601(text, time);
    return add(key, std::string_view(text, iso8601_size));
}

JsonLine& JsonLine::add_hex(std::string_view key, Octets octets) {
    add_key(key);
    out_ += '"';
    const std::size_t start = out_.size();
    out_.resize(start + octets.size() * 2);
    write_hex(out_.data() + start, octets);
    out_ += '"';
    return *this;
}

JsonLine& JsonLine::add_json(std::string_view key, std::string_view json) {
    add_key(key);
    out_ += json;
    return *this;
}

JsonLine& JsonLine::add_members(std::string_view members) {
    separate();
    out_ += members;
    return *this;
}

}  // namespace busbar::sim
