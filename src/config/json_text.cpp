#include "config/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>

namespace busbar::config {

namespace json = boost::json;

namespace {

constexpr std::size_t longest_line = 100;

std::string place(std::string_view text, std::size_t at) {
    const std::string_view before = text.substr(0, at);
    const auto line = std::ranges::count(before, '\n') + 1;
    const std::size_t start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    return fmt::format("line {}, column {}", line, at - start + 1);
}

std::string number_text(double number) {
    if (number == std::floor(number) && std::abs(number) < 1e15) return fmt::format("{:.0f}", number);
    return fmt::format("{}", number);
}

void write(const json::value& value, std::string& out, std::size_t indent, bool spread);

template <class Items, class WriteItem>
void write_items(const Items& items, char open, char close, std::string& out, std::size_t indent, bool spread,
                 const WriteItem& write_item) {
    out += open;
    bool first = true;
    for (const auto& item : items) {
        if (!first) out += spread ? "," : ", ";
        first = false;
        if (spread) out += '\n' + std::string(indent + 2, ' ');
        write_item(item);
    }
    if (spread && !first) out += '\n' + std::string(indent, ' ');
    out += close;
}

void write(const json::value& value, std::string& out, std::size_t indent, bool spread) {
    if (spread && (value.is_array() || value.is_object()) && indent > 0) {
        const std::string line = to_line(value);
        if (indent + line.size() <= longest_line) return void(out += line);
    }
    if (const json::object* object = value.if_object()) {
        write_items(*object, '{', '}', out, indent, spread, [&](const json::key_value_pair& member) {
            out += json::serialize(json::string(member.key())) + ": ";
            write(member.value(), out, indent + 2, spread);
        });
    } else if (const json::array* array = value.if_array()) {
        write_items(*array, '[', ']', out, indent, spread,
                    [&](const json::value& element) { write(element, out, indent + 2, spread); });
    } else if (const double* number = value.if_double()) {
        out += number_text(*number);
    } else {
        out += json::serialize(value);
    }
}

}  // namespace

Result<json::value> parse_json(std::string_view text, std::size_t max_size) {
    if (text.size() > max_size) return fail(fmt::format("longer than {} octets", max_size));
    json::parser parser;
    json::error_code error;
    const std::size_t read = parser.write(text.data(), text.size(), error);
    if (error) return fail(fmt::format("{}: {}", place(text, read), error.message()), read);
    return parser.release();
}

std::string to_line(const json::value& value) {
    std::string text;
    write(value, text, 0, false);
    return text;
}

std::string to_lines(const json::value& value) {
    std::string text;
    write(value, text, 0, true);
    return text;
}

}  // namespace busbar::config
