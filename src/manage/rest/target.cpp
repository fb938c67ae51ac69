#include "manage/rest/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/url.hpp>
#include <charconv>
#include <set>

#include "base/utf8.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace {

std::optional<std::string> decoded(std::string_view text) {
    const auto view = boost::urls::make_pct_string_view(text);
    if (!view) return std::nullopt;
    return view->decode();
}

/// Of a text; 1000 where the route does not say.
std::int64_t longest_of(const Parameter& parameter) {
    return parameter.most == std::numeric_limits<std::int64_t>::max() ? 1000 : parameter.most;
}

std::string fault_of(const Parameter& parameter, const std::string& value) {
    using Type = Parameter::Type;
    if (parameter.type == Type::boolean) return value == "true" || value == "false" ? "" : "is true or false";
    if (parameter.type == Type::integer) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        const bool good = error == std::errc{} && end == value.data() + value.size() && number >= parameter.least &&
                          number <= parameter.most;
        return good ? "" : fmt::format("is a whole number from {} to {}", parameter.least, parameter.most);
    }
    if (static_cast<std::int64_t>(value.size()) > longest_of(parameter)) return "is too long";
    if (parameter.words.empty() ||
        std::find(parameter.words.begin(), parameter.words.end(), value) != parameter.words.end())
        return "";
    return fmt::format("is one of {}", fmt::join(parameter.words, ", "));
}

}  // namespace

Result<Target> parse_target(std::string_view target) {
    const auto url = boost::urls::parse_origin_form(target);
    if (!url) return fail("the address of the request is malformed");
    // Names and values come back in answers, which are UTF-8.
    if (first_not_utf8(boost::urls::make_pct_string_view(target)->decode()) != std::string::npos)
        return fail("the address of the request is not UTF-8");
    Target parsed{std::string(url->encoded_path()), {}};
    for (const auto& parameter : url->params()) parsed.query.emplace_back(parameter.key, parameter.value);
    return parsed;
}

std::optional<std::map<std::string, std::string, std::less<>>> match(std::string_view pattern, std::string_view path) {
    std::map<std::string, std::string, std::less<>> values;
    for (;;) {
        const auto pattern_end = pattern.find('/', 1), path_end = path.find('/', 1);
        const auto wanted = pattern.substr(0, pattern_end), given = path.substr(0, path_end);
        if (wanted.size() > 2 && wanted[1] == '{') {
            auto value = given.size() > 1 ? decoded(given.substr(1)) : std::nullopt;
            if (!value || value->empty()) return std::nullopt;
            values.emplace(wanted.substr(2, wanted.size() - 3), std::move(*value));
        } else if (wanted != given) {
            return std::nullopt;
        }
        if ((pattern_end == std::string_view::npos) != (path_end == std::string_view::npos)) return std::nullopt;
        if (pattern_end == std::string_view::npos) return values;
        pattern.remove_prefix(pattern_end);
        path.remove_prefix(path_end);
    }
}

std::vector<Problem::Fault> query_faults(const Route& route,
                                         const std::vector<std::pair<std::string, std::string>>& query) {
    std::vector<Problem::Fault> faults;
    std::set<std::string_view> seen;
    for (const auto& [name, value] : query) {
        const auto parameter = std::find_if(route.parameters.begin(), route.parameters.end(),
                                            [&name = name](const Parameter& each) { return each.name == name; });
        if (parameter == route.parameters.end() && route.other_parameters) continue;
        std::string fault = parameter == route.parameters.end() ? "there is no such parameter"
                            : !seen.insert(name).second         ? "is given twice"
                                                                : fault_of(*parameter, value);
        if (!fault.empty()) faults.push_back({name.substr(0, 64), std::move(fault)});
    }
    return faults;
}

}  // namespace busbar::manage
