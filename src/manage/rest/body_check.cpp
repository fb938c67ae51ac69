#include "manage/rest/body_check.hpp"

// g++ 12 with sanitizers sees ghosts in the regular expressions that valijson includes.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace busbar::manage {

namespace json = boost::json;
using Adapter = valijson::adapters::BoostJsonAdapter;

namespace {

/// Patterns are matched by std::regex, whose stack grows with the text: the text has a bound before.
bool has_long_text(const json::value& value) {
    if (const auto* text = value.if_string()) return text->size() > BodyCheck::max_text;
    if (const auto* array = value.if_array()) return std::any_of(array->begin(), array->end(), has_long_text);
    if (const auto* object = value.if_object())
        return std::any_of(object->begin(), object->end(), [](const auto& member) {
            return member.key().size() > BodyCheck::max_text || has_long_text(member.value());
        });
    return false;
}

/// valijson throws on a `format` of what is no text; formats are for readers of the document anyway.
void remove_formats(json::value& schema) {
    if (auto* array = schema.if_array()) {
        for (json::value& each : *array) remove_formats(each);
    } else if (auto* object = schema.if_object()) {
        if (const auto* format = object->if_contains("format"); format != nullptr && format->is_string())
            object->erase("format");
        for (auto& [key, member] : *object) remove_formats(member);
    }
}

}  // namespace

struct BodyCheck::Schemas {
    std::map<std::string, valijson::Schema, std::less<>> by_name;
};

BodyCheck::BodyCheck(const json::object& schemas) : schemas_(std::make_unique<Schemas>()) {
    for (const auto& [name, ignored] : schemas) {
        json::value document{{"$ref", "#/components/schemas/" + std::string(name)},
                             {"components", {{"schemas", schemas}}}};
        remove_formats(document);
        valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
        parser.populateSchema(Adapter(document), schemas_->by_name[name]);
    }
}

BodyCheck::~BodyCheck() = default;

std::vector<Problem::Fault> BodyCheck::faults(std::string_view schema, const json::value& body) const {
    const auto found = schemas_->by_name.find(schema);
    require(found != schemas_->by_name.end(), "a route names a schema that is there");
    if (has_long_text(body)) return {{"", fmt::format("has a text of more than {} octets", max_text)}};
    valijson::Validator validator;
    valijson::ValidationResults results;
    std::vector<Problem::Fault> faults;
    if (validator.validate(found->second, Adapter(body), &results)) return faults;
    for (valijson::ValidationResults::Error error; results.popError(error) && faults.size() < max_faults;) {
        std::string where;
        for (const std::string& step : error.context) {
            if (step != "<root>") where += step;
        }
        faults.push_back({where, error.description});
    }
    return faults;
}

}  // namespace busbar::manage
