#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace busbar::manage {

/// One place where two documents differ: "network.port", "stations[101].name", "channels[COM1].gateways[0].port".
struct Difference {
    std::string where;
    std::optional<boost::json::value> before, after;  // absent: it was not, or is not there
};

/// What has become different from `before` to `after`, at most `most` places. Elements of a list that have an address
/// or a name of their own are compared by it, wherever they stand; the others by their place.
std::vector<Difference> differences(const boost::json::value& before, const boost::json::value& after,
                                    std::size_t most);

}  // namespace busbar::manage
