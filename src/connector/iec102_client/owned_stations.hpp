#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "store/lease.hpp"

namespace busbar::connector {

/// The stations whose points this connector writes: `process:owner:{CASDU}` of each.
class OwnedStations {
public:
    struct Owner {
        std::function<void(std::uint16_t casdu)> on_gained;
        std::function<void(std::uint16_t casdu, const std::string& other)> on_elsewhere;
    };

    OwnedStations(store::Store& store, std::string holder, Owner owner)
        : store_(store), holder_(std::move(holder)), owner_(std::move(owner)) {}

    /// Asks for those that are new, gives back those that are not wanted any more.
    void want(const std::set<std::uint16_t>& stations);
    bool is_ours(std::uint16_t casdu) const;
    /// Says which station is fed by whom, if one is fed by another; empty: none.
    std::string trouble() const;
    void release();

private:
    void lost(std::uint16_t casdu);

    store::Store& store_;
    std::string holder_;
    Owner owner_;
    std::map<std::uint16_t, std::unique_ptr<store::Lease>> leases_;
};

}  // namespace busbar::connector
