#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "manage/database/database.hpp"
#include "manage/database/journal.hpp"

namespace busbar::manage {

/// The database as octets, while others go on working; without sessions. Throws.
std::string snapshot_of(Database& database);

/// What a snapshot would change.
struct RestorePlan {
    bool same_installation = false;  // the snapshot is of this one's past: audit and revisions go on
    std::vector<std::string> connectors_added, connectors_changed, connectors_removed;
    std::int64_t points_before = 0, points_after = 0;
    std::vector<std::string> users_before, users_after;
};

/// Puts everything back as it was in the snapshot, or nothing; of an older version of Busbar too. What was done since
/// stays in the audit, and what changes is in new revisions, where the snapshot is of this installation; else its
/// journals come with it. All logins end. `note` is added to the audit. The error: it is no snapshot, or damaged.
Result<RestorePlan> restore_snapshot(Database& database, std::string octets, const AuditEntry& note);
/// The same, and nothing is changed.
Result<RestorePlan> plan_restore(Database& database, std::string octets);

}  // namespace busbar::manage
