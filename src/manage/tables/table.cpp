#include "manage/tables/table.hpp"

#include <fmt/format.h>

namespace busbar::manage::tables {

std::string column_name(std::size_t column) {
    std::string name;
    for (std::size_t rest = column + 1; rest > 0; rest = (rest - 1) / 26)
        name.insert(name.begin(), static_cast<char>('A' + (rest - 1) % 26));
    return name;
}

std::string place(std::string_view sheet, std::size_t row, std::size_t column) {
    const auto where = fmt::format("row {}, column {}", row, column_name(column));
    return sheet.empty() ? where : fmt::format("sheet {}, {}", sheet, where);
}

std::string_view shortened(std::string_view text, std::size_t octets) {
    if (text.size() <= octets) return text;
    while (octets > 0 && (static_cast<unsigned char>(text[octets]) & 0xC0) == 0x80) --octets;
    return text.substr(0, octets);
}

std::string_view Table::cell(std::size_t row, std::size_t column) const {
    if (column >= cells(row)) return {};
    const Span span = spans_[rows_[row].first + column];
    return std::string_view(text_).substr(span.first, span.size);
}

Result<void> Table::refuse_growth(std::size_t row_number, std::size_t column, std::string_view text,
                                  const Limits& limits) const {
    const bool new_row = rows_.empty() || rows_.back().number != row_number;
    std::string what;
    if (text.size() > limits.cell_octets) what = fmt::format("the cell has more than {} octets", limits.cell_octets);
    if (column >= limits.columns) what = fmt::format("there are more than {} columns", limits.columns);
    if (new_row && rows_.size() >= limits.rows) what = fmt::format("there are more than {} rows", limits.rows);
    if (spans_.size() + column + 1 > limits.cells) what = fmt::format("there are more than {} cells", limits.cells);
    if (text_.size() + text.size() > limits.octets)
        what = fmt::format("the texts have more than {} octets", limits.octets);
    if (!new_row && column < spans_.size() - rows_.back().first) what = "the cell is there twice, or out of order";
    if (new_row && !rows_.empty() && row_number < rows_.back().number) what = "the row is out of order";
    if (what.empty()) return {};
    return fail(place(sheet_, row_number, column) + ": " + what);
}

Result<void> Table::add(std::size_t row_number, std::size_t column, std::string_view text, const Limits& limits) {
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return {};
    if (auto good = refuse_growth(row_number, column, text, limits); !good) return good;
    if (rows_.empty() || rows_.back().number != row_number) rows_.push_back({row_number, spans_.size()});
    spans_.resize(rows_.back().first + column, Span{0, 0});
    spans_.push_back({static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(text.size())});
    text_ += text;
    return {};
}

}  // namespace busbar::manage::tables
