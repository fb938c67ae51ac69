#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "base/octets.hpp"

namespace busbar::iec60870 {

/// A named run of bits of an information element; bit 0 is the least significant of the element's first octet.
template <class Element, class Member>
struct Field {
    std::string_view key;     // in JSON and in forms: "value", "IV", "qualifier"
    std::string_view symbol;  // the standard's name of these bits: "SPI", "IV", "QU"
    Member Element::*member;  // its C++ type decides: switch, number, fraction, nested element
    unsigned first_bit, width;
    std::string_view label;  // what the operator reads
};

/// An information element: a struct that names its bit runs in a tuple of Fields, lowest bits first.
template <class Element>
concept Described = requires {
    Element::fields;
};

/// A time tag has bit runs like every element, but is handed over whole: a point has one time, not seven numbers.
template <class Element>
concept Tag = Described<Element> && Element::is_time_tag;

/// A 16-bit normalized number, -1 … 1-2^-15; the raw bits are kept.
struct Fraction {
    std::int16_t raw = 0;
    constexpr double number() const { return raw / 32768.0; }
    bool operator==(const Fraction&) const = default;
};

/// One field of one element as a type, so that what it says is known when the code is compiled.
template <Described Element, std::size_t index, unsigned offset>
struct FieldOf {
    static constexpr auto field = std::get<index>(Element::fields);
    using Owner = Element;
    using Member = std::remove_cvref_t<decltype(std::declval<Element>().*field.member)>;
    static constexpr std::string_view key = field.key, symbol = field.symbol, label = field.label;
    static constexpr unsigned first_bit = offset + field.first_bit;  // from the first octet of all elements
    static constexpr unsigned width = field.width;
};

/// Calls `action(FieldOf{}, member)` for each field of one element; nested elements are not entered.
template <Described Element, unsigned offset = 0, class Self, class Action>
requires std::is_same_v<std::remove_const_t<Self>, Element>
constexpr void for_each_field(Self& element, Action&& action) {
    [&]<std::size_t... index>(std::index_sequence<index...>) {
        (action(FieldOf<Element, index, offset>{}, element.*std::get<index>(Element::fields).member), ...);
    }
    (std::make_index_sequence<std::tuple_size_v<decltype(Element::fields)>>{});
}

namespace detail {

template <Described Element>
constexpr unsigned count_octets() {
    unsigned end = 0;
    Element element{};
    for_each_field<Element>(element, [&](auto field, const auto&) {
        if (field.first_bit + field.width > end) end = field.first_bit + field.width;
    });
    return (end + 7) / 8;
}

}  // namespace detail

/// Octets of an element: up to its last named bit.
template <Described Element>
inline constexpr unsigned size_of = detail::count_octets<Element>();

/// Octets of several elements in a row.
template <Described... Elements>
inline constexpr unsigned total_size_of = (0u + ... + size_of<Elements>);

/// What a visitor gets in place of a field when it is handed a whole time tag.
template <Tag Element, unsigned offset>
struct TagOf {
    using Owner = Element;
    static constexpr std::string_view key = "time", symbol = Element::symbol, label = "Time tag";
    static constexpr unsigned first_bit = offset;
    static constexpr unsigned width = size_of<Element> * 8;
};

/// Calls `action(FieldOf{}, member)` for each number and switch of an element, nested elements entered.
template <unsigned offset = 0, class Self, class Action>
constexpr void for_each_leaf(Self& element, Action&& action) {
    using Element = std::remove_const_t<Self>;
    for_each_field<Element, offset>(element, [&](auto field, auto& member) {
        if constexpr (Described<typename decltype(field)::Member>) {
            for_each_leaf<decltype(field)::first_bit>(member, action);
        } else {
            action(field, member);
        }
    });
}

namespace detail {

// Halves of powers of two: the compiler makes one load or store of each.
template <unsigned count>
constexpr std::uint64_t load(const Octet* octets) {
    if constexpr (count == 1) {
        return *octets;
    } else {
        constexpr unsigned low = std::bit_ceil(count) / 2;
        return load<low>(octets) | load<count - low>(octets + low) << (8 * low);
    }
}

template <unsigned count>
constexpr void store(std::uint64_t bits, Octet* out) {
    if constexpr (count == 1) {
        *out = static_cast<Octet>(bits);
    } else {
        constexpr unsigned low = std::bit_ceil(count) / 2;
        store<low>(bits, out);
        store<count - low>(bits >> (8 * low), out + low);
    }
}

constexpr std::uint64_t mask(unsigned width) {
    return width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
}

/// Sets `out` in place: a copy of a struct made of many small stores would wait for them.
template <unsigned width, class Member>
constexpr void from_bits(std::uint64_t bits, Member& out) {
    bits &= mask(width);
    if constexpr (Described<Member>) {
        for_each_field<Member>(out, [&](auto field, auto& member) {
            from_bits<decltype(field)::width>(bits >> decltype(field)::first_bit, member);
        });
    } else if constexpr (std::is_same_v<Member, Fraction>) {
        out.raw = static_cast<std::int16_t>(bits);
    } else if constexpr (std::is_same_v<Member, float>) {
        out = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    } else if constexpr (std::is_signed_v<Member>) {
        out = static_cast<Member>(static_cast<std::int64_t>(bits << (64 - width)) >> (64 - width));
    } else {
        out = static_cast<Member>(bits);
    }
}

template <unsigned width, class Member>
constexpr std::uint64_t to_bits(const Member& value) {
    if constexpr (Described<Member>) {
        std::uint64_t bits = 0;
        for_each_field<Member>(value, [&](auto field, const auto& member) {
            bits |= to_bits<decltype(field)::width>(member) << decltype(field)::first_bit;
        });
        return bits;
    } else if constexpr (std::is_same_v<Member, Fraction>) {
        return static_cast<std::uint16_t>(value.raw);
    } else if constexpr (std::is_same_v<Member, float>) {
        return std::bit_cast<std::uint32_t>(value);
    } else {
        return static_cast<std::uint64_t>(value) & mask(width);
    }
}

}  // namespace detail

/// Sets an element to what size_of<Element> octets mean.
template <Described Element>
constexpr void decode(const Octet* octets, Element& out) {
    static_assert(size_of<Element> <= 8);
    detail::from_bits<size_of<Element> * 8>(detail::load<size_of<Element>>(octets), out);
}

template <Described Element>
constexpr Element decode(const Octet* octets) {
    Element element;
    decode(octets, element);
    return element;
}

/// Are these the octets that `encode` would write?
template <Described Element>
constexpr bool encodes_to(const Element& element, const Octet* octets) {
    return detail::to_bits<size_of<Element> * 8>(element) == detail::load<size_of<Element>>(octets);
}

/// Writes size_of<Element> octets, reserved bits 0, and returns the end. Numbers wider than their field are cut.
template <Described Element>
constexpr Octet* encode(const Element& element, Octet* out) {
    detail::store<size_of<Element>>(detail::to_bits<size_of<Element> * 8>(element), out);
    return out + size_of<Element>;
}

}  // namespace busbar::iec60870
