#include "sim/meter/meter_file.hpp"

#include <fmt/format.h>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <set>

namespace busbar::sim {

namespace {

/// What is wrong with a value, empty if nothing is.
using Wrong = std::string;

template <class Number>
Wrong read_number(const toml::node& node, double least, double most, Number& number) {
    const auto value = node.is_number() ? node.value<double>() : std::nullopt;
    const bool whole = !std::is_integral_v<Number> || (value && *value == std::floor(*value));
    if (!value || !whole || !(*value >= least && *value <= most))
        return fmt::format("must be {}, {:.16g} to {:.16g}", std::is_integral_v<Number> ? "a whole number" : "a number",
                           least, most);
    number = static_cast<Number>(*value);
    return {};
}

template <class Duration>
Wrong read_duration(const toml::node& node, std::int64_t least, std::int64_t most, Duration& duration) {
    std::int64_t count = 0;
    Wrong wrong = read_number(node, static_cast<double>(least), static_cast<double>(most), count);
    duration = Duration(count);
    return wrong;
}

Wrong read_text(const toml::node& node, std::string& text) {
    const auto value = node.value<std::string>();
    if (!node.is_string() || value->size() > 256) return "must be text of at most 256 characters";
    text = *value;
    return {};
}

Wrong read_switch(const toml::node& node, bool& on) {
    if (!node.is_boolean()) return "must be true or false";
    on = *node.value<bool>();
    return {};
}

/// Tenths of V or A.
Wrong read_tenths(const toml::node& node, std::uint32_t& tenths) {
    double value = 0;
    Wrong wrong = read_number(node, 0.1, 400'000'000, value);
    tenths = static_cast<std::uint32_t>(std::round(value * 10));
    return wrong;
}

Wrong read_refusal(const toml::node& node, LoginRefusal& refusal) {
    constexpr std::array<std::string_view, 3> words{"negative", "nack", "silent"};
    const auto* found = std::ranges::find(words, node.value_or(std::string_view{}));
    if (found == words.end()) return "must be negative, nack or silent";
    refusal = static_cast<LoginRefusal>(found - words.begin());
    return {};
}

std::optional<iec102::Reading>* fixed(SimMeterConfig& meter, std::string_view name) {
    const auto variable = iec102::find_variable(name);
    return variable ? &meter.load.fixed[static_cast<std::size_t>(*variable)] : nullptr;
}

Wrong read_values(const toml::node& node, SimMeterConfig& meter) {
    const toml::table* table = node.as_table();
    if (!table) return "must be a table of variables and values";
    for (const auto& [key, value] : *table) {
        auto* reading = fixed(meter, key.str());
        if (!reading) return fmt::format("\"{}\" is no variable; its name needs quotation marks", key.str());
        double number = 0;
        if (Wrong wrong = read_number(value, -999'999'999, 999'999'999, number); !wrong.empty())
            return fmt::format("\"{}\" {}", key.str(), wrong);
        *reading = iec102::Reading{number, true};
    }
    return {};
}

/// After `values`: what has no value there is 0.
Wrong read_invalid(const toml::node& node, SimMeterConfig& meter) {
    const toml::array* list = node.as_array();
    if (!list) return "must be a list of variables";
    for (const toml::node& word : *list) {
        auto* reading = fixed(meter, word.value_or(std::string_view{}));
        if (!reading) return fmt::format("\"{}\" is no variable", word.value_or(std::string_view{"?"}));
        if (!*reading) reading->emplace();
        (*reading)->valid = false;
    }
    return {};
}

struct Member {
    std::string_view name;
    Wrong (*read)(const toml::node& node, SimMeterConfig& meter);
};

/// In the order in which they are read.
constexpr std::array members{
    Member{"name", [](const auto& node, auto& meter) { return read_text(node, meter.name); }},
    Member{"link_address",
           [](const auto& node, auto& meter) { return read_number(node, 0, 65535, meter.link_address); }},
    Member{"point_address",
           [](const auto& node, auto& meter) { return read_number(node, 0, 65535, meter.point_address); }},
    Member{"password",
           [](const auto& node, auto& meter) { return read_number(node, 0, 4294967295.0, meter.password); }},
    Member{"login_refusal", [](const auto& node, auto& meter) { return read_refusal(node, meter.refusal); }},
    Member{"session_timeout_s",
           [](const auto& node, auto& meter) { return read_duration(node, 0, 86'400, meter.session_timeout); }},
    Member{"instantaneous", [](const auto& node, auto& meter) { return read_switch(node, meter.instantaneous); }},
    Member{"manufacturer",
           [](const auto& node, auto& meter) { return read_number(node, 0, 255, meter.identification.manufacturer); }},
    Member{"equipment", [](const auto& node,
                           auto& meter) { return read_number(node, 0, 4294967295.0, meter.identification.equipment); }},
    Member{"utc_offset_minutes",
           [](const auto& node, auto& meter) { return read_duration(node, -720, 840, meter.utc_offset); }},
    Member{"depth_days", [](const auto& node, auto& meter) { return read_number(node, 0, 3650, meter.depth_days); }},
    Member{"mean_kw",
           [](const auto& node, auto& meter) { return read_number(node, 0.001, 1'000'000, meter.load.mean_kw); }},
    Member{"seed", [](const auto& node, auto& meter) { return read_number(node, 0, 4294967295.0, meter.load.seed); }},
    Member{"primary_v",
           [](const auto& node, auto& meter) { return read_tenths(node, meter.load.ratios.primary_voltage); }},
    Member{"secondary_v",
           [](const auto& node, auto& meter) { return read_tenths(node, meter.load.ratios.secondary_voltage); }},
    Member{"primary_a",
           [](const auto& node, auto& meter) { return read_tenths(node, meter.load.ratios.primary_current); }},
    Member{"secondary_a",
           [](const auto& node, auto& meter) { return read_tenths(node, meter.load.ratios.secondary_current); }},
    Member{"values", read_values},
    Member{"invalid", read_invalid},
};

Result<SimMeterConfig> read_meter(const toml::table& table, std::string_view file, const SimMeterConfig& base) {
    SimMeterConfig meter = base;
    const auto fault = [&](const toml::node& node, std::string_view key, const std::string& wrong) {
        return fail(fmt::format("{}:{}: {}: {}", file, node.source().begin.line, key, wrong));
    };
    for (const auto& [key, node] : table)
        if (std::ranges::find(members, key.str(), &Member::name) == members.end())
            return fault(node, key.str(), "is unknown");
    for (const Member& member : members) {
        const toml::node* node = table.get(member.name);
        if (!node) continue;
        if (const Wrong wrong = member.read(*node, meter); !wrong.empty()) return fault(*node, member.name, wrong);
    }
    return meter;
}

}  // namespace

std::string conflict(const std::vector<SimMeterConfig>& meters) {
    std::set<std::uint16_t> addresses;
    for (const SimMeterConfig& meter : meters)
        if (!addresses.insert(meter.link_address).second)
            return fmt::format("two meters have the link address {}", meter.link_address);
    return {};
}

Result<std::vector<SimMeterConfig>> parse_meters(std::string_view text, std::string_view name,
                                                 const SimMeterConfig& base) {
    const toml::parse_result document = toml::parse(text);
    if (!document) {
        const auto& error = document.error();
        return fail(fmt::format("{}:{}: {}", name, error.source().begin.line, error.description()));
    }
    for (const auto& [key, node] : document.table())
        if (key != "meter" || !node.is_array_of_tables())
            return fail(
                fmt::format("{}:{}: {}: only [[meter]] tables are known", name, node.source().begin.line, key.str()));
    std::vector<SimMeterConfig> meters;
    if (const auto* tables = document["meter"].as_array()) {
        for (const toml::node& table : *tables) {
            if (meters.size() == most_meters) return fail(fmt::format("{}: more than {} meters", name, most_meters));
            auto meter = read_meter(*table.as_table(), name, base);
            if (!meter) return tl::make_unexpected(meter.error());
            meters.push_back(std::move(*meter));
        }
    }
    if (meters.empty()) return fail(fmt::format("{}: has no [[meter]]", name));
    if (const std::string wrong = conflict(meters); !wrong.empty()) return fail(fmt::format("{}: {}", name, wrong));
    return meters;
}

Result<std::vector<SimMeterConfig>> read_meters(const std::filesystem::path& path, const SimMeterConfig& base) {
    std::ifstream file(path, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    if (!file) return fail(fmt::format("{}: cannot be read", path.string()));
    return parse_meters(text, path.string(), base);
}

}  // namespace busbar::sim
