#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "base/rate_limit.hpp"
#include "base/time.hpp"
#include "net/ip_address.hpp"

namespace busbar::net {

/// How many connections are taken, and from whom. 0 = no limit.
struct AcceptLimits {
    std::size_t connections = 0;
    std::size_t connections_per_address = 0;
    double accepts_per_second = 0;  // of one address, in the long run
    double burst = 10;              // of one address, at once
    AllowList allowed{};
};

enum class Refusal { not_allowed, full, full_for_address, too_fast, by_owner };
std::string_view to_string(Refusal refusal);

/// Decides who is let in. Knows no sockets and no clock; remembers a bounded number of addresses.
class AcceptGate {
public:
    static constexpr std::size_t addresses_remembered = 4096;

    void set_limits(AcceptLimits limits) { limits_ = std::move(limits); }
    /// Why not; empty: come in (then `left` must be called when it has gone).
    std::optional<Refusal> enter(const IpAddress& address, TimePoint now);
    void left(const IpAddress& address);
    std::size_t connections() const { return connections_; }

private:
    struct Visitor {
        std::size_t connections = 0;
        RateLimit accepts;
    };
    void forget_quiet_ones(TimePoint now);

    AcceptLimits limits_;
    std::map<IpAddress, Visitor> visitors_;
    std::size_t connections_ = 0;
};

}  // namespace busbar::net
