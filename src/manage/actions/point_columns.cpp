#include "manage/actions/point_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>

#include "manage/actions/point_check.hpp"
#include "manage/tables/number.hpp"

namespace busbar::manage {

namespace json = boost::json;
using tables::Cell;

std::string folded(std::string_view text) {
    std::string folded;
    for (const char each : trimmed(text)) {
        if (each == ' ' || each == '_') continue;
        folded += each >= 'A' && each <= 'Z' ? static_cast<char>(each + 32) : each;
    }
    return folded;
}

namespace {

constexpr std::array kinds{"AI", "AO", "DI", "DO"};

template <class Integer>
std::string read_integer(std::string_view text, std::int64_t most, Integer& value) {
    const auto number = tables::read_number(text);
    if (!number) return "is not a number";
    if (*number != std::floor(*number)) return "is not a whole number";
    if (*number < 0 || *number > static_cast<double>(most)) return fmt::format("is not in 0 … {}", most);
    value = static_cast<Integer>(*number);
    return "";
}

std::string read_casdu(PointRow& row, std::string_view text) { return read_integer(text, 65535, row.address.casdu); }
std::string read_ioa(PointRow& row, std::string_view text) { return read_integer(text, max_ioa, row.address.ioa); }

std::string read_command_ioa(PointRow& row, std::string_view text) {
    row.command_ioa.reset();
    if (text.empty()) return "";
    return read_integer(text, max_ioa, row.command_ioa.emplace());
}

std::string read_enabled(PointRow& row, std::string_view text) {
    const std::string word = folded(text);
    row.enabled = word != "false" && word != "0" && word != "no" && word != "disable";
    const bool known =
        word.empty() || !row.enabled || word == "true" || word == "1" || word == "yes" || word == "enable";
    return known ? "" : "is not true or false";
}

std::string read_kind(PointRow& row, std::string_view text) {
    row.kind.clear();
    if (text.empty()) return "";
    const std::string word = folded(text);
    const auto known = std::find_if(kinds.begin(), kinds.end(), [&](const char* kind) { return folded(kind) == word; });
    if (known == kinds.end()) return "is not AI, AO, DI or DO";
    row.kind = *known;
    return "";
}

template <std::string PointRow::*text_of>
std::string read_text(PointRow& row, std::string_view text) {
    row.*text_of = text;
    return "";
}

template <std::string PointRow::*text_of>
Cell write_text(const PointRow& row) {
    return Cell(row.*text_of);
}

std::string read_factor(PointRow& row, std::string_view text) {
    row.factor = 1;
    if (text.empty()) return "";
    const auto number = tables::read_number(text);
    if (!number) return "is not a number";
    row.factor = *number;
    return "";
}

template <std::optional<double> PointRow::*limit>
std::string read_limit(PointRow& row, std::string_view text) {
    (row.*limit).reset();
    if (text.empty()) return "";
    row.*limit = tables::read_number(text);
    return row.*limit ? "" : "is not a number";
}

template <std::optional<double> PointRow::*limit>
Cell write_limit(const PointRow& row) {
    return row.*limit ? Cell(*(row.*limit)) : Cell();
}

/// "Off ;On": words for 0, 1, 2 …
std::string read_states(PointRow& row, std::string_view text) {
    json::array states;
    while (!text.empty()) {
        const auto end = text.find(';');
        states.emplace_back(trimmed(text.substr(0, end)));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    row.states = json::serialize(states);
    return "";
}

Cell write_states(const PointRow& row) {
    if (row.states == "[]") return {};
    std::string text;
    bool first = true;
    const json::value states = json::parse(row.states);
    for (const json::value& state : states.as_array()) {
        if (!std::exchange(first, false)) text += ';';
        text += std::string_view(state.as_string());
    }
    return Cell(std::move(text));
}

constexpr std::array columns{
    PointColumn{"casdu", "", read_casdu, [](const PointRow& row) { return Cell(double(row.address.casdu)); }},
    PointColumn{"ioa", "", read_ioa, [](const PointRow& row) { return Cell(double(row.address.ioa)); }},
    PointColumn{"command_ioa", "IOA_WRITE", read_command_ioa,
                [](const PointRow& row) { return row.command_ioa ? Cell(double(*row.command_ioa)) : Cell(); }},
    PointColumn{"enabled", "", read_enabled, [](const PointRow& row) { return Cell(row.enabled ? "true" : "false"); }},
    PointColumn{"kind", "TYPE", read_kind, write_text<&PointRow::kind>},
    PointColumn{"name", "CUSTOM_LABEL", read_text<&PointRow::name>, write_text<&PointRow::name>},
    PointColumn{"description", "", read_text<&PointRow::description>, write_text<&PointRow::description>},
    PointColumn{"unit", "UNITS", read_text<&PointRow::unit>, write_text<&PointRow::unit>},
    PointColumn{"site", "", read_text<&PointRow::site>, write_text<&PointRow::site>},
    PointColumn{"device", "", read_text<&PointRow::device>, write_text<&PointRow::device>},
    PointColumn{"factor", "", read_factor, [](const PointRow& row) { return Cell(row.factor); }},
    PointColumn{"low", "", read_limit<&PointRow::low>, write_limit<&PointRow::low>},
    PointColumn{"high", "", read_limit<&PointRow::high>, write_limit<&PointRow::high>},
    PointColumn{"states", "DISCREETS", read_states, write_states},
};

}  // namespace

std::span<const PointColumn> point_columns() { return columns; }

const PointColumn* find_point_column(std::string_view heading) {
    const std::string wanted = folded(heading);
    const auto found = std::find_if(columns.begin(), columns.end(), [&](const PointColumn& column) {
        return folded(column.name) == wanted || (!column.other_name.empty() && folded(column.other_name) == wanted);
    });
    return found == columns.end() ? nullptr : &*found;
}

}  // namespace busbar::manage
