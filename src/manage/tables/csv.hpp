#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "manage/tables/cell.hpp"
#include "manage/tables/table.hpp"

namespace busbar::manage::tables {

/// Separators , ; and tab are recognised by the first record unless one is given, as are the encodings of `to_utf8`. A
/// text that a spreadsheet program would take for a formula comes back without the ' that `CsvWriter` put before it.
Result<Table> read_csv(std::string_view octets, const Limits& limits = {}, char separator = 0);

/// UTF-8 with a byte order mark, records ended by CR LF: what spreadsheet programs open by a double click.
class CsvWriter {
public:
    explicit CsvWriter(char separator) : separator_(separator) {}

    void add_row(const std::vector<Cell>& cells);
    std::string take() { return std::move(text_); }

private:
    char separator_;
    std::string text_ = "\xEF\xBB\xBF";
};

}  // namespace busbar::manage::tables
