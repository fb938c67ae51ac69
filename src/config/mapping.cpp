#include "config/mapping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "config/check.hpp"
#include "config/read_document.hpp"
#include "config/table/mapping.hpp"

namespace busbar::config {

namespace {

/// Room for a million points with names.
constexpr std::size_t max_mapping_size = std::size_t{256} << 20;

bool is_parameter_type(unsigned type) { return type >= 110 && type <= 112; }
constexpr unsigned parameter_activation = 113;
bool is_monitored_type(unsigned type) {
    return (type >= 1 && type <= 21) || (type >= 30 && type <= 40) || is_parameter_type(type);
}
bool is_command_type(unsigned type) {
    return (type >= 45 && type <= 51) || is_parameter_type(type) || type == parameter_activation;
}

void check(const MappedPoint& point, const std::string& path, Findings& findings) {
    if (point.type && *point.type >= 58 && *point.type <= 64)
        findings.conflict(path + ".type",
                          fmt::format("{} must be the type without time tag ({}); commands.time_tag says which come",
                                      *point.type, *point.type - 13));
    else if (point.type && !is_monitored_type(*point.type) && !is_command_type(*point.type))
        findings.conflict(path + ".type",
                          fmt::format("{} must be 1-21, 30-40 or, for commands, 45-51 or 110-113", *point.type));
    if (point.command && (!point.type || !is_command_type(*point.type)))
        findings.conflict(path + ".command", "needs a type 45-51 or 110-113");
    if (point.ioa == 0 && use_of(point) != PointUse::activation)
        findings.conflict(path + ".ioa", "0 is for the activation of all parameters (type 113) alone");
    if (point.scale == 0) findings.conflict(path + ".scale", "0 must be another number");
}

/// Two entries for one object: the second would never be used.
void check_unique(const std::vector<MappedPoint>& points, Findings& findings) {
    std::vector<std::tuple<Address, PointUse, std::size_t>> places;
    places.reserve(points.size());
    for (std::size_t index = 0; index < points.size(); ++index) {
        const MappedPoint& point = points[index];
        places.emplace_back(Address{point.casdu, point.ioa}, use_of(point), index);
    }
    std::ranges::sort(places);
    for (std::size_t at = 1; at < places.size(); ++at) {
        const auto& [address, use, index] = places[at];
        const auto& [address_before, use_before, index_before] = places[at - 1];
        if (address != address_before || use != use_before) continue;
        findings.conflict(fmt::format("points[{}]", index),
                          fmt::format("casdu {}, ioa {} is also that of {}points[{}]", address.casdu, address.ioa,
                                      use == PointUse::monitored ? "" : "the command point ", index_before));
    }
}

}  // namespace

void check(const Mapping& mapping, Findings& findings) {
    for (std::size_t index = 0; index < mapping.points.size(); ++index)
        check(mapping.points[index], fmt::format("points[{}]", index), findings);
    check_unique(mapping.points, findings);
}

PointUse use_of(const MappedPoint& point) {
    if (!point.type || *point.type < 45) return PointUse::monitored;
    if (*point.type == parameter_activation) return PointUse::activation;
    if (!is_parameter_type(*point.type)) return PointUse::command;
    return point.command ? PointUse::parameter : PointUse::monitored;
}

Reading<Mapping> read_mapping(std::string_view json) { return read_document(json, max_mapping_size, Mapping{}); }

std::vector<std::string> check_fits(const Mapping& mapping, const Protocol& protocol) {
    // With one octet, 255 is every station.
    const std::uint32_t most_casdu = protocol.ca_size == 1 ? 254 : 65534;
    const std::uint32_t most_ioa = (std::uint32_t{1} << (8u * protocol.ioa_size)) - 1;
    Findings findings;
    for (std::size_t index = 0; index < mapping.points.size(); ++index) {
        const MappedPoint& point = mapping.points[index];
        if (point.casdu > most_casdu)
            findings.conflict(
                fmt::format("points[{}].casdu", index),
                fmt::format("{} must be at most {} with ca_size {}", point.casdu, most_casdu, protocol.ca_size));
        if (point.ioa > most_ioa)
            findings.conflict(
                fmt::format("points[{}].ioa", index),
                fmt::format("{} must be at most {} with ioa_size {}", point.ioa, most_ioa, protocol.ioa_size));
    }
    return findings.faults(path_itself);
}

}  // namespace busbar::config
