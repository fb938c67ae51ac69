#pragma once

#include <regex.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>

#include "config/json_text.hpp"

namespace busbar::config::test {

/// "integer" and so on; JSON Schema counts 5.0 among the integers.
inline bool is_of_type(const boost::json::value& value, std::string_view type) {
    if (type == "null") return value.is_null();
    if (type == "boolean") return value.is_bool();
    if (type == "string") return value.is_string();
    if (type == "array") return value.is_array();
    if (type == "object") return value.is_object();
    if (!value.is_number()) return false;
    const double number = value.to_number<double>();
    return type == "number" || number == static_cast<double>(static_cast<std::int64_t>(number));
}

/// Our patterns mean the same to POSIX as to ECMAScript.
inline bool matches(const char* text, const char* pattern) {
    regex_t compiled;
    if (regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB) != 0) return false;
    const bool found = regexec(&compiled, text, 0, nullptr, 0) == 0;
    regfree(&compiled);
    return found;
}

inline std::string violation(const boost::json::object& schema, const boost::json::value& value);

/// The one alternative that takes the value.
inline std::string violation_of_one(const boost::json::array& alternatives, const boost::json::value& value) {
    unsigned fitting = 0;
    std::string found;
    for (const auto& alternative : alternatives) {
        const std::string why = violation(alternative.as_object(), value);
        if (why.empty()) ++fitting;
        // What the value says it is tells which complaint matters.
        if (!why.empty() && !why.starts_with("type: ")) found = why;
    }
    if (fitting == 1) return {};
    return fitting > 1 ? "fits several alternatives" : "fits no alternative: " + found;
}

inline std::string violation_inside(const boost::json::object& schema, const boost::json::value& value) {
    if (const auto* alternatives = schema.if_contains("oneOf"))
        return violation_of_one(alternatives->as_array(), value);
    if (const auto* object = value.if_object()) {
        if (const auto* needed = schema.if_contains("required"))
            for (const auto& key : needed->as_array())
                if (!object->contains(key.as_string())) return to_line(key) + " is missing";
        for (const auto& [key, member] : *object) {
            const auto* inner = schema.at("properties").as_object().if_contains(key);
            if (!inner) continue;
            if (auto found = violation(inner->as_object(), member); !found.empty())
                return std::string(key) + ": " + found;
        }
    }
    if (const auto* array = value.if_array())
        for (const auto& element : *array)
            if (auto found = violation(schema.at("items").as_object(), element); !found.empty()) return found;
    return {};
}

/// What of the value the schema forbids; the words that our schemas use, as JSON Schema 2020-12 defines them.
inline std::string violation(const boost::json::object& schema, const boost::json::value& value) {
    if (const auto* word = schema.if_contains("const"))
        return *word == value ? "" : to_line(value) + " is not " + to_line(*word);
    const auto& type = schema.at("type");
    bool fits = type.is_string() && is_of_type(value, type.as_string());
    if (const auto* types = type.if_array())
        for (const auto& one : *types) fits = fits || is_of_type(value, one.as_string());
    if (!fits) return to_line(value) + " is no " + to_line(type);
    const auto number = [&](std::string_view key) { return schema.at(key).to_number<double>(); };
    if (value.is_number()) {
        if (schema.contains("minimum") && value.to_number<double>() < number("minimum")) return "below the minimum";
        if (schema.contains("maximum") && value.to_number<double>() > number("maximum")) return "above the maximum";
    }
    if (const auto* text = value.if_string()) {
        const auto length = static_cast<double>(text->size());
        if (schema.contains("minLength") && length < number("minLength")) return "too short";
        if (schema.contains("maxLength") && length > number("maxLength")) return "too long";
        if (const auto* pattern = schema.if_contains("pattern"))
            if (!matches(text->c_str(), pattern->as_string().c_str())) return to_line(value) + " does not fit";
        if (const auto* words = schema.if_contains("enum")) {
            bool found = false;
            for (const auto& word : words->as_array()) found = found || word == value;
            if (!found) return to_line(value) + " is not in the list";
        }
    }
    return violation_inside(schema, value);
}

}  // namespace busbar::config::test
