#include "manage/tables/csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manage/tables/number.hpp"

namespace busbar::manage::tables {
namespace {

using testing::HasSubstr;
using Rows = std::vector<std::vector<std::string>>;

Rows rows_of(const Table& table) {
    Rows rows;
    for (std::size_t row = 0; row < table.rows(); ++row) {
        auto& cells = rows.emplace_back();
        for (std::size_t column = 0; column < table.cells(row); ++column) cells.emplace_back(table.cell(row, column));
    }
    return rows;
}

Rows read(std::string_view octets) {
    const auto table = read_csv(octets);
    EXPECT_TRUE(table) << (table ? "" : table.error().what);
    return table ? rows_of(*table) : Rows();
}

std::string fault(std::string_view octets, const Limits& limits = {}) {
    const auto table = read_csv(octets, limits);
    return table ? "" : table.error().what;
}

std::string utf16(std::u16string_view text, bool little) {
    std::string octets;
    for (const char16_t unit : text) {
        const char low = static_cast<char>(unit & 0xFF), high = static_cast<char>(unit >> 8);
        octets += little ? low : high;
        octets += little ? high : low;
    }
    return octets;
}

TEST(Csv, SeparatorsAreRecognised) {
    const Rows wanted{{"a", "b", "c"}, {"1,5", "2;3", "4\t5"}};
    EXPECT_EQ(read("a,b,c\n\"1,5\",2;3,4\t5\n"), wanted);
    EXPECT_EQ(read("a;b;c\r\n1,5;\"2;3\";4\t5\r\n"), wanted);
    EXPECT_EQ(read("a\tb\tc\r1,5\t2;3\t\"4\t5\""), wanted);
    EXPECT_EQ(read("sep=;\r\na;b;c\r\n1,5;\"2;3\";4\t5"), wanted);
    EXPECT_EQ(read("only\n1,5\n"), (Rows{{"only"}, {"1", "5"}}));
}

TEST(Csv, ASeparatorThatWouldTearCharactersIsNone) {
    const Rows wanted{{"sep=\u00db\u00db"}, {"\u00db", "b"}};
    EXPECT_EQ(read("sep=\u00db\u00db\n\u00db,b\n"), wanted);
    EXPECT_EQ(read("sep=\"\na,b\n").size(), 2u) << "nor is a quote";
    EXPECT_EQ(read("sep=|\na|b,c\n"), (Rows{{"a", "b,c"}}));
    const auto given = read_csv("sep=,\na;b,c\n", {}, ';');
    ASSERT_TRUE(given);
    EXPECT_EQ(rows_of(*given), (Rows{{"a", "b,c"}})) << "what the caller says goes before";
}

TEST(Csv, QuotesAndBlankRows) {
    EXPECT_EQ(read("a,\"b \"\"x\"\"\nc\",\n,,\n \n\n,d\n,,,\n"), (Rows{{"a", "b \"x\"\nc"}, {"", "d"}}));
    const auto table = read_csv("a\n\n\nb\n");
    EXPECT_EQ(table->number(1), 4u);
    EXPECT_THAT(fault("a,b\nc,\"d\n"), HasSubstr("row 2, column B: the quotes"));
    EXPECT_TRUE(read("").empty());
}

TEST(Csv, Encodings) {
    const Rows wanted{{"Größe", "€"}};
    const std::string utf8 =
        "Gr\xC3\xB6\xC3\x9F"
        "e,\xE2\x82\xAC\n";
    EXPECT_EQ(read(utf8), wanted);
    EXPECT_EQ(read("\xEF\xBB\xBF" + utf8), wanted);
    EXPECT_EQ(read("Gr\xF6\xDF"
                   "e,\x80\n"),
              wanted);  // Windows-1252
    for (const bool little : {true, false}) {
        EXPECT_EQ(read(utf16(u"\xFEFFGröße,€\n", little)), wanted);
        EXPECT_EQ(read(utf16(u"ab,c\U0001F601\n", little)), (Rows{{"ab", "c\U0001F601"}})) << "without a mark";
    }
    EXPECT_THAT(fault("\xEF\xBB\xBFGr\xF6"), HasSubstr("octet 5"));
    EXPECT_THAT(fault("a\x81"), HasSubstr("octet 1"));
    EXPECT_THAT(fault(utf16(u"\xFEFF"
                            u"a\xD800"
                            u"b",
                            true)),
                HasSubstr("half a pair"));
    EXPECT_THAT(fault("\xFF\xFE"
                      "a"),
                HasSubstr("half a character"));
    EXPECT_THAT(fault(std::string_view("a,b\0,c", 6)), HasSubstr("no text"));
}

TEST(Csv, LimitsNameTheirPlace) {
    Limits limits;
    limits.rows = 2;
    EXPECT_THAT(fault("a\nb\n\n\nc\n", limits), HasSubstr("row 5, column A: there are more than 2 rows"));
    limits = {};
    limits.columns = 2;
    EXPECT_THAT(fault("a\n,,c\n", limits), HasSubstr("row 2, column C: there are more than 2 columns"));
    limits = {};
    limits.cell_octets = 3;
    EXPECT_THAT(fault("abcd\n", limits), HasSubstr("row 1, column A: the cell has more"));
    limits = {};
    limits.octets = 10;
    EXPECT_THAT(fault("12345678901", limits), HasSubstr("the file has more than 10"));
    limits = {};
    limits.cells = 3;
    EXPECT_THAT(fault("a,b\nc,d\n", limits), HasSubstr("more than 3 cells"));
}

TEST(Csv, FormulasComeBackAsTheTextsTheyWere) {
    const std::vector<std::string> texts{"=1+1",   "+a",  "-b",      "@c",        "'=x",       "''=y",
                                         "'plain", "a;b", " blank ", "say \"x\"", "two\nlines"};
    CsvWriter writer(';');
    std::vector<Cell> cells;
    for (const auto& text : texts) cells.emplace_back(text);
    cells.emplace_back(-1.5);
    cells.emplace_back(std::string("-2"));
    writer.add_row(cells);
    const std::string written = writer.take();
    EXPECT_THAT(written, HasSubstr("\"'=1+1\";\"'+a\";\"'-b\";\"'@c\";\"''=x\""));
    EXPECT_THAT(written, HasSubstr(";-1.5;-2\r\n"));
    auto wanted = texts;
    wanted.insert(wanted.end(), {"-1.5", "-2"});
    EXPECT_EQ(read(written), Rows{wanted});
}

TEST(Numbers, WithPointOrComma) {
    EXPECT_EQ(read_number("12"), 12);
    EXPECT_EQ(read_number(" -1,5 "), -1.5);
    EXPECT_EQ(read_number("+1.5e3"), 1500);
    for (const char* wrong : {"", " ", "1,234.5", "1,2,3", "0x10", "nan", "inf", "1e999", "+-1", "12 V"})
        EXPECT_FALSE(read_number(wrong)) << wrong;
    EXPECT_EQ(write_number(0.1), "0.1");
    EXPECT_EQ(write_number(16777215), "16777215");
}

}  // namespace
}  // namespace busbar::manage::tables
