#include "manage/live/event_json.hpp"

#include <fmt/format.h>

#include <iterator>

#include "point/point.hpp"

namespace busbar::manage {

bool write_event(std::string& out, store::StreamId id, store::ImageAddress address, std::string_view source,
                 std::string_view data) {
    auto point = point::read_json(data);
    if (!point) return false;
    point->casdu = address.casdu;
    point->ioa = address.ioa;
    if (point->source.empty()) point->source = source;
    char at[iso8601_size];
    write_iso8601(at, UtcTime{std::chrono::milliseconds{id.milliseconds}});
    fmt::format_to(std::back_inserter(out), "{{\"id\":\"{}\",\"at\":\"{}\",", to_string(id),
                   std::string_view(at, sizeof at));
    const std::size_t before = out.size();
    out.resize(before + point::max_json_size + 6 * (point->source.size() + point->reason.size()));
    out.resize(static_cast<std::size_t>(point::write_json(out.data() + before, *point) - out.data()));
    out.erase(before, 1);  // its bracket is open already
    return true;
}

}  // namespace busbar::manage
