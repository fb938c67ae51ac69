#include "manage/actions/points.hpp"
#include "manage/live/live.hpp"
#include "manage/live/point_list.hpp"
#include "manage/rest/route.hpp"

namespace busbar::manage {

namespace {

Outcome<Answer> list(Installation& installation, const Call& call) {
    const auto filter = read_filter([&call](std::string_view word) -> std::optional<std::string> {
        const auto given = call.asked(word);
        return given ? std::optional<std::string>(*given) : std::nullopt;
    });
    if (!filter) return tl::make_unexpected(filter.error());
    std::optional<store::ImageAddress> after;
    if (const auto cursor = call.asked("after")) {
        after = read_cursor(*cursor);
        if (!after) return refuse(Problem::Kind::invalid, "invalid_cursor", "`after` is no `next` of an answer");
    }
    auto& live = installation.live;
    auto page = write_page(live.points.table(), live.names, *filter, after,
                           static_cast<std::size_t>(call.number("limit", 1000)), installation.loop.utc_now());
    std::string text = "{\"points\":[" + page.json + "],\"current\":" + (live.points.is_current() ? "true" : "false") +
                       ",\"live\":" + std::to_string(live.points.table().size());
    if (page.last) text += ",\"next\":\"" + to_cursor(*page.last) + '"';
    return Answer{200, nullptr, {}, text + '}'};
}

Outcome<store::ImageAddress> read_address(std::string_view casdu, std::string_view ioa) {
    const auto station = read_number(casdu, 0xffff);
    if (!station) return refuse(Problem::Kind::invalid, "invalid_casdu", "casdu is a number from 0 to 65535");
    const auto object = read_number(ioa, 0xffffffff);
    if (!object) return refuse(Problem::Kind::invalid, "invalid_ioa", "ioa is a number from 0 to 4294967295");
    return store::ImageAddress{static_cast<std::uint16_t>(*station), static_cast<std::uint32_t>(*object)};
}

Outcome<Answer> show(Installation& installation, const Call& call) {
    const auto address = read_address(call.at("casdu"), call.at("ioa"));
    if (!address) return tl::make_unexpected(address.error());
    auto& live = installation.live;
    const LivePoint* value = live.points.table().find(*address);
    const auto row = find_point(installation.database, {address->casdu, address->ioa});
    if (value == nullptr && !row)
        return refuse(Problem::Kind::not_found, "no_such_point", "nothing is known of this point");
    Answer answer;
    std::optional<PointName> name;
    if (row) {
        name = name_of(*row);
        if (row->metadata != "{}") name->members += ",\"metadata\":" + row->metadata;
        answer.headers.emplace_back("etag", '"' + version_of(*row) + '"');
    }
    write_point(answer.text, *address, value, name ? &*name : nullptr, live.points.table(),
                installation.loop.utc_now());
    return answer;
}

/// The interface of systems before this one: points as they lie in the store.
Outcome<Answer> data_points(Installation& installation, const Call& call) {
    const auto address = read_address(call.asked("casdu").value_or("0"), call.asked("ioa").value_or("0"));
    if (!address) return tl::make_unexpected(address.error());
    const auto& points = installation.live.points;
    if (!points.is_current()) return refuse(Problem::Kind::unavailable, "store_away", "the store is away");
    const bool has_casdu = call.asked("casdu").has_value(), has_ioa = call.asked("ioa").has_value();
    std::string text = "{\"datapoints\":[";
    for (const auto& [place, point] : points.table().points()) {
        if (point.is_gone() || (has_casdu && place.casdu != address->casdu) || (has_ioa && place.ioa != address->ioa))
            continue;
        if (text.back() != '[') text += ',';
        text += point.json;
    }
    return Answer{200, nullptr, {}, text + "]}"};
}

}  // namespace

std::vector<Parameter> filter_parameters() {
    using Type = Parameter::Type;
    return {{"connector", "The source of the value", Type::text, 0, 200},
            {"casdu", "Common address", Type::integer, 0, 65535},
            {"ioa_from", "Information object address, from", Type::integer, 0, 4294967295},
            {"ioa_to", "Information object address, to", Type::integer, 0, 4294967295},
            {"type", "Type identification", Type::integer, 0, 127},
            {"quality",
             "good, bad, or a flag that is set",
             Type::text,
             0,
             16,
             {"good", "bad", "IV", "NT", "SB", "BL", "OV", "EI", "CY", "CA", "transient"}},
            {"cot", "Cause of transmission", Type::integer, 0, 63},
            {"age_over_ms", "Received longer ago", Type::integer, 0, std::int64_t{1} << 48},
            {"age_under_ms", "Received since", Type::integer, 0, std::int64_t{1} << 48},
            {"text", "In name, description, site, device or CASDU/IOA", Type::text, 0, 200},
            {"known",
             "live: has a value; configured: has a name; all without it",
             Type::text,
             0,
             16,
             {"all", "live", "configured"}},
            {"commandable", "Can be commanded: an output, or with an address for commands", Type::boolean},
            {"conflict", "Several sources, or types of several kinds, write it", Type::boolean}};
}

std::vector<Route> live_point_routes() {
    using Type = Parameter::Type;
    auto parameters = filter_parameters();
    parameters.push_back({"after", "`next` of the answer before", Type::text, 0, 100});
    parameters.push_back({"limit", "How many at most; 1,000 without it", Type::integer, 1, 10'000});
    return {
        {"GET",
         "/api/v1/points",
         "listPoints",
         "Points",
         "Points with their newest values and what is known of them, by address",
         Role::viewer,
         {},
         "Points",
         200,
         std::move(parameters),
         false,
         {"invalid_filter", "invalid_cursor"},
         at_once(list)},
        {"GET",
         "/api/v1/points/{casdu}/{ioa}",
         "getPoint",
         "Points",
         "One point with all that is known of it; its ETag is that of what is known",
         Role::viewer,
         {},
         "Point",
         200,
         {},
         false,
         {"invalid_casdu", "invalid_ioa", "no_such_point"},
         at_once(show)},
        {"GET",
         "/api/datapoints",
         "listDataPoints",
         "Points",
         "Points as they lie in the store, for programs that know the older interface",
         Role::viewer,
         {},
         "DataPoints",
         200,
         {{"casdu", "Common address", Type::text, 0, 20}, {"ioa", "Information object address", Type::text, 0, 20}},
         false,
         {"invalid_casdu", "invalid_ioa", "store_away"},
         at_once(data_points)},
    };
}

}  // namespace busbar::manage
