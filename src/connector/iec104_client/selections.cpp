#include "connector/iec104_client/selections.hpp"

#include <utility>

namespace busbar::connector {

void Selections::add(const iec104::CommandPlace& place, Claim claim, TimePoint now) {
    held_.insert_or_assign(place, Held{std::move(claim), now + limit});
}

std::string_view Selections::refusal(const iec104::CommandPlace& place, const Claim& claim, bool select, bool cancel,
                                     TimePoint now) {
    const auto found = held_.find(place);
    if (found == held_.end()) return {};
    if (found->second.until <= now) {
        held_.erase(found);
        return {};
    }
    const bool same_asker = found->second.claim.asker == claim.asker;
    if (!same_asker) return "another control room has selected the object";
    if (cancel) return {};
    if (select) return "the object is selected already";
    if (found->second.claim == claim) return {};
    held_.erase(found);
    return "the execute is not what was selected";
}

}  // namespace busbar::connector
