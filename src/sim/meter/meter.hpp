#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "base/octets.hpp"
#include "iec102/meter/asdu.hpp"
#include "sim/meter/history.hpp"
#include "sim/meter/load.hpp"

namespace busbar::sim {

/// How a simulated meter says that a password is wrong.
enum class LoginRefusal : std::uint8_t { negative, nack, silent };

struct SimMeterConfig {
    std::string name;
    std::uint16_t link_address = 1, point_address = 1;
    std::uint32_t password = 1;
    LoginRefusal refusal = LoginRefusal::negative;
    std::chrono::seconds session_timeout{0};  // without a request; 0: never
    bool instantaneous = true;                // has the extension of 2003: ASDU 156 and 162
    iec102::Identification identification{{4, 2}, 66, 48304838};
    std::chrono::minutes utc_offset = iec102::peninsular_offset;
    unsigned depth_days = 60;  // of what it remembers
    LoadConfig load;
};

/// What a simulated meter answers to ASDUs, and who may ask. Knows no frames and no line.
class SimMeter {
public:
    enum class Verdict : std::uint8_t {
        accepted,  // the answer is to be fetched with next_answer
        refused,   // not taken: no session, or no ASDU at all
        ignored,   // not a word
    };
    /// Told what a master does that the profile does not provide for.
    using Complain = std::function<void(const std::string& what)>;

    SimMeter(SimMeterConfig config, Complain complain);

    /// Drops the answer to the request before, of which something may be left.
    Verdict take(Octets asdu, UtcTime at);
    /// The next ASDU that is ready to be fetched.
    std::optional<OctetBuffer> next_answer();
    /// The link was reset: answers and session are gone.
    void reset();
    void end_session() { session_ = false; }

    bool has_session() const { return session_; }
    const SimMeterConfig& config() const { return config_; }
    /// What the meter's clock says, which may have been set.
    UtcTime clock(UtcTime at) const { return at + clock_offset_; }

private:
    void check_header(const iec102::AsduHeader& header);
    Verdict log_in(const iec102::AsduView& asdu, Octets octets);
    void answer(const iec102::AsduView& asdu, Octets octets, UtcTime at);
    void answer_values(const iec102::AsduView& asdu, Octets octets, UtcTime at);
    void answer_register(const iec102::AsduView& asdu, Octets octets);
    void answer_history(const iec102::AsduView& asdu, Octets octets, UtcTime at);
    void set_time(const iec102::AsduView& asdu, Octets octets, UtcTime at);
    iec102::AsduHeader header(const iec102::AsduView& request, iec102::TypeId type) const;
    void mirror(Octets request, iec102::Cause cause, bool negative = false);

    SimMeterConfig config_;
    Complain complain_;
    Load load_;
    bool session_ = false;
    std::optional<UtcTime> last_request_;
    std::chrono::milliseconds clock_offset_{0};
    std::deque<OctetBuffer> answers_;  // a few; long ones are read on from `reading_`
    std::optional<HistoryRead> reading_;
};

/// The request with another cause, as confirmations and refusals are.
OctetBuffer mirrored(Octets asdu, iec102::Cause cause, bool negative = false);

}  // namespace busbar::sim
