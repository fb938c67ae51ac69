#include <fmt/format.h>

#include <stdexcept>

// toml++ 3.3 only asserts that a key does not begin with '[' ("[[["), but an operator's slip must not end us.
[[noreturn]] static void refuse() { throw std::invalid_argument("malformed"); }
#undef NDEBUG
#define TOML_EXCEPTIONS 0
#define TOML_ASSERT(condition) ((condition) ? void() : refuse())
#include <toml++/toml.h>

#include <boost/json/array.hpp>
#include <sstream>

#include "config/toml.hpp"

namespace busbar::config {

namespace json = boost::json;

namespace {

class Converter {
public:
    explicit Converter(TomlDocument& document) : document_(document) {}

    json::object table(const toml::table& from, const std::string& path) {
        json::object object;
        for (const auto& [key, node] : from) {
            const std::string name(key.str());
            object[name] = value(node, path.empty() ? name : path + "." + name);
        }
        return object;
    }

private:
    json::value value(const toml::node& node, const std::string& path) {
        document_.lines[path] = node.source().begin.line;
        if (const auto* inner = node.as_table()) return table(*inner, path);
        if (const auto* list = node.as_array()) return array(*list, path);
        if (const auto* text = node.as_string()) return json::string(text->get());
        if (const auto* whole = node.as_integer()) return whole->get();
        if (const auto* real = node.as_floating_point()) return real->get();
        if (const auto* truth = node.as_boolean()) return truth->get();
        // A date or a time: no option is one; as text it gets an ordinary complaint.
        std::ostringstream text;
        node.visit([&](const auto& any) { text << any; });
        return json::string(text.str());
    }

    json::array array(const toml::array& from, const std::string& path) {
        json::array list;
        for (const toml::node& node : from) list.push_back(value(node, fmt::format("{}[{}]", path, list.size())));
        return list;
    }

    TomlDocument& document_;
};

}  // namespace

Result<TomlDocument> read_toml(std::string_view text) {
    if (text.size() > max_toml_size) return fail(fmt::format("longer than {} octets", max_toml_size));
    try {
        const toml::parse_result parsed = toml::parse(text);
        if (!parsed) {
            const toml::source_position at = parsed.error().source().begin;
            return fail(fmt::format("line {}, column {}: {}", at.line, at.column, parsed.error().description()));
        }
        TomlDocument document;
        document.values = Converter(document).table(parsed.table(), "");
        return document;
    } catch (const std::invalid_argument& error) {
        return fail(error.what());
    }
}

}  // namespace busbar::config
