#pragma once

#include <map>
#include <memory>
#include <vector>

#include "iec104/station/controlled_station.hpp"
#include "iec104/station/event_packer.hpp"
#include "iec104/station/event_ring.hpp"
#include "iec104/station/frozen_counters.hpp"
#include "iec104/station/periodic_transmission.hpp"
#include "iec104/station/process_image.hpp"
#include "iec104/station/redundancy_group.hpp"

namespace busbar::iec104 {

/// What all connections of a controlled station share.
struct ControlledStation::State {
    struct Events {
        EventRing ring;
        EventPacker packer;
        Events(const ControlledStationConfig& config, Position start)
            : ring(config.ring_octets, start), packer(ring, config.format, start) {}
    };

    explicit State(const ControlledStationConfig& with)
        : config(with), events(std::make_unique<Events>(with, Position{})), writer(with.format) {}

    ControlledStationConfig config;
    ControlledStationCounters counters;
    ProcessImage image;
    FrozenCounters frozen;
    PeriodicTable periodic;
    FileTable files;
    std::unique_ptr<Events> events;
    iec60870::AsduWriter writer;  // for what a session builds and sends at once

    Octet cause_of_initialization = 0;  // COI; power on

    std::map<GroupId, std::unique_ptr<RedundancyGroup>> groups;
    GroupId next_group = 1;
    std::vector<ControlledSession::State*> sessions;
};

}  // namespace busbar::iec104
