#pragma once

#include "config/mapping.hpp"
#include "config/table/common.hpp"

namespace busbar::config {

template <>
inline constexpr std::array<std::string_view, 2> names<Exposure> = {"all", "mapped"};
template <>
inline constexpr std::array<std::string_view, 3> names<SelectMode> = {"direct", "select", "both"};

// clang-format off
template <>
inline constexpr auto options<Address> = std::tuple{
    Option{"casdu", &Address::casdu, "", {0, 65535}, required, "Common address in the store."},
    Option{"ioa", &Address::ioa, "", {0, 16777215}, required, "Information object address in the store."},
};

template <>
inline constexpr auto options<MappedPoint> = std::tuple{
    Option{"casdu", &MappedPoint::casdu, "", {1, 65534}, required, "Common address as the control room sees it."},
    Option{"ioa", &MappedPoint::ioa, "", {0, 16777215}, required, "Information object address as the control room sees it; 0 is for the activation of all parameters (type 113)."},
    Option{"from", &MappedPoint::from, "", {}, live, "Address in the store; absent: the same."},
    Option{"type", &MappedPoint::type, "", {1, 113}, live, "Type identification that is sent; absent: that of the newest value. 45-51: a command point; 110-113 with command: a parameter."},
    Option{"name", &MappedPoint::name, "", {0, 256}, live, "Name for people."},
    Option{"scale", &MappedPoint::scale, "", {}, live, "The value is multiplied by this; commands are divided by it."},
    Option{"offset", &MappedPoint::offset, "", {}, live, "Added after scaling; subtracted from commands."},
    Option{"invert", &MappedPoint::invert, "", {}, live, "Swaps on and off."},
    Option{"deadband", &MappedPoint::deadband, "", {0, std::numeric_limits<double>::max()}, live, "Change, after scaling, below which no event is sent; 0 is none."},
    Option{"latest", &MappedPoint::latest, "", {}, live, "May be replaced by a newer value while the line is slower than the events."},
    Option{"groups", &MappedPoint::groups, "", {1, 16}, live, "Interrogation groups the point belongs to."},
    Option{"counter_group", &MappedPoint::counter_group, "", {0, 4}, live, "Counter interrogation group; 0 is none."},
    Option{"cyclic", &MappedPoint::cyclic, "s", {0, 86400}, live, "Sent with cause 1 so often; 0 is never."},
    Option{"background", &MappedPoint::background, "s", {0, 86400}, live, "Sent with cause 2 so often; 0 is never."},
    Option{"double", &MappedPoint::double_transmission, "", {}, live, "Sends each event twice, with and without time tag."},
    Option{"command", &MappedPoint::command, "", {}, live, "May be commanded; needs a type 45-51 or 110-113."},
    Option{"select", &MappedPoint::select, "", {}, live, "Commands are direct, need a selection before (select), or both."},
};

template <>
inline constexpr auto options<Mapping> = std::tuple{
    Option{"revision", &Mapping::revision, "", {0, 9007199254740991}, managed, "Counts the changes made by management; reported back in the status."},
    Option{"expose", &Mapping::expose, "", {}, live, "Which points the control room sees: all, or only mapped ones."},
    Option{"points", &Mapping::points, "", {}, live, "One entry a point; a command point may share its address with a monitored one."},
};
// clang-format on

}  // namespace busbar::config
