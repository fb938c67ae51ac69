#include "point/json_scanner.hpp"

namespace busbar::point {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_hex_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

}  // namespace

bool JsonScanner::fail(std::string what, std::size_t position) {
    error_ = Error{std::move(what), position};
    return false;
}

bool JsonScanner::fail_for_want_of(const char* what) {
    return fail(at_ == end_ ? "JSON ends too early" : std::string{"JSON: "} + what + " is expected here");
}

bool JsonScanner::enter() { return ++depth_ <= max_depth || fail("JSON is nested more than 8 levels deep"); }

bool JsonScanner::literal(std::string_view word) {
    peek();
    if (!std::string_view{at_, end_}.starts_with(word)) return fail("JSON: a value is expected here");
    at_ += word.size();
    return true;
}

bool JsonScanner::boolean(bool& out) {
    out = peek() == 't';
    return literal(out ? "true" : "false");
}

/// Goes on at the first octet of a text that is not plain.
bool JsonScanner::unusual_text(const char* start, std::string_view& out, bool& escaped) {
    const char* first_escape = nullptr;
    for (; at_ != end_ && *at_ != '"'; at_ = skip_plain(at_, end_)) {
        if (*at_ == '\\') {
            if (!first_escape) first_escape = at_;
            if (!escape()) return false;
        } else if (!utf8()) {
            return false;
        }
    }
    if (at_ == end_) return fail("JSON ends too early");
    out = {start, first_escape ? first_escape : at_};
    escaped = first_escape != nullptr;
    ++at_;
    return true;
}

bool JsonScanner::escape() {
    constexpr std::string_view single = "\"\\/bfnrt";
    ++at_;
    if (at_ != end_ && single.find(*at_) != std::string_view::npos) {
        ++at_;
        return true;
    }
    if (end_ - at_ < 5 || *at_ != 'u') return fail("JSON: not an escape");
    for (int i = 1; i <= 4; ++i) {
        if (!is_hex_digit(at_[i])) return fail("JSON: not an escape");
    }
    at_ += 5;
    return true;
}

bool JsonScanner::utf8() {
    const auto octet = [this](int i) { return static_cast<unsigned char>(at_ + i < end_ ? at_[i] : 0); };
    const unsigned first = octet(0);
    const int more = first < 0x20   ? -1
                     : first < 0xc2 ? -1
                     : first < 0xe0 ? 1
                     : first < 0xf0 ? 2
                     : first < 0xf5 ? 3
                                    : -1;
    if (more < 0) return fail(first < 0x20 ? "JSON: control character in a string" : "JSON: not UTF-8");
    for (int i = 1; i <= more; ++i) {
        if ((octet(i) & 0xc0) != 0x80) return fail("JSON: not UTF-8");
    }
    // Too long a form, half a surrogate pair, beyond the last code point.
    const unsigned second = octet(1);
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) || (first == 0xf0 && second < 0x90) ||
        (first == 0xf4 && second > 0x8f))
        return fail("JSON: not UTF-8");
    at_ += more + 1;
    return true;
}

bool JsonScanner::digits() {
    const char* start = at_;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return at_ != start || fail("JSON: a digit is expected here");
}

bool JsonScanner::number(std::string_view& out) {
    peek();
    const char* start = at_;
    if (at_ != end_ && *at_ == '-') ++at_;
    if (at_ != end_ && *at_ == '0') {
        ++at_;
    } else if (!digits()) {
        return false;
    }
    if (at_ != end_ && *at_ == '.' && (++at_, !digits())) return false;
    if (at_ != end_ && (*at_ | 0x20) == 'e') {
        ++at_;
        if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
        if (!digits()) return false;
    }
    out = {start, at_};
    return true;
}

bool JsonScanner::skip() {
    std::string_view text;
    bool on = false;
    switch (peek()) {
        case '{': return object([this](std::string_view) { return skip(); });
        case '[': return array([this] { return skip(); });
        case '"': return string(text);
        case 't':
        case 'f': return boolean(on);
        case 'n': return null();
        default: return number(text);
    }
}

bool JsonScanner::end() {
    peek();
    return at_ == end_ || fail("JSON: something stands behind the point");
}

}  // namespace busbar::point
