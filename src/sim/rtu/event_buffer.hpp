#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "sim/rtu/substation.hpp"

namespace busbar::sim {

/// An event as it was raised. Numbers count from 1 without gaps.
struct StoredEvent {
    std::uint64_t number = 0;
    CommonAddress common_address = 0;
    Ioa ioa = 0;
    TypeId type = 0;
    iec60870::Cause cause = iec60870::Cause::spontaneous;
    std::uint8_t originator = 0;
    ElementOctets element;
};

/// The event buffer of an RTU: keeps each event until everyone has acknowledged it, or until it is full; then the
/// oldest goes.
class EventBuffer {
public:
    explicit EventBuffer(std::size_t limit) : limit_(limit) {}

    /// `event.number` is the next. The number of the event that had to go for it, if one had to.
    std::optional<std::uint64_t> push(const StoredEvent& event) {
        std::optional<std::uint64_t> lost;
        if (events_.size() >= limit_) {
            lost = events_.front().number;
            events_.pop_front();
        }
        events_.push_back(event);
        return lost;
    }

    void acknowledge(std::uint64_t up_to) {
        while (!events_.empty() && events_.front().number <= up_to) events_.pop_front();
    }

    /// The first kept event behind `number`; nullptr if there is none.
    const StoredEvent* after(std::uint64_t number) const {
        if (events_.empty() || events_.back().number <= number) return nullptr;
        const std::uint64_t first = events_.front().number;
        return &events_[number < first ? 0 : number - first + 1];
    }

    std::size_t size() const { return events_.size(); }

private:
    std::size_t limit_;
    std::deque<StoredEvent> events_;
};

}  // namespace busbar::sim
