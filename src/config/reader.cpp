#include "config/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "config/allowed.hpp"
#include "config/json_text.hpp"

namespace busbar::config {

namespace json = boost::json;

namespace {

constexpr std::size_t longest_quote = 60;

std::string quoted(const json::value& value) {
    if (value.is_object()) return "a table";
    if (value.is_array()) return "a list";
    std::string text = to_line(value);
    if (text.size() <= longest_quote) return text;
    text.resize(longest_quote);
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0x80u) != 0)
        text.pop_back();  // whole characters
    return text + "...";
}

bool has_control_character(std::string_view text) {
    return std::ranges::any_of(text, [](char character) {
        const auto octet = static_cast<unsigned char>(character);
        return octet < 0x20 || octet == 0x7f;
    });
}

/// Characters, not octets.
std::size_t length_of(std::string_view utf8) {
    return static_cast<std::size_t>(std::ranges::count_if(
        utf8, [](char character) { return (static_cast<unsigned char>(character) & 0xc0u) != 0x80u; }));
}

}  // namespace

Reader::Step::Step(Reader& reader, std::string_view key) : path_(reader.path_), length_(path_.size()) {
    if (!path_.empty()) path_ += '.';
    path_ += key;
}

Reader::Step::Step(Reader& reader, std::size_t index) : path_(reader.path_), length_(path_.size()) {
    path_ += '[';
    path_ += std::to_string(index);
    path_ += ']';
}

void Reader::wrong(const json::value& value, std::string_view must_be) {
    findings_.fault(path_, fmt::format("{} must be {}", quoted(value), must_be));
}

void Reader::unknown(std::string_view key) {
    const Step step(*this, key.substr(0, longest_quote));
    findings_.warn(path_, "is unknown here and ignored");
}

std::optional<double> Reader::number(const json::value& value, const Rules& rules) {
    json::error_code error;
    const double number = value.is_number() ? value.to_number<double>(error) : std::nan("");
    if (!error && std::isfinite(number) && number >= rules.range.least && number <= rules.range.most) return number;
    wrong(value, number_range("a number", rules.range, rules.unit, std::isfinite(number)));
    return std::nullopt;
}

std::optional<std::int64_t> Reader::whole_number(const json::value& value, const Rules& rules) {
    json::error_code error;
    const double number = value.is_number() ? value.to_number<double>(error) : std::nan("");
    const bool whole = !error && number == std::floor(number);
    if (whole && number >= rules.range.least && number <= rules.range.most) return static_cast<std::int64_t>(number);
    wrong(value, number_range("a whole number", rules.range, rules.unit, whole));
    return std::nullopt;
}

std::optional<std::size_t> Reader::choice(const json::value& value, const std::string_view* words, std::size_t count) {
    const json::string* text = value.if_string();
    const auto* end = words + count;
    const auto* word = text ? std::find(words, end, std::string_view(*text)) : end;
    if (word != end) return static_cast<std::size_t>(word - words);
    wrong(value, fmt::format("one of {}", fmt::join(words, end, ", ")));
    return std::nullopt;
}

void Reader::read_value(const json::value& value, std::chrono::milliseconds& into, const Rules& rules) {
    const auto seconds = number(value, rules);
    if (!seconds) return;
    const double milliseconds = *seconds * 1000;
    if (std::abs(milliseconds - std::round(milliseconds)) > 1e-6) return wrong(value, "a multiple of 0.001 s");
    into = std::chrono::milliseconds(std::llround(milliseconds));
}

void Reader::read_value(const json::value& value, bool& into, const Rules&) {
    if (const bool* truth = value.if_bool())
        into = *truth;
    else
        wrong(value, "true or false");
}

void Reader::read_value(const json::value& value, double& into, const Rules& rules) {
    if (const auto real = number(value, rules)) into = *real;
}

void Reader::read_value(const json::value& value, std::string& into, const Rules& rules) {
    const json::string* text = value.if_string();
    std::string_view must_be;
    const std::string length = length_range(rules.range);
    if (!text)
        must_be = "text";
    else if (has_control_character(*text))
        must_be = "text without control characters";
    else if (const auto size = static_cast<double>(length_of(*text));
             size < rules.range.least || size > rules.range.most)
        must_be = length;
    else if (rules.syntax && !text->empty() && !rules.syntax->fits(*text))
        must_be = rules.syntax->must_be;
    if (must_be.empty())
        into = *text;
    else if (rules.marks & secret)
        findings_.fault(path_, fmt::format("must be {}", must_be));
    else
        wrong(value, must_be);
}

void Reader::read_value(const json::value& value, Endpoint& into, const Rules&) {
    const json::string* text = value.if_string();
    if (!text) return wrong(value, "text (host:port)");
    auto endpoint = parse_endpoint(*text, default_endpoint_port);
    if (endpoint)
        into = std::move(*endpoint);
    else
        findings_.fault(path_, endpoint.error().what);
}

}  // namespace busbar::config
