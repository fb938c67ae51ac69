#pragma once

#include "iec104/station/event_ring.hpp"
#include "iec104/station/object_update.hpp"
#include "iec60870/asdu/asdu.hpp"
#include "iec60870/asdu/type_table.hpp"

namespace busbar::iec104 {

/// Packs updates into ASDUs of a ring: consecutive ones that share type, cause, originator and common address go into
/// one ASDU, in their order. What is open is written by `flush`, or when something else follows.
class EventPacker {
public:
    /// The ring must outlive the packer; `start` as for the ring.
    EventPacker(EventRing& ring, const AsduFormat& format, Position start);

    /// `type` describes update.type, element has its size. `twice`: the event goes out without and with time tag, as
    /// far as its type and what the update carries permit.
    void add(const ObjectUpdate& update, const iec60870::TypeDescription& type, bool twice);
    /// Everything up to `position` needs no sending beyond what was added.
    void advance(Position position);
    void flush();

    /// Of the last update or advance, written or not.
    Position last() const { return last_; }

private:
    void add_one(const ObjectUpdate& update, const iec60870::TypeDescription& type, Octets element);
    void start(const ObjectUpdate& update, TypeId type);
    void close(Position complete);

    EventRing& ring_;
    iec60870::AsduWriter writer_;
    std::uint64_t open_ = 0;  // what the objects of the open ASDU share; 0 = none open
    bool open_continues_ = false;
    Position last_, complete_;  // complete: the last position below `last`
};

}  // namespace busbar::iec104
