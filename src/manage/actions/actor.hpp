#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "manage/database/area_rows.hpp"

namespace busbar::manage {

/// What a user may do; each role includes those before it. A viewer looks, an operator commands, an engineer changes
/// the configuration, an admin manages users and the installation.
enum class Role : std::uint8_t { viewer, operator_, engineer, admin };

std::string_view to_string(Role role);
std::optional<Role> role_named(std::string_view name);

/// A role in an area, beside that everywhere.
struct AreaRight {
    AreaRow area;
    Role role = Role::viewer;
};

/// Who acts, and from where.
struct Actor {
    std::string name;
    Role role = Role::viewer;  // everywhere
    std::string address;
    std::vector<AreaRight> areas = {};

    bool may(Role needed) const { return role >= needed; }
    bool may_somewhere(Role needed) const;
    bool may_at_station(Role needed, std::int64_t casdu) const;
    bool may_with_connector(Role needed, std::string_view connector) const;
};

/// Who changes, and when.
struct Author {
    Actor actor;
    UtcTime now;
};

}  // namespace busbar::manage
