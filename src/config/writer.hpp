#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <concepts>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/table/option.hpp"
#include "config/values.hpp"

namespace busbar::config {

inline boost::json::value to_json(const std::string& text) { return boost::json::string(text); }
inline boost::json::value to_json(const Endpoint& endpoint) { return boost::json::string(to_string(endpoint)); }
inline boost::json::value to_json(std::chrono::seconds time) { return time.count(); }
inline boost::json::value to_json(std::chrono::minutes time) { return time.count(); }
inline boost::json::value to_json(WholeMilliseconds time) { return time.count(); }
inline boost::json::value to_json(std::chrono::milliseconds time) {
    if (time.count() % 1000 == 0) return time.count() / 1000;
    return static_cast<double>(time.count()) / 1000;
}
template <class Number>
requires std::integral<Number> || std::floating_point<Number> boost::json::value to_json(Number number) {
    return number;
}
template <Named Enumeration>
boost::json::value to_json(Enumeration value) {
    return boost::json::string(names<Enumeration>[static_cast<std::size_t>(value)]);
}

template <Described Struct>
boost::json::object to_json(const Struct& from);

template <class Value>
boost::json::value to_json(const std::optional<Value>& value) {
    if (!value) return nullptr;
    return to_json(*value);
}
template <class Value>
boost::json::value to_json(const std::vector<Value>& list) {
    boost::json::array array;
    for (const Value& element : list) array.push_back(to_json(element));
    return array;
}

template <class... Alternatives>
boost::json::value to_json(const std::variant<Alternatives...>& value) {
    boost::json::object object;
    object[discriminator] = boost::json::string(names<std::variant<Alternatives...>>[value.index()]);
    const boost::json::object members = std::visit([](const auto& chosen) { return to_json(chosen); }, value);
    for (const auto& [key, member] : members) object[key] = member;
    return object;
}

/// All members in the order of their rows; secrets are left out.
template <Described Struct>
boost::json::object to_json(const Struct& from) {
    boost::json::object object;
    for_each_option<Struct>([&](const auto& option) {
        if (option.marks & secret) return;
        const auto& member = from.*option.member;
        if constexpr (Described<std::remove_cvref_t<decltype(member)>>) {
            if (option.key.empty()) {
                for (auto& [key, value] : to_json(member)) object[key] = value;
                return;
            }
        }
        object[option.key] = to_json(member);
    });
    return object;
}

}  // namespace busbar::config
