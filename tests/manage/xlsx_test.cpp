#include "manage/tables/xlsx.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <xlsxwriter.h>
#include <zip.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "manage/tables/workbook.hpp"
#include "manage/tables/xlsx_writer.hpp"
#include "support/redis_fixture.hpp"

namespace busbar::manage::tables {
namespace {

using testing::HasSubstr;
using Parts = std::map<std::string, std::string>;

std::string octets_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// A ZIP archive of these parts.
std::string packed(const Parts& parts) {
    const tests::TemporaryFolder folder;
    const auto path = folder.path() / "book.xlsx";
    zip_t* zip = zip_open(path.c_str(), ZIP_CREATE, nullptr);
    for (const auto& [name, text] : parts)
        zip_file_add(zip, name.c_str(), zip_source_buffer(zip, text.data(), text.size(), 0), 0);
    zip_close(zip);
    return octets_of(path);
}

Parts parts_with(const std::string& sheet) {
    return {{"xl/workbook.xml",
             R"(<workbook xmlns:r="x"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>)"},
            {"xl/_rels/workbook.xml.rels",
             R"(<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>)"
             R"(<Relationship Id="r2" Type="http://x/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>)"},
            {"xl/sharedStrings.xml",
             "<sst><si><t>one</t></si><si><r><t>t</t></r><r><t>wo</t></r><rPh><t>no</t></rPh></si></sst>"},
            {"xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + sheet + "</sheetData></worksheet>"}};
}

Result<Table> read(const std::string& sheet, const Limits& limits = {}) {
    return read_xlsx(packed(parts_with(sheet)), "", limits);
}

std::string fault(const std::string& sheet, const Limits& limits = {}) {
    const auto table = read(sheet, limits);
    return table ? "" : table.error().what;
}

std::string fault_of_parts(const Parts& parts) {
    const auto table = read_xlsx(packed(parts), "");
    return table ? "" : table.error().what;
}

TEST(Xlsx, WhatALibraryWritesIsRead) {
    const tests::TemporaryFolder folder;
    const auto path = folder.path() / "book.xlsx";
    lxw_workbook* book = workbook_new(path.c_str());
    lxw_worksheet* hidden = workbook_add_worksheet(book, "Notes");
    lxw_worksheet* sheet = workbook_add_worksheet(book, "Größen");
    worksheet_hide(hidden);
    worksheet_activate(sheet);
    worksheet_set_first_sheet(sheet);
    worksheet_write_string(hidden, 0, 0, "secret", nullptr);
    lxw_format* date = workbook_add_format(book);
    format_set_num_format(date, "yyyy-mm-dd hh:mm");
    worksheet_write_string(sheet, 0, 0, "a <b> & \"c\"", nullptr);
    worksheet_write_number(sheet, 0, 3, 0.1, nullptr);
    worksheet_write_boolean(sheet, 4, 1, 1, nullptr);
    lxw_datetime when{2026, 11, 21, 9, 30, 0};
    worksheet_write_datetime(sheet, 4, 2, &when, date);
    worksheet_write_formula_num(sheet, 4, 3, "=1+1", nullptr, 2);
    worksheet_write_blank(sheet, 9, 9, date);
    workbook_close(book);
    const std::string octets = octets_of(path);
    EXPECT_EQ(*xlsx_sheets(octets), (std::vector<Sheet>{{"Notes", true}, {"Größen", false}}));
    const auto table = read_xlsx(octets, "");
    ASSERT_TRUE(table) << table.error().what;
    EXPECT_EQ(table->sheet(), "Größen");
    ASSERT_EQ(table->rows(), 2u);
    EXPECT_EQ(table->cell(0, 0), "a <b> & \"c\"");
    EXPECT_EQ(table->cell(0, 1), "");
    EXPECT_EQ(table->cell(0, 3), "0.1");
    EXPECT_EQ(table->number(1), 5u);
    EXPECT_EQ(table->cell(1, 1), "true");
    EXPECT_EQ(table->cell(1, 2), "2026-11-21T09:30:00");
    EXPECT_EQ(table->cell(1, 3), "2");
    EXPECT_EQ(read_xlsx(octets, "Notes")->cell(0, 0), "secret");
    EXPECT_THAT(read_xlsx(octets, "Other").error().what, HasSubstr("no sheet \"Other\""));
}

TEST(Xlsx, WhatWeWriteIsRead) {
    XlsxWriter writer("Points");
    writer.add_row(
        {Cell(std::string("=1+1")), Cell(std::string("http://x")), Cell(-1.5), Cell(), Cell(std::string("ü\n ;"))});
    const auto octets = writer.take();
    ASSERT_TRUE(octets);
    const auto table = read_xlsx(*octets, "Points");
    ASSERT_TRUE(table) << table.error().what;
    EXPECT_EQ(table->cell(0, 0), "=1+1");
    EXPECT_EQ(table->cell(0, 1), "http://x");
    EXPECT_EQ(table->cell(0, 2), "-1.5");
    EXPECT_EQ(table->cell(0, 4), "ü\n ;");
}

TEST(Xlsx, SharedAndInlineTextsAndCellsWithoutNames) {
    const auto table =
        read(R"(<row><c t="s"><v>1</v></c><c><v>5.0</v></c></row><x:row r="7"><x:c r="C7" t="inlineStr">)"
             R"(<is><t>in</t><t> line&#33;</t></is></x:c><c t="str"><f>A1</f><v><![CDATA[<x>]]></v></c></x:row>)");
    ASSERT_TRUE(table) << table.error().what;
    EXPECT_EQ(table->cell(0, 0), "two");
    EXPECT_EQ(table->cell(0, 1), "5");
    EXPECT_EQ(table->number(1), 7u);
    EXPECT_EQ(table->cell(1, 2), "in line!");
    EXPECT_EQ(table->cell(1, 3), "<x>");
}

TEST(Xlsx, DatesOfBothCalendars) {
    EXPECT_EQ(write_date(1, false), "1900-01-01");
    EXPECT_EQ(write_date(59, false), "1900-02-28");
    EXPECT_EQ(write_date(61, false), "1900-03-01");
    EXPECT_EQ(write_date(46347.375, false), "2026-11-21T09:00:00");
    EXPECT_EQ(write_date(46347 - 1462, true), "2026-11-21");
    EXPECT_EQ(write_date(0.5, false), "12:00:00");
    EXPECT_EQ(write_date(-1, false), "");
    EXPECT_EQ(write_date(1e300, false), "");
}

TEST(Xlsx, WhatIsWrongIsNamedWithItsPlace) {
    EXPECT_THAT(fault(R"(<row r="2"><c r="B2" t="s"><v>9</v></c></row>)"),
                HasSubstr("sheet S, row 2, column B: there is no text 9"));
    EXPECT_THAT(fault(R"(<row r="2"><c r="B3"><v>9</v></c></row>)"), HasSubstr("a cell \"B3\" in row 2"));
    EXPECT_THAT(fault(R"(<row r="2"/><row r="2"><c><v>1</v></c></row>)"), HasSubstr("row \"2\" after row 2"));
    EXPECT_THAT(fault(R"(<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>)"), HasSubstr("out of order"));
    EXPECT_THAT(fault(R"(<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>)"),
                HasSubstr("column XFD: there are more than 256 columns"));
    EXPECT_EQ(fault(R"(<row r="1048576"><c r="XFD1048576" s="1"/></row>)"), "") << "a blank one is nothing";
    EXPECT_THAT(fault("<row>"), HasSubstr("malformed"));
    Limits limits;
    limits.cell_octets = 10;
    EXPECT_THAT(fault("<row><c><v>" + std::string(11, '1') + "</v></c></row>", limits),
                HasSubstr("row 1, column A: the cell has more than 10"));
    std::string deep;
    for (int i = 0; i < 100; ++i) deep += "<a>";
    EXPECT_THAT(fault(deep), HasSubstr("too many elements"));
}

TEST(Xlsx, WhatGrowsWhenItIsUnpackedIsRefused) {
    auto parts = parts_with("<row><c><v>" + std::string(std::size_t{20} << 20, ' ') + "</v></c></row>");
    EXPECT_THAT(fault_of_parts(parts), HasSubstr("too large when it is unpacked"));
    Limits limits;
    limits.part_octets = 1000;
    EXPECT_THAT(fault("<row><c><v>" + std::string(2000, '1') + "</v></c></row>", limits), HasSubstr("too large"));
    std::string shared = "<row>";
    for (int i = 0; i < 100; ++i) shared += R"(<c t="s"><v>1</v></c>)";
    limits = {};
    limits.octets = 5000;
    parts = parts_with(shared + "</row>");
    parts["xl/sharedStrings.xml"] = "<sst><si><t>x</t></si><si><t>" + std::string(3000, 'x') + "</t></si></sst>";
    const auto table = read_xlsx(packed(parts), "", limits);
    ASSERT_FALSE(table);
    EXPECT_THAT(table.error().what, HasSubstr("column B: the texts have more than 5000"));
}

TEST(Xlsx, EntitiesAreNotExpanded) {
    auto parts = parts_with("<row><c t=\"str\"><v>&lol;&amp;</v></c></row>");
    EXPECT_EQ(read_xlsx(packed(parts), "")->cell(0, 0), "&lol;&");
    parts["xl/worksheets/sheet1.xml"].insert(
        0, R"(<!DOCTYPE x [<!ENTITY lol "lol"><!ENTITY a SYSTEM "file:///etc/passwd">]>)");
    EXPECT_THAT(fault_of_parts(parts), HasSubstr("DOCTYPE"));
}

TEST(Xlsx, MissingAndForeignParts) {
    for (const char* missing :
         {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"}) {
        auto parts = parts_with("<row><c t=\"s\"><v>0</v></c></row>");
        parts.erase(missing);
        EXPECT_NE(fault_of_parts(parts), "") << missing;
    }
    auto parts = parts_with("");
    parts["xl/_rels/workbook.xml.rels"] =
        R"(<Relationships><Relationship Id="r1" Type="x/worksheet" Target="../../../etc/passwd"/></Relationships>)";
    EXPECT_THAT(fault_of_parts(parts), HasSubstr("is missing"));
    EXPECT_THAT(read_xlsx("no zip", "").error().what, HasSubstr("no XLSX"));
    EXPECT_THAT(read_xlsx("PK but not really", "").error().what, HasSubstr("damaged"));
    EXPECT_THAT(read_xlsx("\xD0\xCF\x11\xE0 old", "").error().what, HasSubstr(".xls"));
}

}  // namespace
}  // namespace busbar::manage::tables
