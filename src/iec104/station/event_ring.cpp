#include "iec104/station/event_ring.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/result.hpp"

namespace busbar::iec104 {

EventRing::EventRing(std::size_t capacity, Position start)
    : capacity_(std::bit_ceil(std::max(capacity, smallest_capacity))),
      octets_(std::make_unique_for_overwrite<Octet[]>(capacity_ + largest_entry)),
      before_tail_(start) {}

EventRing::Header EventRing::header(std::uint64_t offset) const {
    Header header;
    std::memcpy(&header, place(offset), sizeof header);
    return header;
}

void EventRing::append(Octets asdu, Position complete, bool continues) {
    const std::size_t size = entry_size(asdu.size());
    require(size <= largest_entry, "an event fits into an ASDU");
    while (head_ + size - tail_ > capacity_) {
        const Header oldest = header(tail_);
        before_tail_ = oldest.complete;
        tail_ += entry_size(oldest.size);
    }
    const Header header{complete, last_size_, static_cast<std::uint16_t>(asdu.size()), continues};
    std::memcpy(place(head_), &header, sizeof header);
    std::memcpy(place(head_) + sizeof header, asdu.data(), asdu.size());
    last_size_ = static_cast<std::uint32_t>(size);
    head_ += size;
}

void EventRing::set_end(Position position) {
    if (tail_ == head_) {
        before_tail_ = position;
        return;
    }
    Header last = header(head_ - last_size_);
    last.complete = position;
    std::memcpy(place(head_ - last_size_), &last, sizeof last);
}

EventRing::Entry EventRing::at(std::uint64_t offset) const {
    const Header found = header(offset);
    return {{place(offset) + sizeof found, found.size}, found.complete, offset + entry_size(found.size)};
}

Position EventRing::position_before(std::uint64_t offset) const {
    if (offset == tail_) return before_tail_;
    const std::uint32_t size_before = offset == head_ ? last_size_ : header(offset).size_before;
    return header(offset - size_before).complete;
}

EventRing::Place EventRing::find(Position position) const {
    if (position >= end()) return {head_, position};
    Position before = before_tail_;
    for (std::uint64_t offset = tail_; offset != head_;) {
        const Header found = header(offset);
        if (before >= position && found.continues == 0) return {offset, before};
        before = found.complete;
        offset += entry_size(found.size);
    }
    return {head_, before};
}

}  // namespace busbar::iec104
