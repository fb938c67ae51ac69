#include "manage/actions/actor.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace busbar::manage {

namespace {
constexpr std::array<std::string_view, 4> names{"viewer", "operator", "engineer", "admin"};
}

std::string_view to_string(Role role) { return names[static_cast<std::size_t>(role)]; }

std::optional<Role> role_named(std::string_view name) {
    for (std::size_t index = 0; index < names.size(); ++index) {
        if (names[index] == name) return static_cast<Role>(index);
    }
    return std::nullopt;
}

bool Actor::may_somewhere(Role needed) const {
    return may(needed) ||
           std::any_of(areas.begin(), areas.end(), [needed](const AreaRight& each) { return each.role >= needed; });
}

bool Actor::may_at_station(Role needed, std::int64_t casdu) const {
    return may(needed) || std::any_of(areas.begin(), areas.end(), [&](const AreaRight& each) {
               return each.role >= needed && each.area.has_station(casdu);
           });
}

bool Actor::may_with_connector(Role needed, std::string_view connector) const {
    return may(needed) || std::any_of(areas.begin(), areas.end(), [&](const AreaRight& each) {
               return each.role >= needed && each.area.has_connector(connector);
           });
}

}  // namespace busbar::manage
