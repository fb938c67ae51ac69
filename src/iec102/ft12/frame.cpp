#include "iec102/ft12/frame.hpp"

#include <numeric>
#include <string>

namespace busbar::iec102 {
namespace {

using Verdict = FrameStart::Verdict;

std::string hex_of(Octet octet) { return to_hex(Octets{&octet, 1}); }

FrameStart no_start(std::string what, std::size_t at) { return {Verdict::no_start, 0, {std::move(what), at}}; }

Octet checksum(Octets octets) {
    return std::accumulate(octets.begin(), octets.end(), Octet{0},
                           [](Octet sum, Octet octet) { return static_cast<Octet>(sum + octet); });
}

/// `size` is known and all of it is there; the octets that the checksum covers begin at `covered`.
FrameStart examine_trailer(Octets frame, std::size_t covered) {
    const std::size_t end = frame.size() - 1, sum_at = frame.size() - 2;
    const Octet sum = checksum(frame.subspan(covered, sum_at - covered));
    if (frame[sum_at] != sum) {
        return {Verdict::bad_checksum,
                frame.size(),
                {"checksum is " + hex_of(frame[sum_at]) + ", the octets add up to " + hex_of(sum), sum_at}};
    }
    if (frame[end] != frame_end)
        return {Verdict::bad_end, frame.size(), {"end octet is " + hex_of(frame[end]) + ", not 16", end}};
    return {Verdict::whole, frame.size(), {}};
}

FrameStart examine_fixed(Octets octets) {
    if (octets.size() < fixed_frame_size) return {Verdict::incomplete, fixed_frame_size, {}};
    return examine_trailer(octets.first(fixed_frame_size), 1);
}

// The whole answer to a read of all instantaneous values has L = 68 and begins 68 68 68 68: octets are judged by their
// place, never by their value alone.
FrameStart examine_variable(Octets octets) {
    if (octets.size() < 2) return {Verdict::incomplete, 0, {}};
    const std::size_t length = octets[1];
    if (length < min_length) return no_start("L is " + std::to_string(length) + ", less than 9", 1);
    if (octets.size() > 2 && octets[2] != length)
        return no_start("the second L is " + std::to_string(octets[2]) + ", the first " + std::to_string(length), 2);
    if (octets.size() > 3 && octets[3] != variable_start)
        return no_start("second start octet is " + hex_of(octets[3]) + ", not 68", 3);
    const std::size_t size = length + frame_overhead;
    if (octets.size() < size) return {Verdict::incomplete, size, {}};
    return examine_trailer(octets.first(size), 4);
}

}  // namespace

FrameStart examine_frame(Octets octets) {
    if (octets.empty()) return {Verdict::incomplete, 0, {}};
    if (octets[0] == fixed_start) return examine_fixed(octets);
    if (octets[0] == variable_start) return examine_variable(octets);
    return no_start("start octet is " + hex_of(octets[0]) + ", not 10 or 68", 0);
}

Result<Frame> parse_frame(Octets octets) {
    const FrameStart start = examine_frame(octets);
    if (start.verdict == Verdict::incomplete) {
        return fail(start.size == 0
                        ? "frame ends before its length"
                        : "frame has " + std::to_string(octets.size()) + " octets, not " + std::to_string(start.size),
                    octets.size());
    }
    if (start.verdict != Verdict::whole) return tl::make_unexpected(start.error);
    if (octets.size() > start.size)
        return fail("frame of " + std::to_string(start.size) + " octets is followed by more", start.size);
    const bool fixed = octets[0] == fixed_start;
    const Octets control = octets.subspan(fixed ? 1 : 4);
    const auto address = static_cast<std::uint16_t>(control[1] | control[2] << 8);
    return Frame{control[0], address, fixed ? Octets{} : control.subspan(3, octets.size() - 9)};
}

void append_frame(const Frame& frame, OctetBuffer& out) {
    require(frame.asdu.empty() || (frame.asdu.size() >= min_asdu_size && frame.asdu.size() <= max_asdu_size),
            "an ASDU of a frame has 6 to 252 octets");
    if (frame.asdu.empty()) {
        out.push_back(fixed_start);
    } else {
        const auto length = static_cast<Octet>(frame.asdu.size() + 3);
        out.insert(out.end(), {variable_start, length, length, variable_start});
    }
    const std::size_t covered = out.size();
    out.insert(out.end(), {frame.control, static_cast<Octet>(frame.link_address & 0xFF),
                           static_cast<Octet>(frame.link_address >> 8)});
    out.insert(out.end(), frame.asdu.begin(), frame.asdu.end());
    out.push_back(checksum(Octets{out}.subspan(covered)));
    out.push_back(frame_end);
}

OctetBuffer encode_frame(const Frame& frame) {
    OctetBuffer octets;
    octets.reserve(max_frame_size);
    append_frame(frame, octets);
    return octets;
}

}  // namespace busbar::iec102
