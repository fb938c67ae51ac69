#include "manage/tables/xml.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

#include "manage/tables/encoding.hpp"

namespace busbar::manage::tables {

namespace {

constexpr std::string_view blanks = " \t\r\n";

std::string_view without_prefix(std::string_view name) {
    const auto colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

/// "lt", "#228", "#xE4"; nothing: not known.
bool append_entity(std::string& to, std::string_view entity) {
    static constexpr std::array<std::pair<std::string_view, char>, 5> known{
        {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}}};
    for (const auto& [name, character] : known) {
        if (name == entity) {
            to += character;
            return true;
        }
    }
    if (!entity.starts_with('#')) return false;
    entity.remove_prefix(1);
    const bool hex = entity.starts_with('x');
    if (hex) entity.remove_prefix(1);
    unsigned code = 0;
    const char* end = entity.data() + entity.size();
    const auto read = std::from_chars(entity.data(), end, code, hex ? 16 : 10);
    const bool surrogate = code >= 0xD800 && code < 0xE000;
    if (read.ec != std::errc{} || read.ptr != end || code == 0 || code > 0x10FFFF || surrogate) return false;
    append_utf8(to, code);
    return true;
}

void append_decoded(std::string& to, std::string_view text) {
    for (;;) {
        const auto ampersand = text.find('&');
        to += text.substr(0, ampersand);
        if (ampersand == std::string_view::npos) return;
        text.remove_prefix(ampersand);
        const auto end = text.substr(0, 12).find(';');
        const bool known = end != std::string_view::npos && append_entity(to, text.substr(1, end - 1));
        if (!known) to += '&';
        text.remove_prefix(known ? end + 1 : 1);
    }
}

}  // namespace

tl::unexpected<Error> XmlScanner::malformed(const char* what) const {
    const auto at = size_ - rest_.size();
    return fail(fmt::format("the XML is malformed at octet {}: {}", at, what), at);
}

/// True: `rest_` began so, and is now behind the end.
bool XmlScanner::skip(std::string_view begin, std::string_view end) {
    if (!rest_.starts_with(begin)) return false;
    const auto found = rest_.find(end, begin.size());
    content_ = rest_.substr(begin.size(), found == std::string_view::npos ? found : found - begin.size());
    rest_.remove_prefix(found == std::string_view::npos ? rest_.size() : found + end.size());
    return true;
}

Result<XmlScanner::Kind> XmlScanner::next() {
    if (std::exchange(closes_, false)) {
        --depth_;
        return Kind::close;
    }
    for (;;) {
        if (rest_.empty()) {
            if (depth_ != 0) return malformed("it ends too early");
            return Kind::end;
        }
        if (rest_.front() != '<') {
            content_ = rest_.substr(0, rest_.find('<'));
            rest_.remove_prefix(content_.size());
            verbatim_ = false;
            return Kind::text;
        }
        if (skip("<!--", "-->") || skip("<?", "?>")) continue;
        return read_markup();
    }
}

Result<XmlScanner::Kind> XmlScanner::read_markup() {
    if (skip("<![CDATA[", "]]>")) {
        verbatim_ = true;
        return Kind::text;
    }
    if (rest_.starts_with("<!")) return malformed("a DOCTYPE is not taken");
    return rest_.starts_with("</") ? read_close() : read_open();
}

Result<XmlScanner::Kind> XmlScanner::read_close() {
    const auto end = rest_.find('>');
    if (end == std::string_view::npos || depth_ == 0) return malformed("an end tag that fits nothing");
    auto name = rest_.substr(2, end - 2);
    name = name.substr(0, name.find_first_of(blanks));
    name_ = without_prefix(name);
    rest_.remove_prefix(end + 1);
    --depth_;
    return Kind::close;
}

Result<XmlScanner::Kind> XmlScanner::read_open() {
    std::size_t end = 1;
    for (char quote = 0; end < rest_.size() && (quote != 0 || rest_[end] != '>'); ++end) {
        const char each = rest_[end];
        if (quote == 0 && (each == '"' || each == '\'')) {
            quote = each;
        } else if (each == quote) {
            quote = 0;
        }
    }
    if (end >= rest_.size()) return malformed("a tag does not end");
    if (depth_ >= max_depth) return malformed("too many elements within each other");
    auto tag = rest_.substr(1, end - 1);
    closes_ = tag.ends_with('/');
    if (closes_) tag.remove_suffix(1);
    const auto name_end = tag.find_first_of(blanks);
    name_ = without_prefix(tag.substr(0, name_end));
    if (name_.empty()) return malformed("a tag without a name");
    attributes_ = name_end == std::string_view::npos ? std::string_view() : tag.substr(name_end);
    rest_.remove_prefix(end + 1);
    ++depth_;
    return Kind::open;
}

std::optional<std::string> XmlScanner::attribute(std::string_view wanted) const {
    auto rest = attributes_;
    for (;;) {
        const auto first = rest.find_first_not_of(blanks);
        const auto equals = rest.find('=');
        if (first == std::string_view::npos || equals == std::string_view::npos || equals < first) return std::nullopt;
        auto name = rest.substr(first, equals - first);
        name = without_prefix(name.substr(0, name.find_first_of(blanks)));
        rest.remove_prefix(equals + 1);
        const auto open = rest.find_first_of("\"'");
        if (open == std::string_view::npos) return std::nullopt;
        const auto close = rest.find(rest[open], open + 1);
        if (close == std::string_view::npos) return std::nullopt;
        if (name == wanted) {
            std::string value;
            append_decoded(value, rest.substr(open + 1, close - open - 1));
            return value;
        }
        rest.remove_prefix(close + 1);
    }
}

void XmlScanner::append_text(std::string& to) const {
    if (verbatim_) {
        to += content_;
    } else {
        append_decoded(to, content_);
    }
}

}  // namespace busbar::manage::tables
