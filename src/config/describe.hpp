#pragma once

#include <chrono>
#include <concepts>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "config/row.hpp"
#include "config/table/syntax.hpp"
#include "config/writer.hpp"

namespace busbar::config {

template <Described Struct>
Row describe();

/// Fills in what the C++ type says: kind, choices, members.
template <class Value>
struct Describe {
    static void type(Row& row) {
        if constexpr (Described<Value>) {
            row.kind = Kind::table;
            row.members = describe<Value>().members;
        } else if constexpr (Named<Value>) {
            row.kind = Kind::choice;
            row.choices.assign(names<Value>.begin(), names<Value>.end());
        } else if constexpr (std::same_as<Value, bool>) {
            row.kind = Kind::boolean;
        } else if constexpr (std::integral<Value> || std::same_as<Value, std::chrono::seconds> ||
                             std::same_as<Value, std::chrono::minutes> || std::same_as<Value, WholeMilliseconds>) {
            row.kind = Kind::integer;
        } else if constexpr (std::same_as<Value, double> || std::same_as<Value, std::chrono::milliseconds>) {
            row.kind = Kind::number;
        } else {
            static_assert(std::same_as<Value, std::string> || std::same_as<Value, Endpoint>);
            row.kind = Kind::text;
            if (std::same_as<Value, Endpoint>) row.syntax = &endpoint_syntax;
        }
    }
};

template <class Value>
struct Describe<std::optional<Value>> {
    static void type(Row& row) {
        Describe<Value>::type(row);
        row.nullable = true;
    }
};

template <class Value>
struct Describe<std::vector<Value>> {
    static void type(Row& row) {
        Row element;
        element.range = row.range;
        element.unit = row.unit;
        element.syntax = row.syntax;
        Describe<Value>::type(element);
        row.kind = Kind::list;
        row.members = {std::move(element)};
    }
};

template <class... Alternatives>
struct Describe<std::variant<Alternatives...>> {
    static void type(Row& row) {
        using Variant = std::variant<Alternatives...>;
        row.kind = Kind::variant;
        row.choices.assign(names<Variant>.begin(), names<Variant>.end());
        row.members = {describe<Alternatives>()...};
        for (std::size_t index = 0; index < row.members.size(); ++index) row.members[index].key = row.choices[index];
    }
};

/// The struct's table with the values of a new struct as defaults.
template <Described Struct>
Row describe() {
    Row table;
    table.kind = Kind::table;
    const Struct fresh{};
    table.initial = to_json(fresh);
    for_each_option<Struct>([&](const auto& option) {
        using Member = std::remove_cvref_t<decltype(fresh.*option.member)>;
        Row row;
        row.key = option.key;
        row.unit = option.unit;
        row.range = option.range;
        row.marks = option.marks;
        row.sentence = option.sentence;
        row.syntax = option.syntax;
        row.initial = to_json(fresh.*option.member);
        Describe<Member>::type(row);
        if (!row.key.empty())
            table.members.push_back(std::move(row));
        else
            for (Row& member : row.members) table.members.push_back(std::move(member));
    });
    return table;
}

}  // namespace busbar::config
