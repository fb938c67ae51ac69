#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.hpp"

namespace busbar::iec104 {

/// When the I-frames that wait for an acknowledgement were sent or received. Frames of the same few milliseconds share
/// an entry (timers have a resolution of 1 s), so a burst costs next to nothing. Allocates only when it grows.
class FrameTimes {
public:
    /// Frames come with rising numbers.
    void add(std::uint64_t number, TimePoint at);
    /// Forgets all frames up to and including `number`.
    void release(std::uint64_t number);
    /// Time of the oldest frame that is left.
    std::optional<TimePoint> oldest() const;

private:
    struct Entry {
        std::uint64_t first;  // number of the first frame of this time
        TimePoint at;
    };
    const Entry& entry(std::size_t index) const { return ring_[(begin_ + index) & (ring_.size() - 1)]; }
    void grow();

    std::vector<Entry> ring_;  // a power of two
    std::size_t begin_ = 0, size_ = 0;
    std::uint64_t last_ = 0;
};

}  // namespace busbar::iec104
