#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "iec60870/asdu/asdu.hpp"

/// What both ends of a line say about commands (IEC 60870-5-101, 6.8): types 45-51, and 58-64 with time tag. Parameters
/// (6.10, types 110-113) go the same way, without selection and termination.
namespace busbar::iec104 {

constexpr bool is_command(iec60870::TypeId type) { return (type >= 45 && type <= 51) || (type >= 58 && type <= 64); }
constexpr bool has_command_time_tag(iec60870::TypeId type) { return type >= 58 && type <= 64; }
/// P_ME_NA_1, P_ME_NB_1, P_ME_NC_1.
constexpr bool is_parameter_value(iec60870::TypeId type) { return type >= 110 && type <= 112; }
/// P_AC_NA_1.
constexpr bool is_parameter_activation(iec60870::TypeId type) { return type == 113; }
constexpr bool is_parameter(iec60870::TypeId type) { return is_parameter_value(type) || is_parameter_activation(type); }
/// 58 -> 45.
constexpr iec60870::TypeId command_without_time_tag(iec60870::TypeId type) {
    return has_command_time_tag(type) ? static_cast<iec60870::TypeId>(type - 13) : type;
}

/// The object that is commanded.
using CommandPlace = std::pair<iec60870::CommonAddress, iec60870::Ioa>;
inline CommandPlace place_of(const iec60870::AsduView& command) {
    return {command.header().common_address, command[0].ioa};
}

/// S/E = 1. Bit strings cannot be selected.
bool is_selection(const iec60870::AsduView& command);

/// What an execute must have in common with its selection, beside the object: originator, type, value and qualifier.
struct CommandIdentity {
    std::uint8_t originator = 0;
    iec60870::TypeId type = 0;
    std::array<Octet, 5> element{};  // without S/E and time tag; of parameters without LPC and POP, the station's own
    bool operator==(const CommandIdentity&) const = default;
};
CommandIdentity identity_of(const iec60870::AsduView& command);

}  // namespace busbar::iec104
