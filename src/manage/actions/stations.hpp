#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "manage/actions/actor.hpp"
#include "manage/actions/installation.hpp"
#include "manage/actions/problem.hpp"
#include "manage/database/station_rows.hpp"

namespace busbar::manage {

/// A common address that somebody named, that a client connector is configured for, or that has points in the store.
struct Station {
    StationRow known;
    std::string connector;          // that feeds it, as far as is known
    std::set<std::string> sources;  // of its points: more than one is a conflict
    std::size_t points = 0, bad = 0;
    UtcTime received;  // the newest; of no point: 0
};

/// By common address.
std::vector<Station> stations(Installation& installation);
Outcome<Station> find_station(Installation& installation, std::uint16_t casdu);

Outcome<Station> put_station(Installation& installation, const Actor& actor, const StationRow& row);
/// What people know of it; its points stay.
Outcome<void> remove_station(Installation& installation, const Actor& actor, std::uint16_t casdu);
/// Interrogates the station, by the connector that feeds it; `done` gets that one's answer.
void interrogate_station(Installation& installation, const Actor& actor, std::uint16_t casdu,
                         std::function<void(Outcome<std::string>)> done);

}  // namespace busbar::manage
