#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <optional>
#include <span>
#include <vector>

#include "config/mapping.hpp"
#include "iec104/station/object_update.hpp"
#include "point/point.hpp"

namespace busbar::connector {

/// A mapping in force: which points of the image SCADA sees, where, and as what.
class Exposure {
public:
    /// One appearance of an image point. `mapping` is null for a point exposed as it is.
    struct Target {
        const config::MappedPoint* mapping = nullptr;
        std::optional<double> last_sent{};  // for the deadband
        point::Quality last_quality{};
        iec104::Position newest_event{};  // of a point that is `latest`
    };

    explicit Exposure(config::Mapping mapping = {});
    Exposure(Exposure&&) = default;
    Exposure& operator=(Exposure&&) = default;

    /// Where the image point appears; empty: nowhere. Points without an entry appear as they are under `expose` "all",
    /// unless an entry takes their address.
    std::span<Target> targets(std::uint16_t casdu, std::uint32_t ioa);
    const config::Mapping& mapping() const { return mapping_; }

private:
    static std::uint64_t key(std::uint16_t casdu, std::uint32_t ioa) { return std::uint64_t{casdu} << 32 | ioa; }

    config::Mapping mapping_;
    boost::unordered_flat_map<std::uint64_t, std::vector<Target>> by_source_;
    boost::unordered_flat_map<std::uint64_t, bool> taken_;  // addresses of entries
    Target as_it_is_;
};

/// Applies address, type, scale, offset and inversion. A value that does not fit the wanted type is saturated with OV
/// where the type has it, else marked IV; a value of a kind that cannot be converted makes the point IV with value 0.
void apply(const config::MappedPoint& mapping, point::Point& point);

/// True if the change since the last sending lies within the deadband and needs no event; else remembers the value.
bool within_deadband(Exposure::Target& target, const point::Point& point);

}  // namespace busbar::connector
