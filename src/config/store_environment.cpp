#include <algorithm>
#include <boost/json.hpp>

#include "config/flags.hpp"
#include "config/store.hpp"
#include "config/table/settings.hpp"
#include "config/writer.hpp"

namespace busbar::config {

namespace json = boost::json;

namespace {

/// What an environment variable says: lists between commas, a table that is there "true".
std::string text_of(const json::value& value) {
    switch (value.kind()) {
        case json::kind::null: return "";
        case json::kind::object: return "true";
        case json::kind::string: return std::string(value.get_string());
        case json::kind::array: {
            std::string list;
            for (const auto& each : value.get_array()) list += (list.empty() ? "" : ",") + text_of(each);
            return list;
        }
        default: return json::serialize(value);
    }
}

}  // namespace

std::vector<std::string> environment_of(const StoreOptions& store) {
    const json::value redis{{"redis", to_json(store)}};
    std::vector<std::string> environment;
    for (const Flag& flag : flags(Document::store_start)) {
        std::string pointer = "/" + flag.path;
        std::replace(pointer.begin(), pointer.end(), '.', '/');
        json::error_code absent;
        const json::value* value = redis.find_pointer(pointer, absent);  // none of the password, and below no TLS
        std::string text = value != nullptr ? text_of(*value) : "";
        if (flag.path == "redis.pwd" && store.password_file.empty()) text = store.password;
        environment.push_back(flag.environment + "=" + text);
    }
    return environment;
}

}  // namespace busbar::config
