#include "manage/actions/conceal.hpp"

#include <boost/json.hpp>

namespace busbar::manage {

namespace json = boost::json;

namespace {

void conceal(json::value& value) {
    if (auto* array = value.if_array()) {
        for (json::value& each : *array) conceal(each);
    } else if (auto* object = value.if_object()) {
        for (auto& [key, member] : *object) {
            if (key == "password" && member.is_string() && !member.as_string().empty()) {
                member = "***";
            } else {
                conceal(member);
            }
        }
    }
}

}  // namespace

std::string without_secrets(std::string_view text) {
    json::value value = json::parse(text);
    conceal(value);
    return json::serialize(value);
}

}  // namespace busbar::manage
