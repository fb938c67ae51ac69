#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "manage/actions/actor.hpp"
#include "manage/actions/installation.hpp"
#include "manage/actions/problem.hpp"
#include "manage/database/journal.hpp"

namespace busbar::manage {

std::vector<Revision> list_revisions(Installation& installation, std::string_view kind, std::string_view object,
                                     std::int64_t before, std::int64_t limit);
/// Passwords in it are for engineers only.
Outcome<Revision> get_revision(Database& database, const Actor& actor, std::int64_t id);
using PutBack = std::function<void(Outcome<std::string> object)>;
/// Puts a configuration, a mapping or the points that it changed back as they were after that change (of a removed
/// connector: as it was before); the connector that was restored, or what the change of points was about.
void restore_revision(Installation& installation, const Actor& actor, std::int64_t id, const PutBack& done);
/// The same, as they were before that change: undoes it.
void undo_revision(Installation& installation, const Actor& actor, std::int64_t id, const PutBack& done);

}  // namespace busbar::manage
