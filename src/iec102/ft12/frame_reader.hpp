#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/octets.hpp"
#include "base/time.hpp"
#include "iec102/ft12/frame.hpp"

namespace busbar::iec102 {

struct ReaderCounters {
    std::uint64_t received = 0;  // octets; all of them are in a frame, skipped, cleared or still waiting
    std::uint64_t framed = 0;
    std::uint64_t skipped = 0;  // octets that belong to no frame
    std::uint64_t cleared = 0;
    std::uint64_t bad_checksums = 0, bad_ends = 0;
    std::uint64_t expired = 0;  // beginnings of frames whose rest did not come in time

    /// Rises with everything that was no frame.
    std::uint64_t faults() const { return skipped; }
};

/// Finds the frames in what a line delivers. Noise is skipped; after a false start or a bad checksum it looks again one
/// octet further. Keeps at most one frame's octets.
class FrameReader {
public:
    /// `gap_limit`: the longest pause between two octets of a frame.
    explicit FrameReader(Duration gap_limit) : gap_limit_(gap_limit) {}

    struct Received {
        Frame frame;
        Octets octets;  // the whole frame
    };

    /// `octets` must stay valid until take_frame has returned nothing.
    void receive(Octets octets, TimePoint now);
    /// What it returns is valid until the next call.
    std::optional<Received> take_frame(TimePoint now);
    void set_gap_limit(Duration gap_limit) { gap_limit_ = gap_limit; }
    /// Forgets what was received and not taken.
    void clear();

    /// Has the beginning of what may be a frame: more octets are due until `next_deadline`, then take_frame is.
    bool is_inside_frame() const { return size_ > given_out_; }
    std::optional<TimePoint> next_deadline() const;
    /// Where the frame that is being received began, counted in octets received: tells one from the next.
    std::uint64_t position() const { return counters_.received - pending_.size() - size_ + given_out_; }

    const ReaderCounters& counters() const { return counters_; }

private:
    std::optional<Received> take_buffered();
    std::optional<Received> take_expired();
    bool is_expired(TimePoint now) const;
    void fill_buffer();
    void skip_one();
    void forget_given_out();
    void drop(std::size_t count);

    Duration gap_limit_;
    std::array<Octet, max_frame_size> buffer_{};
    std::size_t size_ = 0, given_out_ = 0;  // octets in the buffer; of those, the frame returned last
    Octets pending_;                        // received, not in the buffer yet
    TimePoint pending_since_{}, last_octet_{}, frame_since_{};
    bool stale_ = false;  // what is in the buffer can no longer be continued
    ReaderCounters counters_;
};

}  // namespace busbar::iec102
