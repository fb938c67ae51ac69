#include "manage/live/point_table.hpp"

#include "point/point.hpp"

namespace busbar::manage {

namespace {

/// Types that differ in their time tag alone, or say the same in another way, are of one kind: that without time tag.
std::uint8_t kind_of(std::uint8_t type) {
    if (type == 21) return 9;  // normalized without quality
    if (type >= 2 && type <= 16 && type % 2 == 0) return static_cast<std::uint8_t>(type - 1);
    if (type >= 30 && type <= 37) return static_cast<std::uint8_t>(2 * (type - 30) + 1);
    if (type >= 38 && type <= 40) return static_cast<std::uint8_t>(type - 21);
    return type;
}

}  // namespace

bool PointTable::take(store::ImageAddress address, std::string_view json, std::string_view source, UtcTime seen) {
    const auto read = point::read_json(json);
    if (!read) return false;
    LivePoint* point = place(address);
    if (point == nullptr) return false;
    point->load = load_;
    if (point->json == json) return false;
    if (point->is_gone() && point->change != 0) --gone_;
    // A text that grows in place would keep twice the room it needs.
    if (json.size() > point->json.capacity()) {
        point->json = std::string(json);
    } else {
        point->json = json;
    }
    point->received = read->received.value_or(seen);
    point->quality = read->quality.bits;
    note_writer(*point, number_of(read->source.empty() ? source : read->source), read->type);
    point->cot = read->cot;
    mark_changed(*point);
    return true;
}

void PointTable::begin_load() {
    ++load_;
    changes_at_load_before_ = changes_at_load_;
    changes_at_load_ = changes_;
}

bool PointTable::take_loaded(store::ImageAddress address, std::optional<std::string_view> json, UtcTime seen) {
    const auto found = points_.find(address);
    if (found == points_.end()) return json && take(address, *json, {}, seen);
    LivePoint& point = found->second;
    if (point.change > changes_at_load_) return false;
    if (json) return take(address, *json, {}, seen);
    if (point.is_gone()) return false;
    lose(point);
    return true;
}

void PointTable::end_load() {
    for (auto at = points_.begin(); at != points_.end();) {
        LivePoint& point = at->second;
        if (point.is_gone() && point.change <= changes_at_load_before_) {
            take_out(point);
            --gone_;
            at = points_.erase(at);
            continue;
        }
        if (!point.is_gone() && point.load != load_ && point.change <= changes_at_load_) lose(point);
        ++at;
    }
}

const LivePoint* PointTable::find(store::ImageAddress address) const {
    const auto found = points_.find(address);
    return found == points_.end() || found->second.is_gone() ? nullptr : &found->second;
}

const LivePoint* PointTable::first_after(std::uint64_t number) const {
    if (newest_ == nullptr || newest_->change <= number) return nullptr;
    const LivePoint* point = blocks_.lower_bound((number + 1) / block)->second;
    while (point->change <= number) point = point->newer;
    return point;
}

std::optional<std::uint16_t> PointTable::source_named(std::string_view name) const {
    const auto found = source_numbers_.find(name);
    if (found == source_numbers_.end()) return std::nullopt;
    return found->second;
}

LivePoint* PointTable::place(store::ImageAddress address) {
    const auto found = points_.find(address);
    if (found != points_.end()) return &found->second;
    if (points_.size() >= most) {
        ++left_out_;
        return nullptr;
    }
    LivePoint& point = points_[address];
    point.address = address;
    return &point;
}

void PointTable::mark_changed(LivePoint& point) {
    take_out(point);
    point.change = ++changes_;
    point.older = newest_;
    (newest_ != nullptr ? newest_->newer : oldest_) = &point;
    newest_ = &point;
    const std::uint64_t number = point.change / block;
    if (blocks_.empty() || blocks_.rbegin()->first != number) blocks_.emplace_hint(blocks_.end(), number, &point);
}

void PointTable::take_out(LivePoint& point) {
    if (point.change == 0) return;  // never in
    const std::uint64_t number = point.change / block;
    if (point.older == nullptr || point.older->change / block != number) {
        const auto first = blocks_.find(number);
        first->second = point.newer;
        if (point.newer == nullptr || point.newer->change / block != number) blocks_.erase(first);
    }
    (point.older != nullptr ? point.older->newer : oldest_) = point.newer;
    (point.newer != nullptr ? point.newer->older : newest_) = point.older;
    point.older = point.newer = nullptr;
}

void PointTable::note_writer(LivePoint& point, std::uint16_t source, std::uint8_t type) {
    if (source != point.source && source != 0 && point.source != 0) {
        point.sources_conflict = point.sources_conflict || source == point.other_source;
        point.other_source = point.source;
    }
    if (point.type != 0 && kind_of(type) != kind_of(point.type)) {
        point.types_conflict = point.types_conflict || kind_of(type) == kind_of(point.other_type);
        point.other_type = point.type;
    }
    point.source = source;
    point.type = type;
}

void PointTable::lose(LivePoint& point) {
    point.json = std::string();
    point.source = point.other_source = 0;
    point.type = point.other_type = 0;
    point.sources_conflict = point.types_conflict = false;
    ++gone_;
    mark_changed(point);
}

/// Further ones than there is room for have no name here; a text of a point still says it.
std::uint16_t PointTable::number_of(std::string_view source) {
    if (const auto known = source_named(source)) return *known;
    if (sources_.size() >= most_sources) return 0;
    const auto number = static_cast<std::uint16_t>(sources_.size());
    sources_.emplace_back(source);
    source_numbers_.emplace(source, number);
    return number;
}

}  // namespace busbar::manage
