#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <iostream>

#include "busbar/point_text.hpp"
#include "busbar/store_pages.hpp"
#include "busbar/store_visit.hpp"
#include "busbar/subcommand.hpp"
#include "config/json_text.hpp"
#include "connector/common/translate.hpp"

namespace busbar::program {

namespace json = boost::json;

namespace {

constexpr std::size_t max_value_size = 4096;

/// JSON as it stands; "on" and "off"; anything else is text ("NaN").
json::value value_of(const std::string& text) {
    if (text == "on") return true;
    if (text == "off") return false;
    const auto parsed = config::parse_json(text, max_value_size);
    return parsed ? *parsed : json::value(json::string(text));
}

}  // namespace

Result<std::string> point_to_set(const SetOptions& options, UtcTime now) {
    const auto* type = iec60870::find_type(options.type);
    if (options.value.size() > 1024) return fail("--value: longer than any point's");
    if (!type) return fail(fmt::format("--type: {} is not a type of IEC 60870-5-104", options.type));
    if (options.value.size() > max_value_size)
        return fail(fmt::format("--value: longer than {} octets", max_value_size));
    json::object object{{"type", options.type}, {"value", value_of(options.value)}, {"cot", options.cot}};
    if (!options.quality.empty()) object["quality"] = json::array(options.quality.begin(), options.quality.end());
    if (options.time != "none" && options.time != "now") object["time"] = options.time;
    const std::string text = json::serialize(object);
    auto point = point::read_json(text);
    if (!point) return fail("--" + point.error().what);  // it begins with the member, which is the option
    point->casdu = options.address.casdu;
    point->ioa = options.address.ioa;
    point->source = options.source;
    if (options.time == "now") point->time = now;
    // What no line could carry is no point.
    const auto element = connector::from_point(*type, *point, now, connector::TimeZone{});
    if (!element) return fail("--" + element.error().what);
    return json_text(*point);
}

int store_set(const config::StoreOptions& store, const SetOptions& options) {
    StoreVisit visit(store);
    const auto json = point_to_set(options, visit.loop().utc_now());
    if (!json) throw UsageError(json.error().what);
    const std::string key = store::image_key(options.address);
    return visit.run([&] {
        visit.store().client().command({"SET", key, *json}, [&](const store::Reply& reply) {
            if (reply.is_good())
                std::cout << key << ' ' << *json << '\n';
            else
                std::cerr << key << ": " << reply.text() << '\n';
            visit.finish(reply.is_good() ? exit_good : exit_failed);
        });
    });
}

}  // namespace busbar::program
