#include "manage/actions/stations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "config/client.hpp"
#include "manage/actions/ask_connector.hpp"
#include "manage/actions/audit.hpp"
#include "manage/actions/connectors.hpp"
#include "manage/live/live.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

using Stations = std::map<std::uint16_t, Station>;

Station& at(Stations& all, std::uint16_t casdu) {
    Station& station = all[casdu];
    station.known.casdu = casdu;
    return station;
}

void add_points(const Installation& installation, Stations& all) {
    const PointTable& table = installation.live.points.table();
    Station* station = nullptr;
    for (const auto& [address, point] : table.points()) {
        if (point.is_gone()) continue;
        if (station == nullptr || station->known.casdu != address.casdu) station = &at(all, address.casdu);
        ++station->points;
        if (point.quality != 0) ++station->bad;
        station->received = std::max(station->received, point.received);
        if (point.source != 0) station->sources.emplace(table.source_name(point.source));
    }
}

/// Who feeds a station: best whose values came, then who is configured for it and works, then who is configured.
void add_connectors(Installation& installation, Stations& all) {
    enum Claim { none, configured, works, feeds };
    std::map<std::uint16_t, Claim> claims;
    const auto claim = [&claims](Station& station, const ConnectorHead& row, Claim how) {
        if (station.sources.contains(row.id)) how = feeds;
        Claim& best = claims[station.known.casdu];
        if (how <= best) return;
        best = how;
        station.connector = row.id;
    };
    for (const ConnectorHead& row : connector_heads(installation.database)) {
        if (row.kind == server_kind) continue;
        if (row.kind == client_kind) {
            const auto config = config_of_connector(installation.database, row.id).value_or("{}");
            for (const auto& listed : config::read_client_config(config, {}).value.stations) {
                Station& station = at(all, listed.casdu);
                if (station.known.name.empty()) station.known.name = listed.name;
                claim(station, row, row.stopped ? configured : works);
            }
        }
        for (auto& [casdu, station] : all) claim(station, row, none);
    }
}

json::object to_json(const StationRow& row) {
    return {{"name", row.name}, {"description", row.description}, {"device", row.is_device}};
}

}  // namespace

std::vector<Station> stations(Installation& installation) {
    Stations all;
    for (auto& row : all_stations(installation.database)) at(all, row.casdu).known = row;
    add_points(installation, all);
    add_connectors(installation, all);
    std::vector<Station> list;
    for (auto& [casdu, station] : all) list.push_back(std::move(station));
    return list;
}

Outcome<Station> find_station(Installation& installation, std::uint16_t casdu) {
    for (auto& station : stations(installation)) {
        if (station.known.casdu == casdu) return std::move(station);
    }
    return refuse(Problem::Kind::not_found, "no_such_station", fmt::format("nothing is known of station {}", casdu));
}

Outcome<Station> put_station(Installation& installation, const Actor& actor, const StationRow& row) {
    const auto before = find_station(installation.database, row.casdu);
    Change transaction(installation.database);
    save_station(installation.database, row);
    add_audit(installation, actor, "station changed", std::to_string(row.casdu),
              before ? std::optional(json::serialize(to_json(*before))) : std::nullopt, json::serialize(to_json(row)));
    transaction.commit();
    return find_station(installation, row.casdu);
}

Outcome<void> remove_station(Installation& installation, const Actor& actor, std::uint16_t casdu) {
    const auto before = find_station(installation.database, casdu);
    if (!before)
        return refuse(Problem::Kind::not_found, "no_such_station", fmt::format("station {} has no name", casdu));
    Change transaction(installation.database);
    remove_station(installation.database, casdu);
    add_audit(installation, actor, "station removed", std::to_string(casdu), json::serialize(to_json(*before)));
    transaction.commit();
    return {};
}

void interrogate_station(Installation& installation, const Actor& actor, std::uint16_t casdu,
                         std::function<void(Outcome<std::string>)> done) {
    const auto station = find_station(installation, casdu);
    if (!station) return done(tl::make_unexpected(station.error()));
    const auto connector = find_connector_head(installation.database, station->connector);
    if (!connector || connector->kind != client_kind)
        return done(refuse(Problem::Kind::conflict, "no_connector",
                           fmt::format("no IEC 104 client of this installation feeds station {}", casdu)));
    ask_connector(installation, actor, station->connector, "interrogate",
                  json::serialize(json::object{{"casdu", casdu}}), std::move(done));
}

}  // namespace busbar::manage
