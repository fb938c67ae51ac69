#include "connector/common/not_topical.hpp"

namespace busbar::connector {

void mark_not_topical(point::Point& point, UtcTime now) {
    point.quality.set(point::Flag::NT);
    point.cot = 3;
    point.unchanged = false;
    point.time.reset();
    point.time_flags = {};
    point.time_raw = {};
    point.raw = {};
    point.received = now;
}

std::optional<std::string> mark_not_topical(std::string_view json, std::string_view source, UtcTime now) {
    auto point = point::read_json(json);
    if (!point || point->source != source || point->quality.has(point::Flag::NT)) return std::nullopt;
    mark_not_topical(*point, now);
    std::string text(point::max_json_size + 6 * (point->source.size() + point->reason.size()), '\0');
    text.resize(static_cast<std::size_t>(point::write_json(text.data(), *point) - text.data()));
    return text;
}

}  // namespace busbar::connector
