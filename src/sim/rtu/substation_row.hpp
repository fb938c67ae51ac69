#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/rtu/substation.hpp"

namespace busbar::sim {

/// One entry of a substation file, still text: member and what stands there.
using SubstationRow = std::vector<std::pair<std::string, std::string>>;

/// Turns rows into points and commands, checking every member.
class SubstationBuilder {
public:
    /// The error says what is wrong with which member.
    Result<void> add(const SubstationRow& row);
    /// The whole; an error: a parameter of a measured value that is not there.
    Result<Substation> take();
    std::size_t size() const {
        return substation_.points.size() + substation_.commands.size() + substation_.parameters.size();
    }

private:
    Substation substation_;
    std::set<std::pair<CommonAddress, Ioa>> points_, commands_;
};

}  // namespace busbar::sim
