#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/octets.hpp"
#include "sim/wire/tcp_reassembly.hpp"

namespace busbar::program {

/// Where a frame (an APDU, or one of FT1.2) stands in a capture or a text.
struct ApduPlace {
    std::uint64_t frame = 0;  // number of the packet (of the line, in hex text) that completes it, from 1; 0 = none
    unsigned apdu = 0;        // among the APDUs that this packet completes, from 0
    std::optional<sim::CaptureTime> time;
    std::string source, destination;  // "10.1.0.7:2404"; empty in hex text
};

/// What is made of the frames: text or JSON lines.
class ApduOutput {
public:
    virtual ~ApduOutput() = default;
    /// One whole frame, damaged inside or not.
    virtual void apdu(const ApduPlace& place, Octets apdu) = 0;
    /// Octets that are no frame.
    virtual void fault(const ApduPlace& place, std::string_view what) = 0;
};

/// The octets of one direction of one connection, cut into frames.
class FrameStream {
public:
    virtual ~FrameStream() = default;
    /// `place.apdu` is counted here.
    virtual void feed(Octets octets, const ApduPlace& place) = 0;
    /// Octets are missing before those that come next, or before the first.
    virtual void lose_track(const ApduPlace& place) = 0;
    /// Takes again what begins with a frame.
    virtual void restart(const ApduPlace& place) = 0;
    /// Reports what is left over.
    virtual void finish(const ApduPlace& place) = 0;
    /// Nothing more is taken until `restart`.
    virtual bool has_ended() const = 0;
};

/// Of APDUs. After a wrong start octet or a length that no APDU
/// has, nothing more is taken: a station would have closed, and a hunt for the next 68 would find what nobody sent.
class ApduStream : public FrameStream {
public:
    explicit ApduStream(ApduOutput& output) : output_(&output) {}

    void feed(Octets octets, const ApduPlace& place) override;
    /// What comes next is taken only if it begins as an APDU does.
    void lose_track(const ApduPlace& place) override;
    void restart(const ApduPlace& place) override;
    void finish(const ApduPlace& place) override;
    bool has_ended() const override { return ended_; }

private:
    bool take_one();

    ApduOutput* output_;
    OctetBuffer pending_;
    ApduPlace place_;
    bool in_track_ = true;
    bool ended_ = false;
};

}  // namespace busbar::program
