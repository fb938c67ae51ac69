#pragma once

#include <map>
#include <optional>
#include <string>

#include "iec102/ft12/control.hpp"
#include "iec102/ft12/frame.hpp"
#include "sim/meter/meter.hpp"
#include "sim/meter/meter_fault.hpp"

namespace busbar::sim {

/// What a master was seen doing.
struct MasterCounters {
    std::uint64_t frames = 0, repeats = 0, requests = 0, polls = 0, logins = 0, refused_logins = 0;
    std::uint64_t violations = 0;
};

/// The meter's end of an unbalanced link (IEC 60870-5-2): answers frames that bear its address, repeats its answer to a
/// repeated frame without doing anything twice, and holds the master to the rules of the frame count bit.
class SecondaryStation {
public:
    SecondaryStation(SimMeterConfig config, SimMeter::Complain complain);

    /// What the master is about, for faults and records.
    MeterStep step(const iec102::Frame& frame) const;
    /// The answer; nothing: not a word. `frame` is the master's and bears this meter's address.
    std::optional<OctetBuffer> receive(const iec102::Frame& frame, UtcTime at, const Struck& faults);

    const SimMeter& meter() const { return meter_; }
    const MasterCounters& counters() const { return counters_; }

private:
    bool is_repeat(const iec102::Frame& frame, const iec102::PrimaryControl& control);
    void check_counting(const iec102::PrimaryControl& control);
    std::optional<OctetBuffer> carry_out(const iec102::Frame& frame, const iec102::PrimaryControl& control, UtcTime at,
                                         const Struck& faults);
    std::optional<OctetBuffer> take_request(Octets asdu, UtcTime at, const Struck& faults);
    OctetBuffer hand_out(const Struck& faults);
    OctetBuffer reset();
    OctetBuffer encode(iec102::SecondaryFunction function, bool busy, Octets asdu = {}) const;
    void complain(const std::string& what);

    SimMeter::Complain complain_;
    SimMeter meter_;
    MasterCounters counters_;
    bool counting_ = false;     // a frame with FCV has come, or a reset
    bool frame_count_ = false;  // FCB of the last frame with FCV; 0 after a reset
    OctetBuffer last_request_;  // the last frame with FCV
    std::optional<OctetBuffer> last_answer_;
    std::optional<OctetBuffer> not_fetched_;  // an answer that a fault held back
    OctetBuffer earlier_answer_;              // for the stale fault
    iec102::TypeId request_type_{};           // of the request that polls are for
};

}  // namespace busbar::sim
