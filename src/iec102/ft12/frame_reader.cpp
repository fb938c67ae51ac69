#include "iec102/ft12/frame_reader.hpp"

#include <algorithm>

namespace busbar::iec102 {
namespace {

using Verdict = FrameStart::Verdict;
using namespace std::chrono_literals;

/// The longest frame at 300 baud, 11 bits an octet: what one frame may take at most, gap limit not counted. It bounds a
/// peer that dribbles one octet at a time.
constexpr auto slowest_frame = std::chrono::milliseconds{max_frame_size * 11 * 1000 / 300};

}  // namespace

void FrameReader::receive(Octets octets, TimePoint now) {
    require(pending_.empty(), "frames are taken before more is received");
    if (octets.empty()) return;
    forget_given_out();
    stale_ = stale_ || is_expired(now);
    counters_.received += octets.size();
    pending_ = octets;
    pending_since_ = now;
}

std::optional<FrameReader::Received> FrameReader::take_frame(TimePoint now) {
    forget_given_out();
    for (;;) {
        if (stale_ || (pending_.empty() && is_expired(now))) {
            stale_ = true;
            if (auto frame = take_expired()) return frame;
            stale_ = false;
        }
        if (auto frame = take_buffered()) return frame;
        if (pending_.empty()) return std::nullopt;
        fill_buffer();
    }
}

/// Skips up to the next frame, or to the beginning of one that needs more octets.
std::optional<FrameReader::Received> FrameReader::take_buffered() {
    while (size_ > 0) {
        const Octets octets{buffer_.data(), size_};
        const FrameStart start = examine_frame(octets);
        if (start.verdict == Verdict::incomplete) return std::nullopt;
        if (start.verdict == Verdict::whole) {
            given_out_ = start.size;
            const Octets frame = octets.first(start.size);
            return Received{parse_frame(frame).value(), frame};
        }
        if (start.verdict == Verdict::bad_checksum) ++counters_.bad_checksums;
        if (start.verdict == Verdict::bad_end) ++counters_.bad_ends;
        skip_one();
    }
    return std::nullopt;
}

/// The frame that began will not be completed; perhaps it was noise and a whole frame lies behind it.
std::optional<FrameReader::Received> FrameReader::take_expired() {
    for (;;) {
        if (auto frame = take_buffered()) return frame;
        if (size_ == 0) return std::nullopt;
        ++counters_.expired;
        skip_one();
    }
}

void FrameReader::fill_buffer() {
    if (size_ == 0) frame_since_ = pending_since_;
    const std::size_t count = std::min(pending_.size(), buffer_.size() - size_);
    std::copy_n(pending_.begin(), count, buffer_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += count;
    pending_ = pending_.subspan(count);
    last_octet_ = pending_since_;
}

void FrameReader::clear() {
    forget_given_out();
    counters_.cleared += size_ + pending_.size();
    size_ = 0;
    pending_ = {};
    stale_ = false;
}

std::optional<TimePoint> FrameReader::next_deadline() const {
    if (size_ == given_out_) return std::nullopt;
    return std::min(last_octet_ + gap_limit_, frame_since_ + gap_limit_ + slowest_frame);
}

bool FrameReader::is_expired(TimePoint now) const {
    const auto deadline = next_deadline();
    return deadline && now >= *deadline;
}

void FrameReader::skip_one() {
    ++counters_.skipped;
    drop(1);
}

void FrameReader::forget_given_out() {
    counters_.framed += given_out_;
    if (given_out_ > 0) drop(given_out_);
    given_out_ = 0;
}

void FrameReader::drop(std::size_t count) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(count),
              buffer_.begin() + static_cast<std::ptrdiff_t>(size_), buffer_.begin());
    size_ -= count;
    frame_since_ = last_octet_;
}

}  // namespace busbar::iec102
