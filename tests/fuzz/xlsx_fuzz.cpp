// Any octets as an XLSX file, and any text as the sheet of a good one: no crash, bounded memory.
#include <zip.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "manage/tables/xlsx.hpp"
#include "manage/tables/xml.hpp"

namespace {

using namespace busbar::manage::tables;

void check(bool good) {
    if (!good) std::abort();
}

void scan(std::string_view text) {
    XmlScanner scanner(text);
    for (;;) {
        const auto kind = scanner.next();
        if (!kind || *kind == XmlScanner::Kind::end) return;
        if (*kind == XmlScanner::Kind::open) (void)scanner.attribute("r");
        std::string content;
        if (*kind == XmlScanner::Kind::text) scanner.append_text(content);
        check(content.size() <= text.size());
    }
}

/// A stored (not packed) archive of a workbook whose sheet is `text`.
std::string workbook(std::string_view text) {
    constexpr std::string_view book = "<w><sheet name='S' id='a'/></w>";
    constexpr std::string_view relations =
        "<R><Relationship Id='a' Type='/worksheet' Target='s'/><Relationship Id='b' Type='/sharedStrings' Target='s'/>"
        "<Relationship Id='c' Type='/styles' Target='s'/></R>";
    zip_source_t* buffer = zip_source_buffer_create(nullptr, 0, 0, nullptr);
    zip_source_keep(buffer);
    zip_t* zip = zip_open_from_source(buffer, ZIP_CREATE, nullptr);
    for (const auto& [name, part] : {std::pair{"xl/workbook.xml", book},
                                     std::pair{"xl/_rels/workbook.xml.rels", relations}, std::pair{"xl/s", text}}) {
        const auto index = zip_file_add(zip, name, zip_source_buffer(zip, part.data(), part.size(), 0), 0);
        zip_set_file_compression(zip, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
    }
    zip_close(zip);
    zip_source_open(buffer);
    zip_source_seek(buffer, 0, SEEK_END);
    std::string octets(static_cast<std::size_t>(zip_source_tell(buffer)), '\0');
    zip_source_seek(buffer, 0, SEEK_SET);
    zip_source_read(buffer, octets.data(), octets.size());
    zip_source_close(buffer);
    zip_source_free(buffer);
    return octets;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string octets(data, data + size);
    scan(octets);
    (void)xlsx_sheets(octets);
    (void)read_xlsx(octets, "");
    const auto table = read_xlsx(workbook(octets), "S");
    check(table || !table.error().what.empty());
    return 0;
}
