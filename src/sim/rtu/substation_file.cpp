#include "sim/rtu/substation_file.hpp"

#include <fmt/format.h>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <fstream>
#include <iterator>

#include "sim/rtu/substation_row.hpp"

namespace busbar::sim {
namespace {

/// A TOML value as the text that a CSV field would have.
std::string text_of(const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* on = node.as_boolean()) return on->get() ? "true" : "false";
    if (const auto* number = node.as_integer()) return fmt::format("{}", number->get());
    if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
    std::string words;
    if (const auto* list = node.as_array()) {
        for (const toml::node& word : *list) words += text_of(word) + ' ';
    }
    return words;
}

/// Cuts a CSV line at `separator`; a field in quotes may contain it, and two quotes mean one.
std::vector<std::string> split_csv(std::string_view line, char separator) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"') {
            const bool doubled = quoted && i + 1 < line.size() && line[i + 1] == '"';
            if (doubled) fields.back() += line[++i];
            if (!doubled) quoted = !quoted;
        } else if (line[i] == separator && !quoted) {
            fields.emplace_back();
        } else if (quoted || line[i] != ' ' || !fields.back().empty()) {
            fields.back() += line[i];
        }
    }
    for (std::string& field : fields) field.erase(field.find_last_not_of(" \r") + 1);
    return fields;
}

Result<void> add_row(SubstationBuilder& builder, const SubstationRow& row, std::string_view name, std::size_t line) {
    if (builder.size() >= max_file_points)
        return fail(fmt::format("{}:{}: more than {} entries", name, line, max_file_points));
    if (auto good = builder.add(row); !good) return fail(fmt::format("{}:{}: {}", name, line, good.error().what));
    return {};
}

Result<Substation> finish(SubstationBuilder& builder, std::string_view name) {
    auto substation = builder.take();
    if (!substation) return fail(fmt::format("{}: {}", name, substation.error().what));
    return substation;
}

}  // namespace

Result<Substation> parse_substation_toml(std::string_view text, std::string_view name) {
    const toml::parse_result document = toml::parse(text);
    if (!document) {
        const auto& error = document.error();
        return fail(fmt::format("{}:{}: {}", name, error.source().begin.line, error.description()));
    }
    for (const auto& [key, value] : document.table()) {
        if (key != "point" || !value.is_array_of_tables()) {
            return fail(
                fmt::format("{}:{}: {}: only [[point]] tables are known", name, value.source().begin.line, key.str()));
        }
    }
    SubstationBuilder builder;
    if (const auto* points = document["point"].as_array()) {
        for (const toml::node& node : *points) {
            SubstationRow row;
            for (const auto& [key, value] : *node.as_table()) row.emplace_back(key.str(), text_of(value));
            if (auto good = add_row(builder, row, name, node.source().begin.line); !good)
                return tl::make_unexpected(good.error());
        }
    }
    return finish(builder, name);
}

Result<Substation> parse_substation_csv(std::string_view text, std::string_view name) {
    SubstationBuilder builder;
    std::vector<std::string> columns;
    char separator = ',';
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.empty() || line == "\r" || line.front() == '#') continue;
        if (columns.empty()) {
            if (line.find(';') != line.npos) separator = ';';
            columns = split_csv(line, separator);
            continue;
        }
        std::vector<std::string> fields = split_csv(line, separator);
        if (fields.size() > columns.size()) {
            return fail(fmt::format("{}:{}: {} fields, but the first line names {}", name, number, fields.size(),
                                    columns.size()));
        }
        SubstationRow row;
        for (std::size_t i = 0; i < fields.size(); ++i) row.emplace_back(columns[i], std::move(fields[i]));
        if (auto good = add_row(builder, row, name, number); !good) return tl::make_unexpected(good.error());
    }
    return finish(builder, name);
}

Result<Substation> read_substation(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(fmt::format("{}: cannot be read", path.string()));
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (file.bad()) return fail(fmt::format("{}: cannot be read", path.string()));
    return path.extension() == ".csv" ? parse_substation_csv(text, path.filename().string())
                                      : parse_substation_toml(text, path.filename().string());
}

}  // namespace busbar::sim
