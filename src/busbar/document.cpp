#include "busbar/document.hpp"

#include <fmt/format.h>

#include <string_view>

namespace busbar::program {

namespace {

std::string escaped(std::string_view text, bool html) {
    std::string result;
    for (const char character : text) {
        if (html && character == '<') {
            result += "&lt;";
        } else if (html && character == '>') {
            result += "&gt;";
        } else if (html && character == '&') {
            result += "&amp;";
        } else if (!html && character == '|') {
            result += "\\|";
        } else {
            result += character;
        }
    }
    return result;
}

std::string html_row(const Document::Row& row, std::string_view tag) {
    std::string text = "<tr>";
    for (const auto& cell : row) text += fmt::format("<{0}>{1}</{0}>", tag, escaped(cell, true));
    return text + "</tr>\n";
}

constexpr std::string_view html_head = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{0}</title>
<style>
body {{ font: 15px/1.45 sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1c2430; }}
table {{ border-collapse: collapse; margin: 1rem 0; }}
th, td {{ border: 1px solid #c3cad4; padding: .2rem .5rem; text-align: left; }}
th {{ background: #eef1f5; }}
@media print {{ body {{ margin: 0; }} h2 {{ break-after: avoid; }} }}
</style>
</head>
<body>
<h1>{0}</h1>
)";

std::string markdown_row(const Document::Row& row) {
    std::string text = "|";
    for (const auto& cell : row) text += fmt::format(" {} |", escaped(cell, false));
    return text + "\n";
}

std::string markdown_table(const std::vector<Document::Row>& rows) {
    std::string text = markdown_row(rows.front()) + "|";
    for (std::size_t i = 0; i < rows.front().size(); ++i) text += "---|";
    text += "\n";
    for (std::size_t i = 1; i < rows.size(); ++i) text += markdown_row(rows[i]);
    return text;
}

std::string html_table(const std::vector<Document::Row>& rows) {
    std::string text = "<table>\n";
    for (const auto& row : rows) text += html_row(row, &row == &rows.front() ? "th" : "td");
    return text + "</table>\n";
}

}  // namespace

std::string Document::markdown() const {
    std::string text = fmt::format("# {}\n", title_);
    for (const Block& block : blocks_) {
        switch (block.kind) {
            case Kind::heading: text += fmt::format("\n## {}\n", block.text); break;
            case Kind::paragraph: text += fmt::format("\n{}\n", block.text); break;
            case Kind::table: text += "\n" + markdown_table(block.rows); break;
        }
    }
    return text;
}

std::string Document::html() const {
    std::string text = fmt::format(html_head, escaped(title_, true));
    for (const Block& block : blocks_) {
        switch (block.kind) {
            case Kind::heading: text += fmt::format("<h2>{}</h2>\n", escaped(block.text, true)); break;
            case Kind::paragraph: text += fmt::format("<p>{}</p>\n", escaped(block.text, true)); break;
            case Kind::table: text += html_table(block.rows); break;
        }
    }
    return text + "</body>\n</html>\n";
}

}  // namespace busbar::program
