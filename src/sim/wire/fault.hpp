#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "net/session.hpp"

namespace busbar::sim {

/// What a simulated station does wrong on purpose.
enum class FaultKind : std::uint8_t {
    no_startdt_con,  // never confirms the start of data transfer
    no_testfr_con,   // never confirms a test
    no_acknowledge,  // N(R) stays what it was when the fault began
    silent,          // nothing leaves any more and nothing is heard; the connection stays
    garbage,         // octets that are no APDU
    close,           // closes the connection
    slow,            // octets leave one by one, `number` milliseconds apart
    damaged_asdu,    // every `number` I-frames one whose objects do not fit its VSQ
    unknown_type,    // every `number` I-frames one of type 150
};

/// A fault and its number: unless said otherwise, it begins when so many I-frames have been sent on a connection.
struct Fault {
    FaultKind kind;
    unsigned number = 0;
};

/// Name, default number and what the operator reads about each fault.
struct FaultDescription {
    FaultKind kind;
    std::string_view name;
    unsigned default_number;
    std::string_view sentence;
};
std::span<const FaultDescription> all_faults();

/// Reads "silent" or "silent:20".
Result<Fault> parse_fault(std::string_view text);

/// Puts link-level faults between a session and its connection. damaged_asdu and unknown_type are not its own: whoever
/// makes ASDUs sends those.
class FaultySession : public net::Session {
public:
    FaultySession(std::unique_ptr<net::Session> inner, std::vector<Fault> faults);

    void receive(Octets octets, TimePoint now) override;
    void on_deadline(TimePoint now) override;
    void take_output(OctetBuffer& into, TimePoint now) override;
    std::optional<TimePoint> next_deadline() const override;
    std::optional<std::string> closed() const override;
    void disconnected(const std::string& reason, TimePoint now) override;

private:
    const Fault* find(FaultKind kind) const;
    /// The fault is there and its number of I-frames has been sent.
    bool strikes(FaultKind kind) const;
    bool swallows(Octets apdu) const;
    void pass_out(std::span<Octet> apdu);

    std::unique_ptr<net::Session> inner_;
    std::vector<Fault> faults_;
    OctetBuffer unread_;   // what is left of a received APDU that is not whole yet
    OctetBuffer output_;   // scratch
    OctetBuffer waiting_;  // slow: what has not left yet
    TimePoint next_octet_{};
    std::uint64_t i_frames_sent_ = 0;
    std::optional<std::uint16_t> frozen_receive_number_;  // as it stands on the line
    bool garbage_sent_ = false;
};

/// A well-formed I-frame's worth of ASDU that no station can use: see damaged_asdu and unknown_type.
OctetBuffer make_faulty_asdu(FaultKind kind, std::uint16_t common_address);

}  // namespace busbar::sim
