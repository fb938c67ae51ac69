#include "connector/common/wanted_point.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "connector/common/translate.hpp"
#include "iec104/station/command_words.hpp"
#include "iec60870/asdu/type_table.hpp"

namespace busbar::connector {

namespace json = boost::json;

Result<std::string> point_of(const WantedPoint& wanted, UtcTime now) {
    const auto* type = iec60870::find_type(wanted.type);
    if (!type) return fail(fmt::format("type: {} is not a type of IEC 60870-5-104", wanted.type));
    json::object object{{"type", wanted.type}, {"value", wanted.value}, {"cot", wanted.cot}};
    if (!wanted.quality.empty()) object["quality"] = json::array(wanted.quality.begin(), wanted.quality.end());
    if (wanted.time != "none" && wanted.time != "now") object["time"] = wanted.time;
    const std::string text = json::serialize(object);
    auto point = point::read_json(text);
    if (!point) return tl::make_unexpected(point.error());  // it begins with the member
    point->casdu = wanted.address.casdu;
    point->ioa = wanted.address.ioa;
    point->source = wanted.source;
    if (wanted.time == "now") point->time = now;
    const auto element = from_point(*type, *point, now, TimeZone{});
    if (!element) return tl::make_unexpected(element.error());
    return json_text(*point);
}

Result<std::string> command_point_of(const WantedCommand& wanted, UtcTime now) {
    const bool parameter = iec104::is_parameter(wanted.type);
    if (!parameter && !iec104::is_command(wanted.type))
        return fail(fmt::format("type: {} is no command (45-51, 58-64, 110-113)", wanted.type));
    if (parameter && wanted.select) return fail("select: parameters are not selected");
    if (wanted.cancel && iec104::is_parameter_value(wanted.type))
        return fail("cancel: a parameter that was loaded stays loaded");
    if (wanted.select && wanted.cancel) return fail("cancel: not together with select");
    if ((wanted.select || wanted.cancel) && iec104::command_without_time_tag(wanted.type) == 51)
        return fail("select: bit strings cannot be selected");
    const bool has_tag = iec104::has_command_time_tag(wanted.type);
    return point_of({wanted.address, wanted.type, wanted.value, {}, 3, has_tag ? "now" : "none", wanted.source}, now);
}

std::string json_text(const point::Point& point) {
    std::string text(point::max_json_size + 6 * (point.source.size() + point.reason.size()), '\0');
    text.resize(static_cast<std::size_t>(point::write_json(text.data(), point) - text.data()));
    return text;
}

}  // namespace busbar::connector
