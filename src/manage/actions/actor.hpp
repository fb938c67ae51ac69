#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace busbar::manage {

/// What a user may do; each role includes those before it. A viewer looks, an operator commands, an engineer changes
/// the configuration, an admin manages users and the installation.
enum class Role : std::uint8_t { viewer, operator_, engineer, admin };

std::string_view to_string(Role role);
std::optional<Role> role_named(std::string_view name);

/// Who acts, and from where.
struct Actor {
    std::string name;
    Role role = Role::viewer;
    std::string address;
    bool may(Role needed) const { return role >= needed; }
};

}  // namespace busbar::manage
