#include "config/row.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <charconv>
#include <cmath>

#include "config/allowed.hpp"
#include "config/json_text.hpp"

namespace busbar::config {

namespace json = boost::json;

const Row* Row::find(std::string_view path) const {
    const std::size_t dot = path.find('.');
    for (const Row& member : members) {
        if (member.key != path.substr(0, dot)) continue;
        return dot == std::string_view::npos ? &member : member.find(path.substr(dot + 1));
    }
    return nullptr;
}

std::string allowed(const Row& row) {
    switch (row.kind) {
        case Kind::boolean: return "true, false";
        case Kind::integer:
        case Kind::number: return number_range("a number", row.range, row.unit, true);
        case Kind::text: return row.syntax ? std::string(row.syntax->must_be) : length_range(row.range);
        case Kind::choice: return fmt::format("{}", fmt::join(row.choices, ", "));
        case Kind::list:
            return row.members.front().kind == Kind::table ? "list of tables" : "list: " + allowed(row.members.front());
        case Kind::table:
        case Kind::variant: break;
    }
    return {};
}

std::string values(const Row& row) {
    const bool has_values = row.kind == Kind::integer || row.kind == Kind::number || row.kind == Kind::choice;
    return has_values ? allowed(row) : "";
}

std::string default_note(const Row& row) {
    if (row.nullable || row.has(required) || row.kind == Kind::list || row.initial == "") return {};
    return "default " + (row.initial.is_string() ? std::string(row.initial.get_string()) : to_line(row.initial));
}

namespace {

template <class Number>
bool reads_as(std::string_view text, Number& number) {
    const char* end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, number);
    return result.ec == std::errc{} && result.ptr == end;
}

json::value list_from_text(const Row& element, std::string_view text) {
    json::array list;
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        list.push_back(from_text(element, text.substr(0, comma)));
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    }
    return list;
}

}  // namespace

json::value from_text(const Row& row, std::string_view text) {
    if (row.kind == Kind::list) return list_from_text(row.members.front(), text);
    if (row.kind == Kind::boolean || row.kind == Kind::table) {
        for (const std::string_view word : {"true", "yes", "on", "1"})
            if (text == word) return row.kind == Kind::boolean ? json::value(true) : json::value(json::object{});
        for (const std::string_view word : {"false", "no", "off", "0"})
            if (text == word) return row.kind == Kind::boolean ? json::value(false) : json::value(nullptr);
    }
    if (row.kind == Kind::integer || row.kind == Kind::number) {
        std::int64_t whole = 0;
        if (reads_as(text, whole)) return whole;
        double real = 0;
        if (reads_as(text, real) && std::isfinite(real)) return real;
    }
    return json::string(text);
}

void set(json::object& object, std::string_view path, json::value value) {
    const std::size_t dot = path.find('.');
    json::value& member = object[path.substr(0, dot)];
    if (dot == std::string_view::npos) return void(member = std::move(value));
    if (!member.is_object()) member.emplace_object();
    set(member.get_object(), path.substr(dot + 1), std::move(value));
}

}  // namespace busbar::config
