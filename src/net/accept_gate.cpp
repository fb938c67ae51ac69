#include "net/accept_gate.hpp"

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

    Visitor& visitor = visitors_[address];
    if (!visitor.accepts.take(limits_.accepts_per_second, limits_.burst, now)) return Refusal::too_fast;
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

void AcceptGate::forget_quiet_ones(TimePoint now) {
    std::erase_if(visitors_, [&](const auto& entry) {
        const Visitor& visitor = entry.second;
        return visitor.connections == 0 && visitor.accepts.is_full(limits_.accepts_per_second, limits_.burst, now);
    });
}

}  // namespace busbar::net
