#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/rtu/substation.hpp"

namespace busbar::sim {
namespace {

/// Of 50 generated points, so many are of this type.
struct Share {
    TypeId type;
    unsigned of_fifty;
    std::string_view name;
    double minimum, maximum, step;
};

constexpr std::array shares{
    Share{30, 12, "switch", 0, 1, 1},
    Share{31, 5, "circuit breaker", 1, 2, 1},
    Share{32, 2, "tap changer", -16, 16, 1},
    Share{33, 1, "alarm bits", 0, 4294967295.0, 1},
    Share{34, 4, "loading", -1, 32767.0 / 32768.0, 0.01},
    Share{35, 4, "current", 0, 2000, 10},
    Share{36, 10, "voltage", 95, 125, 0.5},
    Share{37, 2, "energy", 0, 2147483647.0, 25},
    Share{1, 1, "door contact", 0, 1, 1},
    Share{3, 1, "isolator", 1, 2, 1},
    Share{5, 1, "arc suppression coil", 0, 31, 1},
    Share{7, 1, "device status", 0, 4294967295.0, 1},
    Share{9, 1, "level", 0, 1, 0.02},
    Share{11, 1, "oil temperature", -400, 1200, 5},
    Share{13, 1, "frequency", 49.8, 50.2, 0.01},
    Share{15, 1, "operations", 0, 2147483647.0, 1},
    Share{20, 1, "status word", 0, 65535, 1},
    Share{38, 1, "protection", 1, 2, 1},
};
constexpr unsigned fifty = 50;

constexpr Ioa block = 1000;  // each type begins at a multiple of this, so that a person finds it
constexpr Ioa first_command = 60001, first_parameter = 61001;

/// Which point type a command of the station moves: 45 a switch, 46 a circuit breaker …
constexpr std::array<TypeId, 7> status_types{30, 31, 32, 34, 35, 36, 33};

SimPoint make_point(CommonAddress station, Ioa ioa, const Share& share, unsigned number) {
    SimPoint point;
    point.common_address = station;
    point.ioa = ioa;
    point.type = share.type;
    point.name = fmt::format("station {} {} {}", station, share.name, number);
    const bool from_below = share.maximum <= 2 || share.maximum > 1e6;  // states, counters and masks
    point.value.number = from_below ? share.minimum : (share.minimum + share.maximum) / 2;
    point.minimum = share.minimum;
    point.maximum = share.maximum;
    point.step = share.step;
    if (share.type == 15 || share.type == 37)
        point.attributes.counter_group = static_cast<std::uint8_t>(1 + number % 4);
    point.attributes.groups = static_cast<std::uint16_t>(1u << number % 16);
    return point;
}

void add_commands(Substation& substation, CommonAddress station) {
    for (std::size_t i = 0; i < status_types.size(); ++i) {
        SimCommand command;
        command.common_address = station;
        command.ioa = first_command + static_cast<Ioa>(i);
        command.type = static_cast<TypeId>(45 + i);
        command.name = fmt::format("station {} command {}", station, i + 1);
        const auto status = std::ranges::find_if(substation.points, [&](const SimPoint& point) {
            return point.common_address == station && point.type == status_types[i];
        });
        if (status != substation.points.end()) command.status = status->ioa;
        substation.commands.push_back(std::move(command));
    }
}

/// A parameter object for the first measured value of each kind.
void add_parameters(Substation& substation, CommonAddress station) {
    constexpr std::array<std::pair<TypeId, TypeId>, 3> kinds{{{110, 34}, {111, 35}, {112, 36}}};
    for (const auto& [type, measured] : kinds) {
        const auto value = std::ranges::find_if(substation.points, [&](const SimPoint& point) {
            return point.common_address == station && point.type == measured;
        });
        if (value == substation.points.end()) continue;
        const Ioa ioa = first_parameter + type - 110;
        substation.parameters.push_back(
            {station, ioa, type, fmt::format("station {} parameter {}", station, type - 109), value->ioa});
    }
}

/// Deals `count` points to the types: every type has one before any has two, and 50 make a full round.
std::array<std::size_t, shares.size()> deal(std::size_t count) {
    std::array<std::size_t, shares.size()> dealt{};
    for (unsigned pass = 0; count > 0; pass = (pass + 1) % fifty) {
        for (std::size_t i = 0; i < shares.size() && count > 0; ++i) {
            if (pass >= shares[i].of_fifty) continue;
            ++dealt[i];
            --count;
        }
    }
    return dealt;
}

void add_station(Substation& substation, CommonAddress station, std::size_t count) {
    const auto dealt = deal(count);
    Ioa ioa = block;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        for (unsigned number = 0; number < dealt[i]; ++number) {
            substation.points.push_back(make_point(station, ioa + number, shares[i], number + 1));
        }
        ioa += (static_cast<Ioa>(dealt[i]) / block + 1) * block;
    }
    add_commands(substation, station);
    add_parameters(substation, station);
}

/// How many of `count` objects the station at `index` gets.
std::size_t part_of(std::size_t count, std::size_t stations, std::size_t index) {
    return count / stations + (index < count % stations ? 1 : 0);
}

}  // namespace

Substation generate_substation(std::size_t count, std::span<const CommonAddress> stations) {
    Substation substation;
    for (std::size_t i = 0; i < stations.size(); ++i) {
        add_station(substation, stations[i], part_of(count, stations.size(), i));
    }
    return substation;
}

Substation numbered_substation(std::size_t count, TypeId type, std::span<const CommonAddress> stations) {
    Substation substation;
    const ValueRange range = range_of(type).value_or(ValueRange{});
    for (std::size_t i = 0; i < stations.size(); ++i) {
        for (std::size_t number = 0; number < part_of(count, stations.size(), i); ++number) {
            SimPoint& point = substation.points.emplace_back();
            point.common_address = stations[i];
            point.ioa = static_cast<Ioa>(number) + 1;
            point.type = type;
            point.name = fmt::format("numbered {}", number + 1);
            point.minimum = range.minimum;
            point.maximum = range.maximum;
        }
        add_commands(substation, stations[i]);
    }
    return substation;
}

}  // namespace busbar::sim
