#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/common.hpp"
#include "config/reading.hpp"

namespace busbar::config {

/// A point's place in the image, or as SCADA sees it.
struct Address {
    std::uint16_t casdu = 0;
    std::uint32_t ioa = 0;
    auto operator<=>(const Address&) const = default;
};

enum class Exposure : std::uint8_t { all, mapped };
enum class SelectMode : std::uint8_t { direct, select, both };

/// What a server connector does with one point. `scale` and `offset` give value x scale + offset; commands take the
/// inverse.
struct MappedPoint {
    std::uint16_t casdu = 0;  // as SCADA sees it
    std::uint32_t ioa = 0;
    std::optional<Address> from;       // in the image; absent: the same
    std::optional<std::uint8_t> type;  // absent: that of the newest value
    std::string name;
    double scale = 1, offset = 0;
    bool invert = false;
    double deadband = 0;                            // absolute, after scaling; 0 = none
    bool latest = false;                            // may be replaced by a newer value under back-pressure
    std::vector<std::uint8_t> groups;               // 1-16
    std::uint8_t counter_group = 0;                 // 1-4; 0 = none
    std::chrono::seconds cyclic{0}, background{0};  // 0 = never
    bool double_transmission = false;               // "double": event with and without time tag
    bool command = false;                           // may be commanded; `type` is 45-51, 110-113
    SelectMode select = SelectMode::both;
    Address source() const { return from.value_or(Address{casdu, ioa}); }
    bool operator==(const MappedPoint&) const = default;
};

/// What may share an address: a monitored point, a command, a parameter, its activation.
enum class PointUse : std::uint8_t { monitored, command, parameter, activation };
PointUse use_of(const MappedPoint& point);

/// `connectors:{ID}:mapping` of a server connector; without one every point is exposed as it is.
struct Mapping {
    std::uint64_t revision = 0;
    Exposure expose = Exposure::all;
    std::vector<MappedPoint> points;
    bool operator==(const Mapping&) const = default;
};

/// Reads a mapping: nothing is taken over from an older one. See Reading.
Reading<Mapping> read_mapping(std::string_view json);

/// What of the mapping does not fit the line's sizes: addresses that `ca_size` and `ioa_size` cannot carry.
std::vector<std::string> check_fits(const Mapping& mapping, const Protocol& protocol);

}  // namespace busbar::config
