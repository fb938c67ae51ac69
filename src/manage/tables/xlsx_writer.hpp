#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "manage/tables/cell.hpp"

namespace busbar::manage::tables {

/// A workbook of one sheet. Texts are written as texts: none becomes a formula or a link.
class XlsxWriter {
public:
    explicit XlsxWriter(const std::string& sheet);
    ~XlsxWriter();
    XlsxWriter(const XlsxWriter&) = delete;
    XlsxWriter& operator=(const XlsxWriter&) = delete;

    void add_row(const std::vector<Cell>& cells);
    /// The file's octets; nothing can be added any more.
    Result<std::string> take();

private:
    struct Book;
    std::unique_ptr<Book> book_;
};

}  // namespace busbar::manage::tables
