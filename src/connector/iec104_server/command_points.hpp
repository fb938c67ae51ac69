#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string_view>

#include "config/mapping.hpp"
#include "connector/common/translate.hpp"
#include "iec104/station/command_gate.hpp"
#include "point/command.hpp"

namespace busbar::connector {

/// The objects of a mapping that may be commanded, at the address that SCADA uses. Nothing else may be.
class CommandPoints {
public:
    struct Target {
        iec104::CommandObject object;
        config::Address source;  // where the command goes in the store
        double scale, offset;
        bool invert;
    };

    explicit CommandPoints(const config::Mapping& mapping = {});

    /// The object that a command of this type is for. One address may be that of a command, a parameter, and its
    /// activation.
    const Target* find(std::uint16_t casdu, std::uint32_t ioa, iec60870::TypeId type) const;
    std::size_t size() const { return targets_.size(); }

private:
    boost::unordered_flat_map<std::uint64_t, Target> targets_;
};

/// The inverse of what the mapping does with values: address, scale, offset, inversion. The error says why the value
/// cannot be commanded: what SCADA wants must be said exactly, so nothing is saturated.
Result<void> apply_inverse(const CommandPoints::Target& target, point::Point& point);

}  // namespace busbar::connector
