#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/result.hpp"

namespace busbar::point {

/// Reads one JSON text (RFC 8259) from left to right, without allocating. Every reader says false once something is
/// wrong; `error()` then says what and where, and reading ends.
class JsonScanner {
public:
    static constexpr unsigned max_depth = 8;

    explicit JsonScanner(std::string_view json)
        : begin_(json.data()), at_(json.data()), end_(json.data() + json.size()) {}

    /// The next character that is no blank; 0 at the end.
    char peek();
    std::size_t position() const { return static_cast<std::size_t>(at_ - begin_); }

    /// Calls `read_value(key)` for each member of an object; it must read the value and say whether that went well.
    /// A key with an escape is nobody's: it is handed over as "".
    template <class ReadValue>
    bool object(ReadValue&& read_value);
    /// Calls `read_value()` for each element of an array.
    template <class ReadValue>
    bool array(ReadValue&& read_value);
    /// What is between the quotes, as it stands there, up to the first escape.
    bool string(std::string_view& out) {
        bool escaped = false;
        return text(out, escaped);
    }
    bool number(std::string_view& out);
    bool boolean(bool& out);
    bool null() { return literal("null"); }
    /// A value of any kind that nobody wants.
    bool skip();
    /// Nothing but blanks is left.
    bool end();

    bool fail(std::string what) { return fail(std::move(what), position()); }
    bool fail(std::string what, std::size_t position);
    Error take_error() { return std::move(error_); }

private:
    bool text(std::string_view& out, bool& escaped);
    bool unusual_text(const char* start, std::string_view& out, bool& escaped);
    bool take(char c);
    bool expect(char c, const char* what) { return take(c) || fail_for_want_of(what); }
    bool fail_for_want_of(const char* what);
    bool literal(std::string_view word);
    bool escape();
    bool utf8();
    bool digits();
    bool enter();

    const char* begin_;
    const char* at_;
    const char* end_;
    unsigned depth_ = 0;
    Error error_;
};

/// The first octet that is not plain: a quote, a backslash, a control character, or beyond ASCII.
inline const char* skip_plain(const char* at, const char* end) {
    constexpr std::uint64_t each = 0x0101010101010101, high = 0x80 * each;
    constexpr auto holds = [](std::uint64_t word, std::uint64_t octet) {
        const std::uint64_t difference = word ^ (octet * each);
        return (difference - each) & ~difference;  // in the high bits; right up to the first one, which is all we want
    };
    if constexpr (std::endian::native == std::endian::little) {
        for (; end - at >= 8; at += 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, at, sizeof word);
            const auto unusual = (holds(word, '"') | holds(word, '\\') | (word - 0x20 * each) | word) & high;
            if (unusual != 0) return at + std::countr_zero(unusual) / 8;
        }
    }
    const auto is_plain = [](unsigned char octet) {
        return octet >= 0x20 && octet < 0x80 && octet != '"' && octet != '\\';
    };
    while (at != end && is_plain(static_cast<unsigned char>(*at))) ++at;
    return at;
}

inline char JsonScanner::peek() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
    return at_ == end_ ? '\0' : *at_;
}

inline bool JsonScanner::take(char c) {
    if (peek() != c || at_ == end_) return false;
    ++at_;
    return true;
}

inline bool JsonScanner::text(std::string_view& out, bool& escaped) {
    if (!expect('"', "a string")) return false;
    const char* start = at_;
    at_ = skip_plain(at_, end_);
    if (at_ == end_ || *at_ != '"') return unusual_text(start, out, escaped);
    out = {start, at_};
    ++at_;
    return true;
}

template <class ReadValue>
bool JsonScanner::object(ReadValue&& read_value) {
    if (!expect('{', "an object") || !enter()) return false;
    if (!take('}')) {
        do {
            std::string_view key;
            bool escaped = false;
            if (!text(key, escaped)) return false;
            if (escaped) key = {};
            if (!expect(':', "':'") || !read_value(key)) return false;
        } while (take(','));
        if (!expect('}', "',' or '}'")) return false;
    }
    --depth_;
    return true;
}

template <class ReadValue>
bool JsonScanner::array(ReadValue&& read_value) {
    if (!expect('[', "an array") || !enter()) return false;
    if (!take(']')) {
        do {
            if (!read_value()) return false;
        } while (take(','));
        if (!expect(']', "',' or ']'")) return false;
    }
    --depth_;
    return true;
}

}  // namespace busbar::point
