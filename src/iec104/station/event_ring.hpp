#pragma once

#include <cstdint>
#include <memory>

#include "base/octets.hpp"
#include "iec104/station/object_update.hpp"

namespace busbar::iec104 {

/// A bounded log of encoded ASDUs that any number of readers follow, each with an offset of its own. Offsets count
/// octets since the beginning and never wrap; when room is short the oldest ASDUs are overwritten.
class EventRing {
public:
    /// `capacity` in octets, raised to a power of two and to smallest_capacity; `start`: everything up to here needs no
    /// event.
    EventRing(std::size_t capacity, Position start);

    struct Entry {
        Octets asdu;         // valid until the next append
        Position complete;   // with this ASDU sent, everything up to here has been
        std::uint64_t next;  // offset of the entry behind it
    };

    /// `continues`: begins with an update of the same position as the last one of the entry before.
    void append(Octets asdu, Position complete, bool continues = false);
    /// Everything up to `position` needs nothing behind the last entry; or, a lower value: the last entry does not
    /// complete its last position, one that continues it follows.
    void set_end(Position position);

    /// `offset` lies in [tail, head) and came from this ring.
    Entry at(std::uint64_t offset) const;
    /// Everything up to here lies before `offset` (in [tail, head]).
    Position position_before(std::uint64_t offset) const;
    /// Where a reader joins without a repeat or a hole once it knows everything up to `known`.
    struct Place {
        std::uint64_t offset;
        Position known;
    };
    /// The first such place for one that knows everything up to `position`: equal to place.known, or less.
    Place find(Position position) const;

    std::uint64_t tail() const { return tail_; }
    std::uint64_t head() const { return head_; }
    Position end() const { return position_before(head_); }
    std::size_t capacity() const { return capacity_; }

    /// Octets that one ASDU takes at most.
    static constexpr std::size_t largest_entry = 24 + 256;
    static constexpr std::size_t smallest_capacity = 4096;

private:
    struct Header {
        Position complete;
        std::uint32_t size_before;  // octets of the entry before this one, for `position_before`
        std::uint16_t size;         // of the ASDU
        std::uint16_t continues;
    };
    static_assert(sizeof(Header) == 24);

    Header header(std::uint64_t offset) const;
    static std::size_t entry_size(std::size_t asdu_size) { return sizeof(Header) + (asdu_size + 7) / 8 * 8; }
    Octet* place(std::uint64_t offset) const { return octets_.get() + (offset & (capacity_ - 1)); }

    std::size_t capacity_;
    std::unique_ptr<Octet[]> octets_;  // capacity, and room for the entry that starts last to run over the end
    std::uint64_t tail_ = 0, head_ = 0;
    std::uint32_t last_size_ = 0;
    Position before_tail_;
};

}  // namespace busbar::iec104
