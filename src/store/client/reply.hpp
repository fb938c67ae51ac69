#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace busbar::store {

/// An answer of the store. Borrowed: valid during the call that hands it over.
class Reply {
public:
    enum class Kind : std::uint8_t {
        nil,
        integer,
        status,  // "OK"
        error,   // "OOM command not allowed …"
        string,
        array,
        lost  // no answer: the connection went first; whether the command was executed is unknown. text() says why
    };

    Reply() = default;  // nil
    static Reply of(std::int64_t integer) { return {Kind::integer, integer, nullptr}; }
    static Reply of(Kind kind, std::string_view text) {
        return {kind, static_cast<std::int64_t>(text.size()), text.data()};
    }
    static Reply of(std::span<const Reply> children) {
        return {Kind::array, static_cast<std::int64_t>(children.size()), children.data()};
    }

    Kind kind() const { return kind_; }
    bool is_nil() const { return kind_ == Kind::nil; }
    bool is_error() const { return kind_ == Kind::error; }
    bool is_lost() const { return kind_ == Kind::lost; }
    /// Neither an error of the store nor lost.
    bool is_good() const { return !is_error() && !is_lost(); }
    /// 0 unless it is an integer.
    std::int64_t integer() const { return kind_ == Kind::integer ? number_ : 0; }
    /// Of a string, status, error or lost reply; else empty.
    std::string_view text() const {
        if (kind_ == Kind::nil || kind_ == Kind::integer || kind_ == Kind::array) return {};
        return {static_cast<const char*>(data_), static_cast<std::size_t>(number_)};
    }
    /// Of an array; else empty.
    std::span<const Reply> children() const {
        if (kind_ != Kind::array) return {};
        return {static_cast<const Reply*>(data_), static_cast<std::size_t>(number_)};
    }

private:
    Reply(Kind kind, std::int64_t number, const void* data) : kind_(kind), number_(number), data_(data) {}

    Kind kind_ = Kind::nil;
    std::int64_t number_ = 0;  // the integer, or how long the text or array is
    const void* data_ = nullptr;
};

}  // namespace busbar::store
