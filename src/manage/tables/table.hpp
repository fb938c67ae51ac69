#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace busbar::manage::tables {

/// What a file may have.
struct Limits {
    std::size_t octets = std::size_t{64} << 20;  // of the file, and of all its texts
    std::size_t rows = 200'000;                  // that are not blank
    std::size_t columns = 256;
    std::size_t cells = 8'000'000;
    std::size_t cell_octets = 32 << 10;
    std::size_t part_octets = std::size_t{192} << 20;  // of a part of an XLSX file, unpacked
    std::size_t part_ratio = 250;                      // of its size unpacked to packed; small parts may have more
    std::size_t parts = 2000;
    std::size_t sheets = 256;
};

/// Where something stands, as people count: "sheet Points, row 5, column C".
std::string place(std::string_view sheet, std::size_t row, std::size_t column);
/// "A" … "IV"; 0 is "A".
std::string column_name(std::size_t column);
/// Its first octets, at most so many, without a torn character at the end.
std::string_view shortened(std::string_view text, std::size_t octets);

/// Rows of texts as a file has them, without those that are blank. All texts lie in one buffer.
class Table {
public:
    explicit Table(std::string sheet = {}) : sheet_(std::move(sheet)) {}

    const std::string& sheet() const { return sheet_; }  // empty: the file has none
    std::size_t rows() const { return rows_.size(); }
    /// Its number in the file; the first is 1.
    std::size_t number(std::size_t row) const { return rows_[row].number; }
    /// Cells up to its last that is not blank.
    std::size_t cells(std::size_t row) const { return end_of(row) - rows_[row].first; }
    /// Empty beyond the row's end.
    std::string_view cell(std::size_t row, std::size_t column) const;

    /// For readers: cells of a row come from left to right, rows from top to bottom.
    Result<void> add(std::size_t row_number, std::size_t column, std::string_view text, const Limits& limits);

private:
    struct Row {
        std::size_t number, first;
    };
    struct Span {
        std::uint32_t first, size;
    };
    std::size_t end_of(std::size_t row) const { return row + 1 < rows_.size() ? rows_[row + 1].first : spans_.size(); }
    Result<void> refuse_growth(std::size_t row_number, std::size_t column, std::string_view text,
                               const Limits& limits) const;

    std::string sheet_, text_;
    std::vector<Span> spans_;
    std::vector<Row> rows_;
};

}  // namespace busbar::manage::tables
