#include "manage/actions/actor.hpp"

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

}  // namespace busbar::manage
