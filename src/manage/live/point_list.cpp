#include "manage/live/point_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <iterator>

#include "base/result.hpp"
#include "point/point.hpp"

namespace busbar::manage {

namespace {

constexpr std::size_t cursor_size = 12;

void write_conflict(std::string& out, const LivePoint& live, const PointTable& table) {
    if (!live.has_conflict()) return;
    out += ",\"conflict\":{";
    if (live.sources_conflict) {
        out += "\"source\":";
        out += boost::json::serialize(boost::json::string(table.source_name(live.other_source)));
    }
    if (live.types_conflict)
        fmt::format_to(std::back_inserter(out), "{}\"type\":{}", live.sources_conflict ? "," : "", live.other_type);
    out += '}';
}

}  // namespace

void write_value(std::string& out, const LivePoint& live, const PointTable& table) {
    auto point = point::read_json(live.json);
    require(point.has_value(), "the table of points has points only");
    point->casdu = live.address.casdu;
    point->ioa = live.address.ioa;
    point->received = live.received;
    if (point->source.empty()) point->source = table.source_name(live.source);
    const std::size_t before = out.size();
    out.resize(before + point::max_json_size + 6 * (point->source.size() + point->reason.size()));
    out.resize(static_cast<std::size_t>(point::write_json(out.data() + before, *point) - out.data()));
    out.pop_back();  // the object goes on
    write_conflict(out, live, table);
}

void write_age_and_name(std::string& out, const LivePoint& live, const PointName* name, UtcTime now) {
    const auto age = std::max<std::int64_t>(0, (now - live.received).count());
    fmt::format_to(std::back_inserter(out), ",\"age_ms\":{}", age);
    if (name != nullptr) out += name->members;
    out += '}';
}

void write_point(std::string& out, store::ImageAddress address, const LivePoint* live, const PointName* name,
                 const PointTable& table, UtcTime now) {
    if (live != nullptr) {
        write_value(out, *live, table);
        return write_age_and_name(out, *live, name, now);
    }
    fmt::format_to(std::back_inserter(out), "{{\"casdu\":{},\"ioa\":{}", address.casdu, address.ioa);
    if (name != nullptr) out += name->members;
    out += '}';
}

PointPage write_page(const PointTable& table, PointNames& names, const PointFilter& filter,
                     std::optional<store::ImageAddress> after, std::size_t limit, UtcTime now) {
    PointPage page;
    const auto& named = names.all();
    const auto& points = table.points();
    auto live = after ? points.upper_bound(*after) : points.begin();
    auto name = after ? std::ranges::upper_bound(named, *after, {}, &PointName::address) : named.begin();
    while (live != points.end() || name != named.end()) {
        const bool both = live != points.end() && name != named.end();
        const bool takes_live = live != points.end() && (!both || live->first <= name->address);
        const bool takes_name = name != named.end() && (!both || name->address <= live->first);
        const auto address = takes_live ? live->first : name->address;
        const LivePoint* value = takes_live && !live->second.is_gone() ? &live->second : nullptr;
        const PointName* known = takes_name ? &*name : nullptr;
        if (takes_live) ++live;
        if (takes_name) ++name;
        if (value == nullptr && known == nullptr) continue;
        if (!filter.matches(address, value, known, table, now)) continue;
        if (page.addresses.size() == limit) {
            page.last = page.addresses.back();
            break;
        }
        if (!page.addresses.empty()) page.json += ',';
        write_point(page.json, address, value, known, table, now);
        page.addresses.push_back(address);
    }
    return page;
}

std::string to_cursor(store::ImageAddress address) { return fmt::format("{:04x}{:08x}", address.casdu, address.ioa); }

std::optional<store::ImageAddress> read_cursor(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
    if (text.size() != cursor_size || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return store::ImageAddress{static_cast<std::uint16_t>(number >> 32), static_cast<std::uint32_t>(number)};
}

}  // namespace busbar::manage
