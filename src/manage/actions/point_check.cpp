#include "manage/actions/point_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <map>

#include "manage/actions/point_columns.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

constexpr std::size_t max_states = 256, max_state = 100, max_columns = 100, max_heading = 64, max_value = 1000;

using Faults = std::vector<Problem::Fault>;

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char each) {
        const auto octet = static_cast<unsigned char>(each);
        return (octet < 0x20 && each != '\n' && each != '\t') || octet == 0x7f;
    });
}

std::string fault_of(std::string_view text, std::size_t longest) {
    if (text.size() > longest) return fmt::format("has more than {} octets", longest);
    if (has_control(text)) return "has control characters";
    return "";
}

void settle_text(std::string& text, std::string_view name, std::size_t longest, Faults& faults) {
    text = trimmed(text);
    if (auto fault = fault_of(text, longest); !fault.empty()) faults.push_back({std::string(name), std::move(fault)});
}

void settle_states(PointRow& row, Faults& faults) {
    if (row.states == "[]") return;
    std::vector<std::string> words;
    const json::value given = json::parse(row.states);
    for (const json::value& state : given.as_array()) words.emplace_back(trimmed(std::string_view(state.as_string())));
    while (!words.empty() && words.back().empty()) words.pop_back();
    if (words.size() > max_states) faults.push_back({"states", fmt::format("are more than {}", max_states)});
    for (const std::string& word : words) {
        auto fault = fault_of(word, max_state);
        if (word.find(';') != std::string::npos) fault = "has a semicolon, which separates states in files";
        if (!fault.empty()) faults.push_back({"states", std::move(fault)});
    }
    row.states = json::serialize(json::value_from(words));
}

void settle_metadata(PointRow& row, Faults& faults) {
    if (row.metadata == "{}") return;
    std::map<std::string, std::string> columns;
    const json::value given = json::parse(row.metadata);
    for (const auto& [key, value] : given.as_object()) {
        const std::string heading(trimmed(std::string_view(key)));
        const std::string text(trimmed(std::string_view(value.as_string())));
        auto fault = fault_of(heading, max_heading);
        if (fault.empty()) fault = fault_of(text, max_value);
        if (heading.empty()) fault = "a column without a heading";
        if (const auto* column = find_point_column(heading))
            fault = fmt::format("is no further column: it is `{}`", column->name);
        if (!fault.empty()) faults.push_back({"metadata." + heading.substr(0, max_heading), std::move(fault)});
        if (!text.empty()) columns[heading] = text;
    }
    if (columns.size() > max_columns) faults.push_back({"metadata", fmt::format("has more than {}", max_columns)});
    json::object settled;
    for (const auto& [heading, text] : columns) settled[heading] = text;
    row.metadata = json::serialize(settled);
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n\v\f";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

Faults settle(PointRow& row) {
    Faults faults;
    if (row.command_ioa && *row.command_ioa > max_ioa)
        faults.push_back({"command_ioa", fmt::format("{} is not in 0 … {}", *row.command_ioa, max_ioa)});
    settle_text(row.name, "name", 200, faults);
    settle_text(row.description, "description", 2000, faults);
    settle_text(row.unit, "unit", 32, faults);
    settle_text(row.site, "site", 200, faults);
    settle_text(row.device, "device", 200, faults);
    if (row.low && row.high && *row.low > *row.high) faults.push_back({"low", "is above `high`"});
    settle_states(row, faults);
    settle_metadata(row, faults);
    return faults;
}

}  // namespace busbar::manage
