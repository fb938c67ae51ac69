#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "point/point.hpp"
#include "store/keys.hpp"

namespace busbar::connector {

/// A point as a person or a program asks for it.
struct WantedPoint {
    store::ImageAddress address;
    std::uint8_t type = 0;
    boost::json::value value;
    std::vector<std::string> quality = {};
    std::uint8_t cot = 3;
    std::string time = "now";  // RFC 3339, "now" or "none"
    std::string source;
};

/// The point's JSON as it will lie in the store. What no line could carry is no point; the error begins with the name
/// of the member.
Result<std::string> point_of(const WantedPoint& wanted, UtcTime now);

/// A command as a person or a program asks for it.
struct WantedCommand {
    store::ImageAddress address;
    std::uint8_t type = 0;  // 45-51, 58-64, 110-113
    boost::json::value value;
    bool select = false, cancel = false;
    std::uint8_t qualifier = 0;
    std::string source;
};

/// The point of a command, as JSON; the error begins with the name of the member.
Result<std::string> command_point_of(const WantedCommand& wanted, UtcTime now);

/// The point as the store contract has it.
std::string json_text(const point::Point& point);

}  // namespace busbar::connector
