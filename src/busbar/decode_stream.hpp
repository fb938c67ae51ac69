#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/octets.hpp"
#include "sim/wire/tcp_reassembly.hpp"

namespace busbar::program {

/// Where an APDU stands in a capture or a text.
struct ApduPlace {
    std::uint64_t frame = 0;  // number of the packet (of the line, in hex text) that completes it, from 1; 0 = none
    unsigned apdu = 0;        // among the APDUs that this packet completes, from 0
    std::optional<sim::CaptureTime> time;
    std::string source, destination;  // "10.1.0.7:2404"; empty in hex text
};

/// What is made of the APDUs: text or JSON lines.
class ApduOutput {
public:
    virtual ~ApduOutput() = default;
    /// One whole APDU, damaged inside or not.
    virtual void apdu(const ApduPlace& place, Octets apdu) = 0;
    /// Octets that are no APDU.
    virtual void fault(const ApduPlace& place, std::string_view what) = 0;
};

/// The octets of one direction of one connection, cut into APDUs. After a wrong start octet or a length that no APDU
/// has, nothing more is taken: a station would have closed, and a hunt for the next 68 would find what nobody sent.
class ApduStream {
public:
    explicit ApduStream(ApduOutput& output) : output_(&output) {}

    /// `place.apdu` is counted here.
    void feed(Octets octets, const ApduPlace& place);
    /// Octets are missing before those that come next, or before the first: what comes next is taken only if it begins
    /// as an APDU does.
    void lose_track(const ApduPlace& place);
    /// Takes again what begins with an APDU.
    void restart(const ApduPlace& place);
    /// Reports what is left over.
    void finish(const ApduPlace& place);
    bool has_ended() const { return ended_; }

private:
    bool take_one();

    ApduOutput* output_;
    OctetBuffer pending_;
    ApduPlace place_;
    bool in_track_ = true;
    bool ended_ = false;
};

}  // namespace busbar::program
