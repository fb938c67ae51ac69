#pragma once

#include <string_view>

#include "manage/actions/actor.hpp"

namespace busbar::manage {

/// Whether somebody may see, and cancel, a job of this author: who is an engineer in areas only has his own.
inline bool may_see_job(const Actor& actor, std::string_view author) {
    return actor.may(Role::engineer) || (actor.may_somewhere(Role::engineer) && author == actor.name);
}

}  // namespace busbar::manage
