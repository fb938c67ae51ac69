#pragma once

#include <cstdint>
#include <span>

#include "iec104/station/event_packer.hpp"
#include "iec104/station/event_ring.hpp"
#include "iec104/station/process_image.hpp"

namespace busbar::iec104 {

/// Events that the station's ring no longer holds, brought back for one group: a bounded piece of the sequence.
class EventBacklog {
public:
    struct Piece {
        std::span<const ObjectUpdate> updates;  // in order
        Position after;                         // what comes up to here is known already
        Position until;                         // what comes later is still in the ring
        Position up_to;                         // last position that `updates` covers
    };
    /// Takes as many of the updates as fit into `octets`, but all of one position or none: a cursor cannot stand
    /// between them.
    EventBacklog(const Piece& piece, const ProcessImage& image, const AsduFormat& format, std::size_t octets);

    std::size_t taken() const { return taken_; }
    /// With all ASDUs sent, everything up to here has been.
    Position covered() const { return covered_; }

    bool empty() const { return cursor_ == ring_.head(); }
    EventRing::Entry front() const { return ring_.at(cursor_); }
    Position position_before_front() const { return ring_.position_before(cursor_); }
    void pop() { cursor_ = front().next; }

private:
    EventRing ring_;
    std::uint64_t cursor_ = 0;
    std::size_t taken_ = 0;
    Position covered_;
};

}  // namespace busbar::iec104
