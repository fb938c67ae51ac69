#include "manage/tables/workbook.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <set>

#include "base/time.hpp"
#include "manage/tables/xml.hpp"

namespace busbar::manage::tables {

namespace {

using Kind = XmlScanner::Kind;

tl::unexpected<Error> in(std::string_view part, const Error& error) {
    return fail(std::string(part) + ": " + error.what, error.at);
}

/// Calls `open` for every element of a part.
template <class Open>
Result<void> for_each_element(const Package& package, const std::string& part, Open open) {
    const auto text = package.read(part);
    if (!text) return tl::make_unexpected(text.error());
    XmlScanner scanner(*text);
    for (;;) {
        const auto kind = scanner.next();
        if (!kind) return in(part, kind.error());
        if (*kind == Kind::end) return {};
        if (*kind == Kind::open) open(scanner);
    }
}

unsigned number(const XmlScanner& scanner, std::string_view name) {
    const auto text = scanner.attribute(name).value_or("");
    unsigned value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

bool ends_with(std::string_view type, std::string_view end) { return type.ends_with(end); }

/// "yyyy-mm-dd", but not "0.00" or "\"days\" 0": letters of dates outside of quotes, brackets and escapes.
bool is_date_format(std::string_view code) {
    bool quoted = false, bracketed = false;
    for (std::size_t at = 0; at < code.size(); ++at) {
        const char each = code[at];
        if (each == '"') quoted = !quoted;
        if (each == '[') bracketed = true;
        if (each == ']') bracketed = false;
        if (each == '\\' || each == '_' || each == '*') {
            ++at;
        } else if (!quoted && !bracketed && std::string_view("ymdhsYMDHS").find(each) != std::string_view::npos) {
            return true;
        }
    }
    return false;
}

/// The numbers of formats that every program knows.
bool is_date_format(unsigned number) {
    return (number >= 14 && number <= 22) || (number >= 27 && number <= 36) || (number >= 45 && number <= 47) ||
           (number >= 50 && number <= 58);
}

}  // namespace

Result<Workbook> read_workbook(const Package& package, const Limits& limits) {
    std::string main = "xl/workbook.xml";
    if (!package.has(main)) {
        const auto roots = package.relations("");
        if (!roots) return fail("the file is no XLSX file: " + roots.error().what);
        for (const auto& [id, relation] : *roots) {
            if (ends_with(relation.type, "/officeDocument")) main = relation.target;
        }
    }
    const auto relations = package.relations(main);
    if (!relations) return tl::make_unexpected(relations.error());
    Workbook workbook;
    for (const auto& [id, relation] : *relations) {
        if (ends_with(relation.type, "/sharedStrings")) workbook.shared_texts = relation.target;
        if (ends_with(relation.type, "/styles")) workbook.styles = relation.target;
    }
    const auto read = for_each_element(package, main, [&](const XmlScanner& scanner) {
        if (scanner.name() == "workbookPr") {
            const auto value = scanner.attribute("date1904").value_or("");
            workbook.since_1904 = value == "1" || value == "true";
        }
        if (scanner.name() != "sheet" || workbook.sheets.size() >= limits.sheets) return;
        const auto relation = relations->find(scanner.attribute("id").value_or(""));
        if (relation == relations->end() || !ends_with(relation->second.type, "/worksheet")) return;
        const auto state = scanner.attribute("state").value_or("visible");
        workbook.sheets.push_back(
            {{scanner.attribute("name").value_or("").substr(0, 255), state != "visible"}, relation->second.target});
    });
    if (!read) return tl::make_unexpected(read.error());
    if (workbook.sheets.empty()) return fail("the workbook has no sheet");
    return workbook;
}

Result<std::vector<std::string>> read_shared_texts(const Package& package, const std::string& part,
                                                   const Limits& limits) {
    std::vector<std::string> texts;
    if (part.empty()) return texts;
    const auto text = package.read(part);
    if (!text) return tl::make_unexpected(text.error());
    XmlScanner scanner(*text);
    std::size_t phonetic = 0;  // the depth below which a text says how another one is pronounced
    for (bool in_text = false;;) {
        const auto kind = scanner.next();
        if (!kind) return in(part, kind.error());
        if (*kind == Kind::end) return texts;
        if (*kind == Kind::open && scanner.name() == "si") {
            if (texts.size() >= limits.cells) return fail(part + ": there are too many texts");
            texts.emplace_back();
        }
        if (*kind == Kind::open && scanner.name() == "rPh" && phonetic == 0) phonetic = scanner.depth();
        if (*kind == Kind::close && scanner.depth() < phonetic) phonetic = 0;
        if (*kind == Kind::open) in_text = scanner.name() == "t" && phonetic == 0 && !texts.empty();
        if (*kind == Kind::close) in_text = false;
        if (*kind == Kind::text && in_text) scanner.append_text(texts.back());
    }
}

Result<std::vector<bool>> read_date_styles(const Package& package, const std::string& part, const Limits& limits) {
    std::vector<bool> styles;
    if (part.empty()) return styles;
    std::set<unsigned> plain, dates;  // formats of the workbook's own
    bool in_cells = false;
    const auto read = for_each_element(package, part, [&](const XmlScanner& scanner) {
        const auto name = scanner.name();
        if (name == "numFmt" && plain.size() + dates.size() < limits.parts)
            (is_date_format(scanner.attribute("formatCode").value_or("")) ? dates : plain)
                .insert(number(scanner, "numFmtId"));
        if (name == "cellXfs") in_cells = true;
        if (name == "cellStyles" || name == "dxfs") in_cells = false;
        if (name != "xf" || !in_cells || styles.size() >= 65536) return;
        const auto format = number(scanner, "numFmtId");
        styles.push_back(dates.contains(format) || (!plain.contains(format) && is_date_format(format)));
    });
    if (!read) return tl::make_unexpected(read.error());
    return styles;
}

std::string write_date(double days, bool since_1904) {
    constexpr double last_day = 2'958'465;  // 9999-12-31
    if (!(days >= 0) || days > last_day) return {};
    auto seconds = std::llround(days * 86400);
    const auto day = seconds / 86400;
    seconds %= 86400;
    const auto clock = fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if (day == 0 && !since_1904) return clock;
    // Day 60 of 1900 is 29 February, which was none: those before it count from a day later.
    const auto origin = std::chrono::sys_days{since_1904 ? std::chrono::year{1904} / 1 / 1
                                              : day < 61 ? std::chrono::year{1899} / 12 / 31
                                                         : std::chrono::year{1899} / 12 / 30};
    const std::chrono::year_month_day date{origin + std::chrono::days{day}};
    const auto text = fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return seconds == 0 ? text : text + "T" + clock;
}

}  // namespace busbar::manage::tables
