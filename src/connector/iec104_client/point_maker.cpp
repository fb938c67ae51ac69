#include "connector/iec104_client/point_maker.hpp"

#include <utility>

namespace busbar::connector {

using iec60870::AsduHeader;
using iec60870::Cause;
using iec60870::TypeDescription;

namespace {

bool is_interrogated(Cause cause) {
    const auto number = static_cast<unsigned>(cause);
    return cause == Cause::request || (number >= 20 && number <= 41);
}

/// The counter's sequence number went on by none or one; 5 bits (IEC 60870-5-101, 7.2.6.9).
bool follows(std::uint8_t before, std::uint8_t now) {
    const unsigned steps = (now - before) & 31u;
    return steps <= 1;
}

}  // namespace

PointMaker::PointMaker(const config::ClientConfig& config, TimeZone zone, std::string source)
    : all_stations_(config.stations.empty()), zone_(std::move(zone)), source_(std::move(source)) {
    for (const auto& station : config.stations) casdu_by_remote_[station.remote_address()] = station.casdu;
}

std::optional<std::uint16_t> PointMaker::casdu_of(std::uint16_t remote) const {
    if (all_stations_) return remote;
    const auto found = casdu_by_remote_.find(remote);
    if (found == casdu_by_remote_.end()) return std::nullopt;
    return found->second;
}

std::optional<std::uint16_t> PointMaker::remote_of(std::uint16_t casdu) const {
    if (all_stations_) return casdu;
    for (const auto& [remote, own] : casdu_by_remote_) {
        if (own == casdu) return remote;
    }
    return std::nullopt;
}

void PointMaker::make(const iec60870::AsduView& asdu, UtcTime received, const Sink& sink) {
    const AsduHeader& header = asdu.header();
    const auto casdu = casdu_of(header.common_address);
    if (!casdu) {
        ++counters_.unlisted_stations;
        return;
    }
    point::Point point;
    for (const auto object : asdu) {
        point = {};
        if (asdu.description() != nullptr) {
            to_point(*asdu.description(), object, received, zone_, point);
        } else {
            to_private_point(header.type, object, point);
        }
        point.casdu = *casdu;
        point.cot = static_cast<std::uint8_t>(header.cause);
        point.oa = header.originator;
        point.negative = header.negative;
        point.received = received;
        point.source = source_;
        const bool image = compare(asdu.description(), header, object.element, point);
        ++counters_.points;
        sink(point, image);
    }
}

bool PointMaker::compare(const TypeDescription* type, const AsduHeader& header, Octets element, point::Point& point) {
    const Octets value = type ? element.first(element.size() - type->time_tag_of(element).size()) : element;
    if (value.size() > KnownValues::largest_element) return true;
    const bool interrogated = is_interrogated(header.cause);
    const auto id = type ? type->without_time_tag : header.type;
    const auto before = known_.exchange(point.casdu, point.ioa, id, value, point.time, interrogated);
    point.unchanged = interrogated && before.equal;
    if (before.counter && !follows(*before.counter, value.back())) ++counters_.counter_gaps;
    if (before.newer) ++counters_.late_interrogated;
    return !before.newer;
}

}  // namespace busbar::connector
