#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace busbar::sim {

/// What a simulated meter, or the line to it, does wrong on purpose.
enum class MeterFaultKind : std::uint8_t {
    deaf,           // the request is not heard
    silence,        // the request is heard, the answer is lost
    noise,          // stray octets before the answer
    echo,           // the request comes back before the answer
    ff,             // FF octets before the answer
    checksum,       // of the answer is wrong
    cut,            // the answer ends in the middle
    busy,           // DFC is set; requests are not taken
    nack,           // the request is not taken
    no_data,        // a poll is told that nothing is there yet
    stale,          // an answer to an earlier request comes first
    refuse_login,   // whatever the password
    refuse,         // the request comes back with cause 14
    lose_session,   // the meter has forgotten the login
    wrong_address,  // the answer bears another link address
    slow,           // octet by octet
    late,           // the answer takes its time
    close,          // the connection is closed instead of an answer
};
inline constexpr std::size_t meter_fault_kinds = 18;

/// A step of the exchange, as a fault may name it: "status", "login", "values-poll".
struct MeterStep {
    std::string_view request;  // status, reset, login, logout, values, time, identification, ratios, history, other
    bool poll = false;         // class 2 data of that request are asked for
    std::uint16_t link_address = 0;
    /// "values", "values-poll", "poll" (any), "request" (any that is no poll), "any".
    bool is(std::string_view word) const;
};

struct MeterFault {
    enum class When : std::uint8_t { every, percent, first };
    MeterFaultKind kind{};
    std::string step = "any";
    std::optional<std::uint16_t> link_address;  // of the one meter that is meant
    When when = When::every;
    unsigned number = 1;         // every so many; per cent; the first so many
    unsigned milliseconds = 20;  // slow: between octets; late: of delay
};

struct MeterFaultDescription {
    MeterFaultKind kind;
    std::string_view name, sentence;
};
std::span<const MeterFaultDescription> all_meter_faults();
std::string_view name_of(MeterFaultKind kind);

/// Reads "silence", "noise@values-poll", "cut:3" (every third), "silence:10%", "deaf@login/2:first-2" (of the meter
/// with link address 2), "slow=20".
Result<MeterFault> parse_meter_fault(std::string_view text);

/// The faults that strike in one step.
class Struck {
public:
    bool has(MeterFaultKind kind) const { return kinds_.test(static_cast<std::size_t>(kind)); }
    bool any() const { return kinds_.any(); }
    unsigned milliseconds(MeterFaultKind kind) const { return milliseconds_[static_cast<std::size_t>(kind)]; }

private:
    friend class MeterFaults;
    std::bitset<meter_fault_kinds> kinds_;
    std::array<unsigned, meter_fault_kinds> milliseconds_{};
};

/// Decides which faults strike, the same from the same seed.
class MeterFaults {
public:
    MeterFaults(std::vector<MeterFault> faults, std::uint32_t seed);
    Struck strike(const MeterStep& step);
    void add(MeterFault fault) { faults_.push_back({std::move(fault)}); }
    void clear() { faults_.clear(); }
    std::mt19937& random() { return random_; }

private:
    struct Counted {
        MeterFault fault;
        std::uint64_t times = 0;  // its step has come
    };
    bool strikes(Counted& counted);

    std::vector<Counted> faults_;
    std::mt19937 random_;
};

}  // namespace busbar::sim
