#include "manage/actions/mapping_columns.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <utility>

#include "manage/actions/point_check.hpp"
#include "manage/actions/point_columns.hpp"
#include "manage/tables/number.hpp"

namespace busbar::manage {

namespace json = boost::json;
using Kind = MappingColumn::Kind;
using tables::Cell;

namespace {

constexpr std::array columns{
    MappingColumn{"casdu", "casdu"},
    MappingColumn{"ioa", "ioa"},
    MappingColumn{"from_casdu", "from", "casdu"},
    MappingColumn{"from_ioa", "from", "ioa"},
    MappingColumn{"type", "type"},
    MappingColumn{"name", "name", {}, Kind::text},
    MappingColumn{"scale", "scale"},
    MappingColumn{"offset", "offset"},
    MappingColumn{"invert", "invert", {}, Kind::truth},
    MappingColumn{"deadband", "deadband"},
    MappingColumn{"latest", "latest", {}, Kind::truth},
    MappingColumn{"groups", "groups", {}, Kind::list},
    MappingColumn{"counter_group", "counter_group"},
    MappingColumn{"cyclic", "cyclic"},
    MappingColumn{"background", "background"},
    MappingColumn{"double", "double", {}, Kind::truth},
    MappingColumn{"command", "command", {}, Kind::truth},
    MappingColumn{"select", "select", {}, Kind::text},
};

/// A whole number stays one.
std::string read_number(std::string_view text, json::value& value) {
    const auto number = tables::read_number(text);
    if (!number) return "is not a number";
    if (*number == std::floor(*number) && std::abs(*number) < 1e15) {
        value = static_cast<std::int64_t>(*number);
    } else {
        value = *number;
    }
    return "";
}

std::string read_truth(std::string_view text, json::value& value) {
    const std::string word = folded(text);
    value = word == "true" || word == "1" || word == "yes";
    return value.as_bool() || word == "false" || word == "0" || word == "no" ? "" : "is not true or false";
}

std::string read_list(std::string_view text, json::value& value) {
    json::array list;
    while (!text.empty()) {
        const auto end = text.find(';');
        if (auto what = read_number(trimmed(text.substr(0, end)), list.emplace_back(nullptr)); !what.empty())
            return "is not a list of numbers with semicolons";
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    value = std::move(list);
    return "";
}

std::string read(Kind kind, std::string_view text, json::value& value) {
    switch (kind) {
        case Kind::number: return read_number(text, value);
        case Kind::truth: return read_truth(text, value);
        case Kind::list: return read_list(text, value);
        case Kind::text: break;
    }
    value = text;
    return "";
}

Cell to_cell(const json::value& value) {
    if (value.is_number()) return Cell(value.to_number<double>());
    if (value.is_bool()) return Cell(value.as_bool() ? "true" : "false");
    if (value.is_string()) return Cell(std::string(value.as_string()));
    std::string text;
    if (const auto* list = value.if_array()) {
        for (const json::value& each : *list)
            text += (text.empty() ? "" : ";") + tables::write_number(each.to_number<double>());
    }
    return text.empty() ? Cell() : Cell(std::move(text));
}

}  // namespace

std::span<const MappingColumn> mapping_columns() { return columns; }

const MappingColumn* find_mapping_column(std::string_view heading) {
    const std::string wanted = folded(heading);
    const auto found =
        std::find_if(columns.begin(), columns.end(), [&](const auto& each) { return folded(each.name) == wanted; });
    return found == columns.end() ? nullptr : &*found;
}

const MappingColumn* mapping_column_at(std::string_view path) {
    path = path.substr(0, path.find('['));
    const auto dot = path.find('.');
    const auto member = path.substr(0, dot);
    const auto inner = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    const auto found = std::find_if(columns.begin(), columns.end(), [&](const auto& each) {
        return each.member == member && (inner.empty() || each.inner == inner);
    });
    return found == columns.end() ? nullptr : &*found;
}

std::string read_mapping_cell(const MappingColumn& column, std::string_view text, json::object& point) {
    if (text.empty() && column.inner.empty()) {
        point.erase(column.member);
        return "";
    }
    if (column.inner.empty()) return read(column.kind, text, point[column.member]);
    json::value& outer = point[column.member];
    if (!outer.is_object()) outer = json::object{};
    json::object& members = outer.as_object();
    if (!text.empty()) return read(column.kind, text, members[column.inner]);
    members.erase(column.inner);
    if (members.empty()) point.erase(column.member);
    return "";
}

Cell write_mapping_cell(const MappingColumn& column, const json::object& point) {
    const auto* value = point.if_contains(column.member);
    if (value != nullptr && !column.inner.empty())
        value = value->is_object() ? value->as_object().if_contains(column.inner) : nullptr;
    return value == nullptr ? Cell() : to_cell(*value);
}

}  // namespace busbar::manage
