#include "config/manual.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/flags.hpp"
#include "config/json_text.hpp"

namespace busbar::config {

namespace {

/// A '|' would end the cell.
std::string cell(std::string text) {
    for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, 1, '\\');
    return text;
}

std::string code(const std::string& text) { return text.empty() ? "" : "`" + text + "`"; }

bool holds_tables(const Row& row) { return row.kind == Kind::list && row.members.front().kind == Kind::table; }

std::string initial_text(const Row& row) {
    if (row.has(required)) return "required";
    if (row.nullable || row.kind == Kind::table || holds_tables(row)) return "none";
    return code(to_line(row.initial));
}

std::string allowed_text(const Row& row) {
    if (row.kind == Kind::table) return "a table";
    return cell(allowed(row));
}

/// `word`: the "type" with which the table has these members.
void add_section(const Row& table, const std::string& name, std::string& text, std::string_view word = {}) {
    const std::string heading = name.empty() ? "Top level" : code(name);
    text += fmt::format("\n### {}{}\n\n| member | default | allowed | change | meaning |\n|---|---|---|---|---|\n",
                        heading, word.empty() ? "" : fmt::format(" with `{}` `{}`", discriminator, word));
    for (const Row& row : table.members) {
        // A section of its own says what a plain table holds.
        if ((row.kind == Kind::table && !row.nullable) || row.kind == Kind::variant) continue;
        text += fmt::format("| `{}` | {} | {} | {} | {} |\n", row.key, initial_text(row), allowed_text(row),
                            row.has(restarts) ? "drops the line" : "live", cell(std::string(row.sentence)));
    }
    for (const Row& row : table.members) {
        const std::string inner = name.empty() ? std::string(row.key) : fmt::format("{}.{}", name, row.key);
        if (row.kind == Kind::table) add_section(row, inner, text);
        if (row.kind == Kind::variant)
            for (const Row& alternative : row.members) add_section(alternative, inner, text, alternative.key);
        if (holds_tables(row)) add_section(row.members.front(), inner + "[]", text);
    }
}

}  // namespace

std::string manual_of_members(Document document) {
    std::string text;
    add_section(table(document), "", text);
    return text;
}

std::string manual_of_flags(Document start) {
    std::string text, subcommand = "-";
    std::vector<Flag> sorted = flags(start);
    std::ranges::stable_sort(sorted, {}, &Flag::subcommand);
    for (const Flag& flag : sorted) {
        if (flag.subcommand != subcommand) {
            subcommand = flag.subcommand;
            const std::string words = subcommand.empty() ? "" : " " + subcommand;
            text += fmt::format("\n### `busbar {}{}`\n\n| flag | variable | member | meaning |\n|---|---|---|---|\n",
                                page_name(start), words);
        }
        text += fmt::format("| `{}` | `{}` | `{}` | {} |\n", flag.name, flag.environment, flag.path,
                            cell(std::string(flag.row->sentence)));
    }
    return text;
}

}  // namespace busbar::config
