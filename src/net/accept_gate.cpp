#include "net/accept_gate.hpp"

#include <algorithm>

#include "base/result.hpp"

namespace busbar::net {

std::string_view to_string(Refusal refusal) {
    switch (refusal) {
        case Refusal::not_allowed: return "the address is not in the list of allowed clients";
        case Refusal::full: return "the greatest number of connections is reached";
        case Refusal::full_for_address: return "the greatest number of connections of one address is reached";
        case Refusal::too_fast: return "connects too often";
        case Refusal::by_owner: return "no line is configured for it";
    }
    return "";
}

std::optional<Refusal> AcceptGate::enter(const IpAddress& address, TimePoint now) {
    if (!limits_.allowed.permits(address)) return Refusal::not_allowed;
    if (visitors_.size() >= addresses_remembered && !visitors_.contains(address)) forget_quiet_ones(now);
    if (visitors_.size() >= addresses_remembered && !visitors_.contains(address)) return Refusal::full;

    const auto [entry, is_new] = visitors_.try_emplace(address);
    Visitor& visitor = entry->second;
    if (is_new) visitor = {.tokens = static_cast<double>(limits_.burst), .updated = now};
    if (is_too_fast(visitor, now)) return Refusal::too_fast;
    if (limits_.connections != 0 && connections_ >= limits_.connections) return Refusal::full;
    if (limits_.connections_per_address != 0 && visitor.connections >= limits_.connections_per_address) {
        return Refusal::full_for_address;
    }
    ++visitor.connections;
    ++connections_;
    return std::nullopt;
}

void AcceptGate::left(const IpAddress& address) {
    const auto visitor = visitors_.find(address);
    require(visitor != visitors_.end() && visitor->second.connections > 0, "only who entered can leave");
    --visitor->second.connections;
    --connections_;
}

/// A bucket of tokens that fills at the permitted rate, up to the burst; each accept takes one.
bool AcceptGate::is_too_fast(Visitor& visitor, TimePoint now) {
    if (limits_.accepts_per_second <= 0) return false;
    const std::chrono::duration<double> passed = now - visitor.updated;
    visitor.updated = now;
    visitor.tokens = std::min(visitor.tokens + passed.count() * limits_.accepts_per_second,
                              std::max(1.0, static_cast<double>(limits_.burst)));
    if (visitor.tokens < 1) return true;
    visitor.tokens -= 1;
    return false;
}

void AcceptGate::forget_quiet_ones(TimePoint now) {
    const double rate = limits_.accepts_per_second;
    std::erase_if(visitors_, [&](const auto& entry) {
        const std::chrono::duration<double> quiet = now - entry.second.updated;
        return entry.second.connections == 0 && (rate <= 0 || quiet.count() * rate >= limits_.burst);
    });
}

}  // namespace busbar::net
