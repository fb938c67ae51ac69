#include "busbar/live_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "iec60870/asdu/type_table.hpp"

namespace busbar::program {

namespace {

constexpr std::size_t most_rows = 10'000;

std::string text_of(const boost::json::object& object, std::string_view member) {
    const auto* value = object.if_contains(member);
    if (!value) return {};
    if (value->is_double()) return fmt::format("{}", static_cast<float>(value->get_double()));
    return value->is_string() ? std::string(value->get_string()) : boost::json::serialize(*value);
}

std::string flags_of(const boost::json::object& object) {
    const auto* quality = object.if_contains("quality");
    if (!quality || !quality->is_array() || quality->get_array().empty()) return "good";
    std::string flags;
    for (const auto& flag : quality->get_array()) {
        if (flag.is_string()) flags += (flags.empty() ? "" : " ") + std::string(flag.get_string());
    }
    return flags;
}

std::string name_of(std::uint64_t type) {
    const auto* description = type < 256 ? iec60870::find_type(static_cast<iec60870::TypeId>(type)) : nullptr;
    return description ? fmt::format("{} {}", type, description->name) : fmt::format("{}", type);
}

}  // namespace

bool LiveTable::take(std::string_view json_line) {
    boost::json::error_code fault;
    const auto parsed = boost::json::parse(json_line, fault);
    if (fault || !parsed.is_object()) return false;
    const auto& object = parsed.get_object();
    const auto number = [&object](std::string_view member) -> std::uint64_t {
        const auto* value = object.if_contains(member);
        boost::json::error_code ignored;
        return value ? value->to_number<std::uint64_t>(ignored) : 0;
    };
    const std::uint64_t type = number("type");
    if (!object.contains("ioa") || !object.contains("value") || type == 0 || type > 40) return false;
    const auto address = std::pair(number("casdu"), number("ioa"));
    if (rows_.size() >= most_rows && !rows_.contains(address)) return true;
    auto& row = rows_[address];
    row.type = name_of(type);
    row.value = text_of(object, "value");
    row.quality = flags_of(object);
    if (object.contains("time")) row.time = text_of(object, "time");
    row.changed = ++updates_;
    ++row.count;
    return true;
}

std::vector<std::string> LiveTable::lines(std::size_t height, std::size_t width) const {
    std::vector<std::string> text{fmt::format("{:>6} {:>8}  {:<16} {:>24}  {:<10} {:<25} {:>8}", "CASDU", "IOA", "TYPE",
                                              "VALUE", "QUALITY", "TIME TAG", "UPDATES")};
    std::vector<std::uint64_t> changes;
    for (const auto& [address, row] : rows_) changes.push_back(row.changed);
    std::ranges::sort(changes, std::greater{});
    const std::size_t shown = height > 1 ? std::min(height - 1, changes.size()) : 0;
    const std::uint64_t oldest_shown = shown == 0 ? updates_ + 1 : changes[shown - 1];
    for (const auto& [address, row] : rows_) {
        if (row.changed < oldest_shown) continue;
        text.push_back(fmt::format("{:>6} {:>8}  {:<16} {:>24.24}  {:<10} {:<25} {:>8}", address.first, address.second,
                                   row.type, row.value, row.quality, row.time, row.count));
    }
    for (auto& line : text) line.resize(std::min(line.size(), width));
    return text;
}

}  // namespace busbar::program
