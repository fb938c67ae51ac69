#include "connector/iec104_server/exposure.hpp"

#include <cmath>
#include <limits>
#include <utility>

namespace busbar::connector {

namespace {

/// What a type's value is made of; types of one kind differ in their time tag only.
enum class Kind { other, on_off, double_point, step, bits, normalized, scaled, real, counter };

Kind kind_of(std::uint8_t type) {
    switch (type) {
        case 1:
        case 2:
        case 30: return Kind::on_off;
        case 3:
        case 4:
        case 31: return Kind::double_point;
        case 5:
        case 6:
        case 32: return Kind::step;
        case 7:
        case 8:
        case 33: return Kind::bits;
        case 9:
        case 10:
        case 21:
        case 34: return Kind::normalized;
        case 11:
        case 12:
        case 35: return Kind::scaled;
        case 13:
        case 14:
        case 36: return Kind::real;
        case 15:
        case 16:
        case 37: return Kind::counter;
        default: return Kind::other;
    }
}

struct Range {
    double low, high;
};

Range range_of(Kind kind) {
    switch (kind) {
        case Kind::step: return {-64, 63};
        case Kind::bits: return {0, std::numeric_limits<std::uint32_t>::max()};
        case Kind::normalized: return {-1, 32767.0 / 32768};
        case Kind::scaled: return {-32768, 32767};
        case Kind::counter: return {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()};
        default: return {-std::numeric_limits<float>::max(), std::numeric_limits<float>::max()};
    }
}

std::optional<double> number(const point::Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
    if (const auto* real = std::get_if<double>(&value)) return *real;
    return std::nullopt;
}

/// The states 0 indeterminate, 1 off, 2 on, 3 indeterminate, whatever the value was.
std::optional<std::int64_t> state(const point::Value& value, Kind from) {
    if (const auto* on = std::get_if<bool>(&value)) return *on ? 2 : 1;
    const auto as_number = number(value);
    if (!as_number) return std::nullopt;
    if (from == Kind::double_point) return static_cast<std::int64_t>(*as_number);
    return *as_number != 0 ? 2 : 1;
}

void set_state(point::Point& point, Kind from, Kind to, bool invert) {
    auto as_state = state(point.value, from);
    if (!as_state) {
        point.quality.set(point::Flag::IV);
        as_state = 0;
    }
    if (invert && (*as_state == 1 || *as_state == 2)) as_state = 3 - *as_state;
    if (to == Kind::double_point) {
        point.value = *as_state;
        return;
    }
    if (*as_state != 1 && *as_state != 2) point.quality.set(point::Flag::IV);
    point.value = *as_state == 2;
}

void set_number(point::Point& point, Kind to, const config::MappedPoint& mapping) {
    auto as_number = number(point.value);
    if (const auto* on = std::get_if<bool>(&point.value)) as_number = *on ? 1 : 0;
    if (!as_number) {
        point.quality.set(point::Flag::IV);
        as_number = 0;
    }
    double value = *as_number;
    if (mapping.scale != 1 || mapping.offset != 0) value = value * mapping.scale + mapping.offset;
    if (to == Kind::real) {
        if (std::isfinite(*as_number) && std::fabs(value) > std::numeric_limits<float>::max()) {
            value = std::copysign(static_cast<double>(std::numeric_limits<float>::max()), value);
            point.quality.set(point::Flag::OV);
        }
        point.value = value;
        return;
    }
    if (std::isnan(value)) {
        point.quality.set(point::Flag::IV);
        value = 0;
    }
    const auto [low, high] = range_of(to);
    if (value < low || value > high) {
        value = value < low ? low : high;
        point.quality.set(to == Kind::counter ? point::Flag::IV : point::Flag::OV);
    }
    if (to == Kind::normalized) {
        point.value = value;
    } else {
        point.value = static_cast<std::int64_t>(std::llround(value));
    }
}

}  // namespace

Exposure::Exposure(config::Mapping mapping) : mapping_(std::move(mapping)) {
    for (const auto& entry : mapping_.points) {
        if (entry.command) continue;
        const auto source = entry.source();
        by_source_[key(source.casdu, source.ioa)].push_back({.mapping = &entry});
        taken_[key(entry.casdu, entry.ioa)] = true;
    }
}

std::span<Exposure::Target> Exposure::targets(std::uint16_t casdu, std::uint32_t ioa) {
    if (!by_source_.empty()) {
        const auto found = by_source_.find(key(casdu, ioa));
        if (found != by_source_.end()) return found->second;
        if (taken_.contains(key(casdu, ioa))) return {};
    }
    if (mapping_.expose == config::Exposure::mapped) return {};
    return {&as_it_is_, 1};
}

void apply(const config::MappedPoint& mapping, point::Point& point) {
    const Kind from = kind_of(point.type);
    const std::uint8_t type = mapping.type.value_or(point.type);
    const Kind to = kind_of(type);
    const bool same_value = to == from && mapping.scale == 1 && mapping.offset == 0 && !mapping.invert;
    point.casdu = mapping.casdu;
    point.ioa = mapping.ioa;
    point.type = type;
    if (same_value || to == Kind::other) return;
    point.raw = {};
    if (to == Kind::on_off || to == Kind::double_point) {
        set_state(point, from, to, mapping.invert);
    } else {
        set_number(point, to, mapping);
    }
}

bool within_deadband(Exposure::Target& target, const point::Point& point) {
    if (!target.mapping || target.mapping->deadband <= 0) return false;
    const auto value = number(point.value);
    if (!value) return false;
    if (target.last_sent && point.quality == target.last_quality &&
        std::fabs(*value - *target.last_sent) < target.mapping->deadband) {
        return true;
    }
    target.last_sent = value;
    target.last_quality = point.quality;
    return false;
}

}  // namespace busbar::connector
