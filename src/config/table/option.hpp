#pragma once

#include <limits>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>

namespace busbar::config {

/// What may stand there: of a number, its value in the row's unit; of a text, its length; of a list, each element.
struct Range {
    double least = -std::numeric_limits<double>::infinity();
    double most = std::numeric_limits<double>::infinity();
    bool operator==(const Range&) const = default;
};

/// How a text must look beyond its length. `pattern` says the same to a JSON Schema, as far as it can.
struct Syntax {
    std::string_view must_be;
    bool (*fits)(std::string_view);
    std::string_view pattern;
};

/// Properties of an option, a bit each; `live` stands for none of them: a change is applied without dropping a line.
enum Mark : unsigned {
    live = 0,
    restarts = 1,  // a line depends on it
    required = 2,  // must be there
    secret = 4,    // never shown
    managed = 8,   // means something in the managed configuration only: no flag, not in the TOML file
};

/// One row of a table of options. The member's C++ type decides switch, number, duration, text, choice, list or table;
/// its initial value is the default. An empty key lays the members of a table into its owner.
template <class Owner, class Member>
struct Option {
    std::string_view key;
    Member Owner::*member;
    std::string_view unit;
    Range range;
    unsigned marks;
    std::string_view sentence;
    const Syntax* syntax = nullptr;
};

/// The rows of a struct, a std::tuple of Option; specialised in this folder, one file a document.
template <class Struct>
inline constexpr std::nullptr_t options = nullptr;

/// The names of an enumeration's values in their order.
template <class Enumeration>
inline constexpr std::nullptr_t names = nullptr;

template <class Struct>
concept Described = !std::is_null_pointer_v<std::remove_const_t<decltype(options<Struct>)>>;

template <class Enumeration>
concept Named = !std::is_null_pointer_v<std::remove_const_t<decltype(names<Enumeration>)>>;

/// A table that has other members with each word in its member "type": a std::variant of described structs, with a name
/// for each. Without a word it is the first.
inline constexpr std::string_view discriminator = "type";

/// Calls `visit` with each row of the struct.
template <Described Struct, class Visit>
void for_each_option(const Visit& visit) {
    std::apply([&](const auto&... option) { (visit(option), ...); }, options<Struct>);
}

}  // namespace busbar::config
