#include "config/schema.hpp"

#include <boost/json/array.hpp>
#include <cmath>
#include <cstdint>
#include <limits>

namespace busbar::config {

namespace json = boost::json;

namespace {

json::value bound(double number) {
    if (number == std::floor(number) && std::abs(number) < 1e18) return static_cast<std::int64_t>(number);
    return number;
}

void add_range(const Row& row, json::object& schema, std::string_view least, std::string_view most) {
    if (std::abs(row.range.least) < std::numeric_limits<double>::max()) schema[least] = bound(row.range.least);
    if (std::abs(row.range.most) < std::numeric_limits<double>::max()) schema[most] = bound(row.range.most);
}

json::object schema_of(const Row& row);

void add_members(const Row& table, json::object& schema) {
    json::object properties;
    json::array needed;
    for (const Row& member : table.members) {
        properties[member.key] = schema_of(member);
        if (member.has(required)) needed.push_back(json::string(member.key));
    }
    schema["properties"] = std::move(properties);
    if (!needed.empty()) schema["required"] = std::move(needed);
}

/// A table for each word; only the first may go without the word.
json::array alternatives(const Row& row) {
    json::array alternatives;
    for (const Row& alternative : row.members) {
        json::object schema{{"title", json::string(alternative.key)}, {"type", "object"}};
        add_members(alternative, schema);
        const json::object word{{"const", json::string(alternative.key)}};
        schema["properties"].as_object()[discriminator] = word;
        if (!alternatives.empty()) {
            if (!schema.contains("required")) schema["required"] = json::array{};
            schema["required"].as_array().push_back(json::string(discriminator));
        }
        alternatives.push_back(std::move(schema));
    }
    return alternatives;
}

std::string_view type_name(Kind kind) {
    switch (kind) {
        case Kind::boolean: return "boolean";
        case Kind::integer: return "integer";
        case Kind::number: return "number";
        case Kind::text:
        case Kind::choice: return "string";
        case Kind::list: return "array";
        case Kind::table:
        case Kind::variant: break;
    }
    return "object";
}

void add_kind(const Row& row, json::object& schema) {
    if (row.nullable)
        schema["type"] = json::array{json::string(type_name(row.kind)), "null"};
    else
        schema["type"] = json::string(type_name(row.kind));
    if (row.kind == Kind::integer || row.kind == Kind::number) add_range(row, schema, "minimum", "maximum");
    if (row.kind == Kind::text) {
        add_range(row, schema, "minLength", "maxLength");
        if (row.syntax) schema["pattern"] = json::string(row.syntax->pattern);
    }
    if (row.kind == Kind::choice) schema["enum"] = json::array(row.choices.begin(), row.choices.end());
    if (row.kind == Kind::list) schema["items"] = schema_of(row.members.front());
    if (row.kind == Kind::table) add_members(row, schema);
    if (row.kind == Kind::variant) schema["oneOf"] = alternatives(row);
}

json::object schema_of(const Row& row) {
    json::object schema;
    if (!row.sentence.empty()) schema["description"] = json::string(row.sentence);
    add_kind(row, schema);
    // A table's defaults stand at its members; an entry of a list has none where a member is required.
    const bool is_table = row.kind == Kind::table || row.kind == Kind::variant;
    if (!is_table && !row.has(required) && !row.key.empty()) schema["default"] = row.initial;
    if (!row.unit.empty()) schema["unit"] = json::string(row.unit);
    if (row.has(restarts)) schema["restarts"] = true;
    return schema;
}

}  // namespace

json::object schema(Document document) {
    json::object schema;
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
    schema["title"] = json::string(title(document));
    for (auto& [key, value] : schema_of(table(document))) schema[key] = std::move(value);
    return schema;
}

}  // namespace busbar::config
