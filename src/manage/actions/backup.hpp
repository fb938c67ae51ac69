#pragma once

#include <functional>
#include <string>

#include "manage/actions/actor.hpp"
#include "manage/actions/installation.hpp"
#include "manage/actions/problem.hpp"
#include "manage/database/restore.hpp"

namespace busbar::manage {

inline constexpr std::size_t shortest_passphrase = 12, longest_passphrase = 200;

/// The whole database, taken while everything goes on, sealed with a passphrase: passwords of meters are in it.
void take_backup(Installation& installation, const Actor& actor, std::string passphrase,
                 std::function<void(Outcome<std::string>)> done);

/// Puts everything back as it was in a backup, of this installation or of another one, and applies it; or says what
/// that would change. All logins end.
void restore_backup(Installation& installation, const Actor& actor, std::string file, std::string passphrase,
                    bool dry_run, std::function<void(Outcome<RestorePlan>)> done);

}  // namespace busbar::manage
