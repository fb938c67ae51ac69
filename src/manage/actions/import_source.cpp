#include "manage/actions/import_source.hpp"

#include <utility>

#include "manage/tables/csv.hpp"

namespace busbar::manage {

namespace {

tl::unexpected<Problem> unreadable(const Error& error) {
    return refuse(Problem::Kind::invalid, "unreadable_file", error.what);
}

Outcome<ImportRows> read(const ImportFileSource& file) {
    const auto octets = file.octets();
    if (!octets) return unreadable(octets.error());
    const bool is_workbook = octets->starts_with("PK") || octets->starts_with("\xD0\xCF\x11\xE0");
    ImportRows rows;
    if (is_workbook) {
        auto sheets = tables::xlsx_sheets(*octets);
        if (!sheets) return unreadable(sheets.error());
        rows.sheets = std::move(*sheets);
    } else if (!file.sheet.empty()) {
        return unreadable({"the file is no workbook: it has no sheets to choose from"});
    }
    auto table = is_workbook ? tables::read_xlsx(*octets, file.sheet) : tables::read_csv(*octets, {}, file.separator);
    if (!table) return unreadable(table.error());
    rows.table = std::move(*table);
    return rows;
}

}  // namespace

ImportSource to_source(ImportFileSource file) {
    const std::string name = file.name;
    return {name, [file = std::move(file)] { return read(file); }};
}

}  // namespace busbar::manage
