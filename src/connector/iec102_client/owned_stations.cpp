#include "connector/iec102_client/owned_stations.hpp"

#include <fmt/format.h>

#include "store/keys.hpp"

namespace busbar::connector {

void OwnedStations::want(const std::set<std::uint16_t>& stations) {
    for (auto each = leases_.begin(); each != leases_.end();) {
        if (stations.contains(each->first)) {
            ++each;
        } else {
            each->second->release();
            each = leases_.erase(each);
        }
    }
    for (const std::uint16_t casdu : stations) {
        auto& lease = leases_[casdu];
        if (lease) continue;
        lease = std::make_unique<store::Lease>(
            store_, store::keys::owner(casdu), holder_,
            store::Lease::Handlers{.gained = [this, casdu](std::uint64_t) { owner_.on_gained(casdu); },
                                   .lost = [this, casdu](const std::string&) { lost(casdu); }});
        lease->start();
    }
}

void OwnedStations::lost(std::uint16_t casdu) {
    const auto found = leases_.find(casdu);
    if (found != leases_.end()) owner_.on_elsewhere(casdu, found->second->other_holder());
}

bool OwnedStations::is_ours(std::uint16_t casdu) const {
    const auto found = leases_.find(casdu);
    return found != leases_.end() && found->second->held();
}

std::string OwnedStations::trouble() const {
    for (const auto& [casdu, lease] : leases_) {
        if (!lease->held() && !lease->other_holder().empty())
            return fmt::format("station {} is fed by connector '{}'", casdu, lease->other_holder());
    }
    return "";
}

void OwnedStations::release() {
    for (const auto& [casdu, lease] : leases_) lease->release();
}

}  // namespace busbar::connector
