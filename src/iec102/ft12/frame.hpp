#pragma once

#include <cstddef>
#include <cstdint>

#include "base/octets.hpp"

/// FT1.2 frames with two octets of link address (IEC 60870-5-1, as the REE profile uses them).
namespace busbar::iec102 {

inline constexpr Octet fixed_start = 0x10, variable_start = 0x68, frame_end = 0x16;
inline constexpr std::size_t fixed_frame_size = 6;
/// L counts from the control octet to the end of the ASDU; start, L, L, start, checksum and end are not in it.
inline constexpr std::size_t frame_overhead = 6;
inline constexpr std::size_t min_length = 9, max_length = 255;
inline constexpr std::size_t max_frame_size = max_length + frame_overhead;
inline constexpr std::size_t min_asdu_size = 6, max_asdu_size = max_length - 3;

/// A frame of fixed length where there is no ASDU, of variable length otherwise.
struct Frame {
    Octet control = 0;
    std::uint16_t link_address = 0;
    Octets asdu;
};

/// How a buffer begins: is it a frame, can it become one?
struct FrameStart {
    enum class Verdict : std::uint8_t {
        incomplete,    // what there is may be the beginning of a frame of `size` octets
        whole,         // a frame of `size` octets
        no_start,      // the first octet begins no frame
        bad_checksum,  // of a frame of `size` octets
        bad_end,
    } verdict;
    std::size_t size = 0;  // 0: cannot be said yet
    Error error;           // of the last three
};

/// Looks at the beginning of `octets` only. Never searches for an end octet: that may be data.
FrameStart examine_frame(Octets octets);

/// Reads exactly one frame; `asdu` lies in `octets`. The error says what is wrong and at which octet.
Result<Frame> parse_frame(Octets octets);

/// Appends the frame's octets to `out`. An ASDU has none or 6 to 252 octets.
void append_frame(const Frame& frame, OctetBuffer& out);

OctetBuffer encode_frame(const Frame& frame);

}  // namespace busbar::iec102
