#include "manage/rest/openapi.hpp"

#include <boost/json.hpp>
#include <string>

namespace busbar::manage {

namespace json = boost::json;

namespace {

json::object reference(std::string_view schema) { return {{"$ref", "#/components/schemas/" + std::string(schema)}}; }

json::object content(std::string_view type, std::string_view schema) {
    return {{std::string(type), {{"schema", reference(schema)}}}};
}

json::object files(const std::vector<std::string_view>& types) {
    json::object files;
    for (const auto type : types) files[type] = json::object{};
    return files;
}

json::object schema_of(const Parameter& parameter) {
    json::object schema;
    switch (parameter.type) {
        case Parameter::Type::boolean: return {{"type", "boolean"}};
        case Parameter::Type::integer:
            schema = {{"type", "integer"}, {"minimum", parameter.least}};
            if (parameter.most != std::numeric_limits<std::int64_t>::max()) schema["maximum"] = parameter.most;
            return schema;
        case Parameter::Type::text: break;
    }
    schema = {{"type", "string"}};
    if (parameter.most != std::numeric_limits<std::int64_t>::max() && parameter.words.empty())
        schema["maxLength"] = parameter.most;
    if (!parameter.words.empty()) schema["enum"] = json::array(parameter.words.begin(), parameter.words.end());
    return schema;
}

void add_path_parameters(std::string_view path, json::array& parameters) {
    for (auto open = path.find('{'); open != std::string_view::npos; open = path.find('{', open + 1)) {
        const auto name = path.substr(open + 1, path.find('}', open) - open - 1);
        parameters.push_back(
            {{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}, {"minLength", 1}}}});
    }
}

json::array parameters_of(const Route& route) {
    json::array parameters;
    add_path_parameters(route.path, parameters);
    const auto add = [&parameters](const std::vector<Parameter>& all, std::string_view place) {
        for (const Parameter& parameter : all) {
            parameters.push_back({{"name", parameter.name},
                                  {"in", place},
                                  {"description", parameter.description},
                                  {"schema", schema_of(parameter)}});
        }
    };
    add(route.parameters, "query");
    add(route.headers, "header");
    if (route.if_match) {
        parameters.push_back({{"name", "If-Match"},
                              {"in", "header"},
                              {"description", "The ETag of what is to be changed; without it whatever is there."},
                              {"schema", {{"type", "string"}}}});
    }
    if (route.idempotency_key) {
        parameters.push_back(
            {{"name", "Idempotency-Key"},
             {"in", "header"},
             {"description",
              "A repeat with the same key within a day gets the first answer, and nothing is done again."},
             {"schema", {{"type", "string"}, {"maxLength", 200}}}});
    }
    return parameters;
}

json::object problem(std::string_view description) {
    return {{"description", description}, {"content", content("application/problem+json", "Problem")}};
}

json::object responses_of(const Route& route) {
    json::object good{{"description", route.summary}};
    if (!route.answer.empty()) good["content"] = content(route.answer_type, route.answer);
    if (!route.answer_types.empty()) good["content"] = files(route.answer_types);
    json::object responses{{std::to_string(route.good), std::move(good)}};
    std::string codes = "The request is refused; `code` says why";
    for (const auto code : route.codes) codes += (code == route.codes.front() ? ": " : ", ") + std::string(code);
    responses["default"] = problem(codes + ".");
    return responses;
}

/// A body that may be a file, or what the schema describes.
void add_files(json::object& operation, const Route& route) {
    json::object types = files(route.body_types);
    if (!route.body.empty()) types["application/json"] = content("application/json", route.body).at("application/json");
    operation["requestBody"] = {{"required", false}, {"content", std::move(types)}};
}

json::object operation_of(const Route& route) {
    json::object operation{{"operationId", route.operation},
                           {"tags", json::array{route.tag}},
                           {"summary", route.summary},
                           {"parameters", parameters_of(route)},
                           {"responses", responses_of(route)}};
    if (route.other_parameters) operation["x-other-parameters"] = true;
    if (!route.body.empty())
        operation["requestBody"] = {{"required", true}, {"content", content("application/json", route.body)}};
    if (!route.body_types.empty()) add_files(operation, route);
    if (route.needs) {
        operation["x-role"] = to_string(*route.needs);
        if (route.place != Place::everywhere) operation["x-role-in-area"] = true;
    } else {
        operation["security"] = json::array{};
    }
    return operation;
}

}  // namespace

json::object openapi_document(const std::vector<Route>& routes) {
    json::object paths;
    for (const Route& route : routes) {
        std::string method(route.method);
        for (char& letter : method) letter = static_cast<char>(letter + 32);
        json::value& path = paths[route.path];
        if (path.is_null()) path = json::object{};
        path.as_object()[method] = operation_of(route);
    }
    return {{"openapi", "3.1.0"},
            {"info",
             {{"title", "Busbar"},
              {"version", BUSBAR_VERSION},
              {"description",
               "Everything that can be done with an installation. Who logs in gets a cookie, and a CSRF token that "
               "every request other than GET carries in X-CSRF-Token."}}},
            {"paths", std::move(paths)},
            {"security", json::array{{{"session", json::array{}}}}},
            {"components",
             {{"securitySchemes", {{"session", {{"type", "apiKey"}, {"in", "cookie"}, {"name", "busbar_session"}}}}},
              {"schemas", api_schemas()}}}};
}

}  // namespace busbar::manage
