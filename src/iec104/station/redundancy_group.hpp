#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "iec104/station/event_backlog.hpp"
#include "iec104/station/event_ring.hpp"
#include "iec104/station/fifo.hpp"
#include "iec104/station/image_scan.hpp"
#include "iec104/station/process_image.hpp"

namespace busbar::iec104 {

/// The connection of a group that carries data, as the group sees it.
class Carrier {
public:
    /// Another connection of the group has been started (section 5 of the protocol reference): close.
    virtual void overtaken() = 0;

protected:
    ~Carrier() = default;
};

/// The events of one control room (IEC 60870-5-104, redundancy group): how far it has been sent, and how far it has
/// acknowledged. Reads the station's ring; what the ring has lost comes from the owner as a backlog, or, if the owner
/// has lost it too, from the image (repair).
class RedundancyGroup {
public:
    /// The ring must outlive the group. Everything up to `after` is known to the control room. What lies more than
    /// `reach` octets back in the ring is taken from a backlog instead.
    RedundancyGroup(std::string name, const EventRing& ring, Position after, std::size_t reach);
    void set_reach(std::size_t reach) { reach_ = reach; }

    const std::string& name() const { return name_; }

    // --- the started connection
    /// `carrier` carries the data from now on; one that did so before is told. What that had not acknowledged comes
    /// first.
    void start(Carrier& carrier);
    /// `carrier` no longer carries data; nothing happens if another one does.
    void stop(const Carrier& carrier);
    bool is_carried_by(const Carrier& carrier) const { return carrier_ == &carrier; }
    bool started() const { return carrier_ != nullptr; }

    /// The next event ASDU, which the carrier sends now as its I-frame `number` (counted from 1); empty: none waits.
    /// Valid until the ring changes; `out` is used for what is built on the spot.
    Octets take_event(std::uint64_t number, const ProcessImage& image, const AsduFormat& format,
                      iec60870::AsduWriter& out);
    /// I-frames of the carrier up to `number` have been acknowledged.
    void acknowledge(std::uint64_t number);

    /// Everything up to here was sent on the present connection, or acknowledged, or needed no sending.
    Position position() const;
    Position acknowledged() const;

    /// The control room has confirmed that it knows of the station's start (M_EI_NA_1).
    bool knows_of_start = false;
    /// … and of the files up to this announcement (126, cause 3).
    std::uint64_t announced_files = 0;

    // --- what the ring has lost
    /// Asks for the events after this position; once, until `feed` or `repair` answers.
    std::optional<Position> take_backlog_request();
    /// See ControlledStation.
    std::size_t feed(Position after, std::span<const ObjectUpdate> updates, Position up_to, const ProcessImage& image,
                     const AsduFormat& format, std::size_t backlog_octets);
    void repair(Position after);

    /// Nothing is left to be sent of what happened until now.
    void drop_events();
    /// The station starts another ring that begins where the old one ended; no connection is started.
    void use(const EventRing& ring);

private:
    static constexpr std::uint64_t not_in_ring = ~std::uint64_t{0};

    /// An event ASDU that the peer has not acknowledged yet.
    struct Unacknowledged {
        std::uint64_t number;  // of its I-frame
        std::uint64_t offset;  // in the ring
        Position before;       // everything up to here lies before it
    };
    /// After a loss: first what the ring still holds up to `resume_at`, then the image of what was updated later than
    /// `after` and not later than `until`, then the ring from `resume_at`. Starts again with a new connection until all
    /// of it is acknowledged.
    struct Repair {
        Position after, until;
        std::uint64_t resume_at;
        std::optional<ImageScan> scan;
        bool walked = false;            // the image is through
        std::uint64_t last_number = 0;  // of the I-frames of the walk
    };
    bool is_in_reach(std::uint64_t offset) const { return offset >= ring_->tail() && ring_->head() - offset <= reach_; }
    bool join();
    std::optional<std::uint64_t> place_in_ring(Position after) const;
    void turn_to_next_piece();
    void forget_backlog();
    Octets take_from_ring(std::uint64_t number);
    Octets take_from_backlog(std::uint64_t number);
    bool walk(const ProcessImage& image, const AsduFormat& format, iec60870::AsduWriter& out);
    void end_walk(std::uint64_t last_number);
    void rewind();

    std::string name_;
    const EventRing* ring_;
    std::size_t reach_;
    Carrier* carrier_ = nullptr;

    bool joined_ = false;   // reads the ring at cursor_
    bool missing_ = false;  // events lie between position_ and the ring
    std::uint64_t cursor_ = 0;
    Position position_;  // exact unless joined_
    Fifo<Unacknowledged> unacknowledged_;
    std::uint64_t confirmed_ = 0;            // highest number acknowledged on this connection
    std::unique_ptr<EventBacklog> backlog_;  // the piece that is being sent
    std::unique_ptr<EventBacklog> ahead_;    // and the one behind it
    std::optional<Position> asked_;          // what follows is wanted
    std::optional<Repair> repair_;
};

}  // namespace busbar::iec104
