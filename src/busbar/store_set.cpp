#include <boost/json/value.hpp>
#include <iostream>

#include "busbar/store_pages.hpp"
#include "busbar/store_visit.hpp"
#include "busbar/subcommand.hpp"
#include "config/json_text.hpp"
#include "connector/common/wanted_point.hpp"

namespace busbar::program {

namespace json = boost::json;

namespace {

constexpr std::size_t max_value_size = 4096;

}  // namespace

Result<json::value> option_value(const std::string& text) {
    if (text.size() > 1024) return fail("--value: longer than any point's");
    if (text == "on") return true;
    if (text == "off") return false;
    const auto parsed = config::parse_json(text, max_value_size);
    return parsed ? *parsed : json::value(json::string(text));
}

Result<std::string> point_to_set(const SetOptions& options, UtcTime now) {
    auto value = option_value(options.value);
    if (!value) return tl::make_unexpected(value.error());
    auto point = connector::point_of(
        {options.address, options.type, std::move(*value), options.quality, options.cot, options.time, options.source},
        now);
    if (!point) return fail("--" + point.error().what);
    return point;
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
