#include "manage/tables/xlsx_writer.hpp"

#include <unistd.h>
#include <xlsxwriter.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "manage/tables/number.hpp"

namespace busbar::manage::tables {

/// The library writes to a file: one of ours in /tmp, gone with this.
struct XlsxWriter::Book {
    explicit Book(const std::string& sheet_name) {
        descriptor = ::mkstemp(path.data());
        lxw_workbook_options options{};
        options.constant_memory = LXW_TRUE;
        book = workbook_new_opt(path.data(), &options);
        sheet = workbook_add_worksheet(book, sheet_name.c_str());
    }
    ~Book() {
        if (book != nullptr) workbook_close(book);
        ::unlink(path.data());
        if (descriptor >= 0) ::close(descriptor);
    }
    Book(const Book&) = delete;
    Book& operator=(const Book&) = delete;

    std::array<char, 32> path{"/tmp/busbar-export-XXXXXX"};
    int descriptor = -1;
    lxw_workbook* book = nullptr;
    lxw_worksheet* sheet = nullptr;
    lxw_row_t row = 0;
};

XlsxWriter::XlsxWriter(const std::string& sheet) : book_(std::make_unique<Book>(sheet)) {}
XlsxWriter::~XlsxWriter() = default;

namespace {

/// The library writes sixteen digits; some numbers need one more.
bool is_written_exactly(double number) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.16G", number);
    return std::strtod(text.data(), nullptr) == number;
}

}  // namespace

void XlsxWriter::add_row(const std::vector<Cell>& cells) {
    lxw_col_t column = 0;
    for (const Cell& cell : cells) {
        if (const auto* number = cell.number(); number != nullptr && is_written_exactly(*number))
            worksheet_write_number(book_->sheet, book_->row, column, *number, nullptr);
        else if (number != nullptr)
            worksheet_write_string(book_->sheet, book_->row, column, write_number(*number).c_str(), nullptr);
        if (const auto* text = cell.text(); text != nullptr && !text->empty())
            worksheet_write_string(book_->sheet, book_->row, column, text->c_str(), nullptr);
        ++column;
    }
    ++book_->row;
}

Result<std::string> XlsxWriter::take() {
    if (book_->descriptor < 0) return fail("there is no room for a file in /tmp");
    const auto closed = workbook_close(std::exchange(book_->book, nullptr));
    if (closed != LXW_NO_ERROR) return fail(std::string("the workbook cannot be written: ") + lxw_strerror(closed));
    std::FILE* file = std::fopen(book_->path.data(), "rb");
    if (file == nullptr) return fail("the workbook cannot be read again");
    std::string octets;
    std::array<char, 65536> piece;
    for (std::size_t taken = 0; (taken = std::fread(piece.data(), 1, piece.size(), file)) > 0;)
        octets.append(piece.data(), taken);
    std::fclose(file);
    return octets;
}

}  // namespace busbar::manage::tables
