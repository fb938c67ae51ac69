#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "base/octets.hpp"
#include "iec60870/element/field.hpp"

/// Reading and writing the elements of the REE profile: structs that name their bit runs, of any length.
namespace busbar::iec102 {

using iec60870::Described;
using iec60870::Field;
using iec60870::size_of;

/// Characters of fixed number, filled up with blanks or zeros.
template <std::size_t count>
struct Text {
    std::array<char, count> characters{};

    std::string_view view() const {
        const std::string_view all{characters.data(), count};
        return all.substr(0, all.find_last_not_of(std::string_view{" \0", 2}) + 1);
    }
    bool operator==(const Text&) const = default;
};

/// What opens a session. A type of its own so that no text can show it by accident.
enum class Password : std::uint32_t {};

namespace detail {

template <class Member>
inline constexpr bool is_text = false;
template <std::size_t count>
inline constexpr bool is_text<Text<count>> = true;

template <unsigned first_bit, unsigned width>
constexpr std::uint64_t read_bits(const Octet* octets) {
    constexpr unsigned first = first_bit / 8, shift = first_bit % 8;
    static_assert(shift + width <= 64);
    std::uint64_t bits = 0;
    for (unsigned octet = 0; octet < (shift + width + 7) / 8; ++octet)
        bits |= std::uint64_t{octets[first + octet]} << (8 * octet);
    return bits >> shift & (width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1);
}

/// The run's bits must be 0.
template <unsigned first_bit, unsigned width>
constexpr void write_bits(std::uint64_t bits, Octet* octets) {
    constexpr unsigned first = first_bit / 8, shift = first_bit % 8;
    bits = (bits & (width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1)) << shift;
    for (unsigned octet = 0; octet < (shift + width + 7) / 8; ++octet)
        octets[first + octet] |= static_cast<Octet>(bits >> (8 * octet) & 0xFF);
}

}  // namespace detail

/// What size_of<Element> octets mean.
template <Described Element>
Element decode_element(const Octet* octets) {
    Element element;
    iec60870::for_each_leaf(element, [&]([[maybe_unused]] auto field, auto& member) {
        using Member = std::remove_reference_t<decltype(member)>;
        if constexpr (detail::is_text<Member>) {
            static_assert(field.first_bit % 8 == 0);
            std::copy_n(octets + field.first_bit / 8, member.characters.size(), member.characters.begin());
        } else {
            member = static_cast<Member>(detail::read_bits<field.first_bit, field.width>(octets));
        }
    });
    return element;
}

/// Appends size_of<Element> octets, reserved bits 0. Numbers wider than their field are cut.
template <Described Element>
void append_element(const Element& element, OctetBuffer& out) {
    const std::size_t begin = out.size();
    out.resize(begin + size_of<Element>);
    iec60870::for_each_leaf(element, [&]([[maybe_unused]] auto field, const auto& member) {
        if constexpr (detail::is_text<std::remove_cvref_t<decltype(member)>>) {
            std::copy(member.characters.begin(), member.characters.end(), &out[begin + field.first_bit / 8]);
        } else {
            detail::write_bits<field.first_bit, field.width>(static_cast<std::uint64_t>(member), &out[begin]);
        }
    });
}

}  // namespace busbar::iec102
