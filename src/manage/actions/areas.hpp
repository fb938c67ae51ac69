#pragma once

#include <string_view>

#include "manage/actions/actor.hpp"
#include "manage/actions/installation.hpp"
#include "manage/actions/problem.hpp"
#include "manage/database/area_rows.hpp"

namespace busbar::manage {

inline constexpr std::size_t max_areas = 200;

Outcome<AreaRow> create_area(Installation& installation, const Actor& actor, AreaRow wanted);
/// Its stations and connectors; who has rights in it has them there from now on.
Outcome<AreaRow> put_area(Installation& installation, const Actor& actor, std::string_view name, AreaRow wanted);
/// And all rights in it.
Outcome<void> remove_area(Installation& installation, const Actor& actor, std::string_view name);

/// Puts into `actor` what the user has in areas: nowhere more than `most`.
void add_area_rights(Database& database, std::int64_t user, Role most, Actor& actor);

}  // namespace busbar::manage
