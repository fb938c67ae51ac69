#include "manage/tables/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "manage/tables/encoding.hpp"
#include "manage/tables/number.hpp"

namespace busbar::manage::tables {

namespace {

constexpr std::array separators{',', ';', '\t'};

/// Behind any number of ' stands what makes a spreadsheet program see a formula.
bool looks_like_formula(std::string_view text) {
    const auto first = text.find_first_not_of('\'');
    return first != std::string_view::npos && std::string_view("=+-@\t\r").find(text[first]) != std::string_view::npos;
}

/// One octet of a longer character would tear it apart.
bool can_separate(char each) { return each == '\t' || (each > ' ' && each < '\x7f' && each != '"'); }

/// "sep=;" of Excel is taken off; else the one that the first record has most of, outside quotes.
char find_separator(std::string_view& text) {
    if (text.starts_with("sep=") && text.size() > 4 && can_separate(text[4])) {
        const char given = text[4];
        const auto end = std::min(text.find('\n'), text.size() - 1);
        text.remove_prefix(end + 1);
        return given;
    }
    std::array<std::size_t, separators.size()> seen{};
    bool quoted = false, content = false;
    for (const char each : text) {
        if (each == '"') quoted = !quoted;
        if (!quoted && (each == '\n' || each == '\r') && content) break;
        if (each != '\n' && each != '\r') content = true;
        const auto found = std::find(separators.begin(), separators.end(), each);
        if (!quoted && found != separators.end()) ++seen[static_cast<std::size_t>(found - separators.begin())];
    }
    return separators[static_cast<std::size_t>(std::max_element(seen.begin(), seen.end()) - seen.begin())];
}

/// Takes fields off the front of a text.
class Fields {
public:
    Fields(std::string_view text, char separator) : text_(text), separator_(separator) {}

    bool at_end() const { return at_ >= text_.size(); }
    /// The next field; false: its quotes do not end.
    bool next(std::string& field) {
        field.clear();
        if (at_ < text_.size() && text_[at_] == '"' && !take_quoted(field)) return false;
        while (at_ < text_.size() && !ends_field(text_[at_])) field += text_[at_++];
        return true;
    }
    /// Goes over what ends the field; true: the record goes on.
    bool goes_on() {
        if (at_end()) return false;
        const char end = text_[at_++];
        if (end == '\r' && at_ < text_.size() && text_[at_] == '\n') ++at_;
        return end == separator_;
    }

private:
    bool ends_field(char each) const { return each == separator_ || each == '\n' || each == '\r'; }
    bool take_quoted(std::string& field) {
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] != '"') {
                field += text_[at_];
            } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
                field += text_[at_++];
            } else {
                ++at_;
                return true;
            }
        }
        return false;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    char separator_;
};

bool needs_quotes(std::string_view text, char separator) {
    return text.find_first_of("\"\r\n") != std::string_view::npos || text.find(separator) != std::string_view::npos ||
           text.starts_with(' ') || text.ends_with(' ');
}

void append_field(std::string& out, std::string_view text, char separator) {
    const bool formula = looks_like_formula(text) && !read_number(text);
    if (!formula && !needs_quotes(text, separator)) {
        out += text;
        return;
    }
    out += '"';
    if (formula) out += '\'';
    for (const char each : text) {
        if (each == '"') out += '"';
        out += each;
    }
    out += '"';
}

}  // namespace

Result<Table> read_csv(std::string_view octets, const Limits& limits, char separator) {
    if (octets.size() > limits.octets) return fail(fmt::format("the file has more than {} octets", limits.octets));
    const auto decoded = to_utf8(octets);
    if (!decoded) return tl::make_unexpected(decoded.error());
    std::string_view text = *decoded;
    if (const char found = find_separator(text); separator == 0) separator = found;
    Fields fields(text, separator);
    Table table;
    std::string field;
    for (std::size_t row = 1; !fields.at_end(); ++row) {
        for (std::size_t column = 0;; ++column) {
            if (!fields.next(field)) return fail(place("", row, column) + ": the quotes that begin here do not end");
            const bool escaped = field.starts_with('\'') && looks_like_formula(field);
            const auto added = table.add(row, column, std::string_view(field).substr(escaped ? 1 : 0), limits);
            if (!added) return tl::make_unexpected(added.error());
            if (!fields.goes_on()) break;
        }
    }
    return table;
}

void CsvWriter::add_row(const std::vector<Cell>& cells) {
    bool first = true;
    for (const Cell& cell : cells) {
        if (!std::exchange(first, false)) text_ += separator_;
        if (const auto* number = cell.number()) append_field(text_, write_number(*number), separator_);
        if (const auto* text = cell.text()) append_field(text_, *text, separator_);
    }
    text_ += "\r\n";
}

}  // namespace busbar::manage::tables
