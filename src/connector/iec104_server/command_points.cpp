#include "connector/iec104_server/command_points.hpp"

#include <cmath>
#include <limits>

#include "iec104/station/command_words.hpp"

namespace busbar::connector {

namespace {

std::uint64_t key(std::uint16_t casdu, std::uint32_t ioa, iec60870::TypeId type) {
    const unsigned kind = iec104::is_parameter_value(type) ? 1 : iec104::is_parameter_activation(type) ? 2 : 0;
    return std::uint64_t{casdu} << 32 | std::uint64_t{kind} << 24 | ioa;
}

iec104::CommandObject::Select select_of(config::SelectMode mode) {
    using Select = iec104::CommandObject::Select;
    switch (mode) {
        case config::SelectMode::direct: return Select::direct;
        case config::SelectMode::select: return Select::select;
        case config::SelectMode::both: break;
    }
    return Select::both;
}

struct Range {
    double low, high;
};

Range range_of(iec60870::TypeId type) {
    constexpr double greatest_float = std::numeric_limits<float>::max();
    if (type == 48 || type == 110) return {-1, 32767.0 / 32768};
    if (type == 49 || type == 111) return {-32768, 32767};
    return {-greatest_float, greatest_float};
}

void invert(iec60870::TypeId type, point::Value& value) {
    if (auto* on = std::get_if<bool>(&value)) {
        *on = !*on;
    } else if (auto* state = std::get_if<std::int64_t>(&value); state && type == 46) {
        *state = 3 - *state;
    }
}

double number_of(const point::Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
    const auto* real = std::get_if<double>(&value);
    return real ? *real : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

CommandPoints::CommandPoints(const config::Mapping& mapping) {
    for (const auto& point : mapping.points) {
        if (!point.command || !point.type) continue;
        targets_.emplace(
            key(point.casdu, point.ioa, *point.type),
            Target{{*point.type, select_of(point.select)}, point.source(), point.scale, point.offset, point.invert});
    }
}

const CommandPoints::Target* CommandPoints::find(std::uint16_t casdu, std::uint32_t ioa, iec60870::TypeId type) const {
    const auto found = targets_.find(key(casdu, ioa, type));
    return found == targets_.end() ? nullptr : &found->second;
}

Result<void> apply_inverse(const CommandPoints::Target& target, point::Point& point) {
    point.casdu = target.source.casdu;
    point.ioa = target.source.ioa;
    const auto type = iec104::command_without_time_tag(point.type);
    const bool set_point = (type >= 48 && type <= 50) || iec104::is_parameter_value(type);
    if (target.invert && !set_point) {
        point.raw = {};
        invert(type, point.value);
    }
    if (!set_point || (target.scale == 1 && target.offset == 0)) return {};
    const double value = (number_of(point.value) - target.offset) / target.scale;
    const auto [low, high] = range_of(type);
    if (!(value >= low && value <= high)) return fail("the value is out of range for the station");
    point.raw = {};
    if (type == 49 || type == 111) {
        point.value = static_cast<std::int64_t>(std::llround(value));
    } else {
        point.value = value;
    }
    return {};
}

}  // namespace busbar::connector
