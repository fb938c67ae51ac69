#include "iec104/link/frame_times.hpp"

namespace busbar::iec104 {
namespace {

constexpr std::chrono::milliseconds same_time{10};
constexpr std::size_t first_capacity = 4;

}  // namespace

void FrameTimes::add(std::uint64_t number, TimePoint at) {
    last_ = number;
    if (size_ > 0 && at - entry(size_ - 1).at < same_time) return;
    if (size_ == ring_.size()) grow();
    ring_[(begin_ + size_) & (ring_.size() - 1)] = {number, at};
    ++size_;
}

void FrameTimes::release(std::uint64_t number) {
    if (number >= last_) {
        size_ = 0;
        return;
    }
    while (size_ > 1 && entry(1).first <= number + 1) {
        begin_ = (begin_ + 1) & (ring_.size() - 1);
        --size_;
    }
}

std::optional<TimePoint> FrameTimes::oldest() const {
    if (size_ == 0) return std::nullopt;
    return entry(0).at;
}

void FrameTimes::grow() {
    std::vector<Entry> larger(ring_.empty() ? first_capacity : ring_.size() * 2);
    for (std::size_t index = 0; index < size_; ++index) larger[index] = entry(index);
    ring_ = std::move(larger);
    begin_ = 0;
}

}  // namespace busbar::iec104
