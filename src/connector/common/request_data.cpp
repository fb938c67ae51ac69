#include "connector/common/request_data.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

namespace busbar::connector {

Result<RequestData> RequestData::parse(std::string_view data) {
    RequestData parsed;
    if (data.empty()) return parsed;
    boost::json::error_code fault;
    auto value = boost::json::parse(data, fault);
    if (fault || !value.is_object()) return fail("data: must be a JSON object");
    parsed.object_ = std::move(value.get_object());
    return parsed;
}

Result<std::int64_t> RequestData::number(std::string_view member, std::int64_t low, std::int64_t high,
                                         std::int64_t otherwise) const {
    const auto* value = object_.if_contains(member);
    if (!value && otherwise >= 0) return otherwise;
    if (!value) return fail(fmt::format("{}: is needed", member));
    boost::json::error_code fault;
    const auto number = value->to_number<std::int64_t>(fault);
    if (fault || number < low || number > high) return fail(fmt::format("{}: must be {}-{}", member, low, high));
    return number;
}

bool RequestData::flag(std::string_view member, bool otherwise) const {
    const auto* value = object_.if_contains(member);
    return value && value->is_bool() ? value->get_bool() : otherwise;
}

std::string RequestData::text(std::string_view member) const {
    const auto* value = object_.if_contains(member);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace busbar::connector
