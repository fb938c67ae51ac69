#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "config/json_text.hpp"
#include "config/toml.hpp"

namespace busbar::config {

namespace json = boost::json;

namespace {

constexpr std::size_t longest_comment = 110;
constexpr std::string_view other_word = "#   ";  // the margin of what is not of the chosen word

bool is_table_list(const Row& row) { return row.kind == Kind::list && row.members.front().kind == Kind::table; }
bool is_table(const Row& row) { return row.kind == Kind::table || row.kind == Kind::variant || is_table_list(row); }

class Writer {
public:
    /// First the values, then the tables: what stands below a table's heading belongs to it.
    void members(const Row& table, const json::object& values, const std::string& path, std::string_view margin) {
        for (const Row& row : table.members)
            if (!is_table(row) && !row.has(managed)) value(row, values, margin);
        for (const Row& row : table.members)
            if (is_table(row) && !row.has(managed)) tables(row, values, path, margin);
    }

    std::string take() { return std::move(text_); }

private:
    void value(const Row& row, const json::object& values, std::string_view margin) {
        const json::value* given = values.if_contains(row.key);
        if (!below_heading_) text_ += '\n';
        below_heading_ = false;
        comment(explained(row));
        const bool absent = !given || given->is_null();
        line(absent && margin.empty() ? "# " : margin,
             fmt::format("{} = {}", row.key, to_line(absent ? example(row) : *given)));
    }

    void tables(const Row& row, const json::object& values, const std::string& path, std::string_view margin) {
        const std::string name = path.empty() ? std::string(row.key) : fmt::format("{}.{}", path, row.key);
        const json::value* given = values.if_contains(row.key);
        text_ += '\n';
        comment(std::string(row.sentence));
        if (is_table_list(row)) return table_list(row, given, name);
        const json::object* object = given ? given->if_object() : nullptr;
        const std::string_view inner = object ? margin : "# ";
        heading(inner, fmt::format("[{}]", name));
        if (row.kind == Kind::variant) return variant(row, object, name, inner);
        members(row, object ? *object : json::object{}, name, inner);
    }

    /// The members of the chosen word; those of the others beside them as prose, which no editor switches on by
    /// mistake.
    void variant(const Row& row, const json::object* given, const std::string& name, std::string_view margin) {
        const json::value* word = given ? given->if_contains(discriminator) : nullptr;
        const std::string_view chosen = word ? std::string_view(word->get_string()) : row.choices.front();
        line(margin, fmt::format("{} = \"{}\"", discriminator, chosen));
        for (const Row& alternative : row.members)
            if (alternative.key == chosen) members(alternative, given ? *given : json::object{}, name, margin);
        for (const Row& alternative : row.members) {
            if (alternative.key == chosen) continue;
            text_ += '\n';
            line(other_word, fmt::format("{} = \"{}\" has instead:", discriminator, alternative.key));
            members(alternative, {}, name, other_word);
        }
    }

    void table_list(const Row& row, const json::value* given, const std::string& name) {
        const json::array none;
        const json::array& list = given && given->is_array() ? given->get_array() : none;
        for (const json::value& element : list) {
            heading("", fmt::format("[[{}]]", name));
            members(row.members.front(), element.as_object(), name, "");
        }
        if (!list.empty()) return;
        heading("# ", fmt::format("[[{}]]", name));
        members(row.members.front(), {}, name, "# ");
    }

    static json::value example(const Row& row) {
        if (!row.initial.is_null()) return row.initial;
        return row.kind == Kind::text ? json::value("") : json::value(row.range.least);
    }

    static std::string explained(const Row& row) {
        std::string text(row.sentence);
        if (const std::string allowed_values = values(row); !allowed_values.empty())
            text += fmt::format(" Allowed: {}.", allowed_values);
        if (const std::string by_default = default_note(row); !by_default.empty())
            text += fmt::format(" D{}.", by_default.substr(1));
        return text;
    }

    void comment(const std::string& sentences) {
        std::string_view rest = sentences;
        while (rest.size() > longest_comment) {
            const std::size_t blank = rest.rfind(' ', longest_comment);
            if (blank == std::string_view::npos) break;
            line("# ", rest.substr(0, blank));
            rest.remove_prefix(blank + 1);
        }
        line("# ", rest);
    }

    void heading(std::string_view margin, const std::string& name) {
        line(margin, name);
        below_heading_ = true;
    }

    void line(std::string_view margin, std::string_view content) { text_ += fmt::format("{}{}\n", margin, content); }

    std::string text_;
    bool below_heading_ = true;
};

}  // namespace

std::string write_toml(const Row& table, const json::object& values) {
    Writer writer;
    writer.members(table, values, "", "");
    return writer.take();
}

}  // namespace busbar::config
