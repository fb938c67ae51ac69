#include "manage/tables/xlsx.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "manage/tables/number.hpp"
#include "manage/tables/package.hpp"
#include "manage/tables/workbook.hpp"
#include "manage/tables/xml.hpp"

namespace busbar::manage::tables {

namespace {

using Kind = XmlScanner::Kind;

/// "AB12": column 27 of row 12. Nothing: it is no such name.
struct CellName {
    std::size_t row, column;
};
std::optional<CellName> read_name(std::string_view name) {
    std::size_t column = 0, letters = 0;
    for (; letters < name.size() && letters < 4 && name[letters] >= 'A' && name[letters] <= 'Z'; ++letters)
        column = column * 26 + static_cast<std::size_t>(name[letters] - 'A' + 1);
    std::size_t row = 0;
    const char* end = name.data() + name.size();
    const auto read = std::from_chars(name.data() + letters, end, row);
    if (letters == 0 || read.ec != std::errc{} || read.ptr != end || row == 0) return std::nullopt;
    return CellName{row, column - 1};
}

/// Goes through a sheet's part and puts its cells into a table.
class SheetReader {
public:
    SheetReader(const Workbook& workbook, const std::vector<std::string>& texts, const std::vector<bool>& date_styles,
                const Workbook::Place& place, const Limits& limits)
        : workbook_(workbook),
          texts_(texts),
          date_styles_(date_styles),
          limits_(limits),
          part_(place.part),
          table_(place.sheet.name) {}

    Result<Table> read(std::string_view text) {
        XmlScanner scanner(text);
        for (;;) {
            const auto kind = scanner.next();
            if (!kind) return fail(part_ + ": " + kind.error().what);
            if (*kind == Kind::end) return std::move(table_);
            const auto good = *kind == Kind::open    ? open(scanner)
                              : *kind == Kind::close ? close(scanner)
                                                     : take(scanner);
            if (!good) return tl::make_unexpected(good.error());
        }
    }

private:
    Result<void> open(const XmlScanner& scanner) {
        const auto name = scanner.name();
        takes_text_ = false;
        if (name == "row") return begin_row(scanner);
        if (name == "c") return begin_cell(scanner);
        if (name == "rPh") phonetic_ = true;
        takes_text_ = in_cell_ && !phonetic_ && (name == "v" || (name == "t" && type_ == "inlineStr"));
        return {};
    }

    Result<void> close(const XmlScanner& scanner) {
        takes_text_ = false;
        if (scanner.name() == "rPh") phonetic_ = false;
        if (scanner.name() != "c" || !in_cell_) return {};
        in_cell_ = false;
        auto text = value();
        if (!text) return tl::make_unexpected(text.error());
        const auto added = table_.add(row_, column_, *text, limits_);
        ++column_;
        return added;
    }

    Result<void> take(const XmlScanner& scanner) {
        if (!takes_text_) return {};
        scanner.append_text(raw_);
        if (raw_.size() <= limits_.cell_octets) return {};
        return fault(fmt::format("the cell has more than {} octets", limits_.cell_octets));
    }

    Result<void> begin_row(const XmlScanner& scanner) {
        const auto before = row_++;
        column_ = 0;
        const auto given = scanner.attribute("r");
        if (!given) return {};
        const char* end = given->data() + given->size();
        const auto read = std::from_chars(given->data(), end, row_);
        if (read.ec == std::errc{} && read.ptr == end && row_ > before) return {};
        return fail(fmt::format("sheet {}: row \"{}\" after row {}", table_.sheet(), given->substr(0, 20), before));
    }

    Result<void> begin_cell(const XmlScanner& scanner) {
        raw_.clear();
        type_ = scanner.attribute("t").value_or("n");
        style_ = 0;
        const auto style = scanner.attribute("s").value_or("");
        std::from_chars(style.data(), style.data() + style.size(), style_);
        in_cell_ = true;
        const auto given = scanner.attribute("r");
        if (!given) return {};
        const auto name = read_name(*given);
        if (!name || name->row != row_)
            return fail(fmt::format("sheet {}: a cell \"{}\" in row {}", table_.sheet(), given->substr(0, 20), row_));
        column_ = name->column;
        return {};
    }

    Result<std::string_view> value() {
        if (type_ == "s") {
            std::size_t index = 0;
            const char* end = raw_.data() + raw_.size();
            const auto read = std::from_chars(raw_.data(), end, index);
            if (raw_.empty()) return std::string_view();
            if (read.ec != std::errc{} || index >= texts_.size())
                return fault("there is no text " + raw_.substr(0, 20));
            return std::string_view(texts_[index]);
        }
        if (type_ == "b" && (raw_ == "0" || raw_ == "1")) raw_ = raw_ == "1" ? "true" : "false";
        if (type_ == "n") write_numeric();
        return std::string_view(raw_);
    }

    void write_numeric() {
        const auto number = read_number(raw_);
        if (!number || raw_.find(',') != std::string::npos) return;
        std::string text;
        if (style_ < date_styles_.size() && date_styles_[style_]) text = write_date(*number, workbook_.since_1904);
        raw_ = text.empty() ? write_number(*number) : text;
    }

    tl::unexpected<Error> fault(const std::string& what) const {
        return fail(place(table_.sheet(), row_, column_) + ": " + what);
    }

    const Workbook& workbook_;
    const std::vector<std::string>& texts_;
    const std::vector<bool>& date_styles_;
    const Limits& limits_;
    const std::string& part_;
    Table table_;
    std::size_t row_ = 0, column_ = 0, style_ = 0;
    std::string type_, raw_;
    bool in_cell_ = false, takes_text_ = false, phonetic_ = false;
};

}  // namespace

Result<std::vector<Sheet>> xlsx_sheets(std::string_view octets, const Limits& limits) {
    const auto package = Package::open(octets, limits);
    if (!package) return tl::make_unexpected(package.error());
    const auto workbook = read_workbook(*package, limits);
    if (!workbook) return tl::make_unexpected(workbook.error());
    std::vector<Sheet> sheets;
    for (const auto& place : workbook->sheets) sheets.push_back(place.sheet);
    return sheets;
}

Result<Table> read_xlsx(std::string_view octets, std::string_view sheet, const Limits& limits) {
    const auto package = Package::open(octets, limits);
    if (!package) return tl::make_unexpected(package.error());
    const auto workbook = read_workbook(*package, limits);
    if (!workbook) return tl::make_unexpected(workbook.error());
    const auto found = std::find_if(workbook->sheets.begin(), workbook->sheets.end(), [&](const auto& place) {
        return sheet.empty() ? !place.sheet.hidden : place.sheet.name == sheet;
    });
    if (found == workbook->sheets.end())
        return fail(sheet.empty() ? "all sheets are hidden; name one" : fmt::format("there is no sheet \"{}\"", sheet));
    const auto texts = read_shared_texts(*package, workbook->shared_texts, limits);
    if (!texts) return tl::make_unexpected(texts.error());
    const auto date_styles = read_date_styles(*package, workbook->styles, limits);
    if (!date_styles) return tl::make_unexpected(date_styles.error());
    const auto text = package->read(found->part);
    if (!text) return tl::make_unexpected(text.error());
    return SheetReader(*workbook, *texts, *date_styles, *found, limits).read(*text);
}

}  // namespace busbar::manage::tables
