#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "manage/database/database.hpp"

namespace busbar::manage {

/// A change of the configuration, as it can be restored.
struct Revision {
    std::int64_t id = 0;
    UtcTime at;
    std::string author;
    std::string kind;                          // "config", "mapping", "points"
    std::string object;                        // the connector's id; of points what changed them
    std::string action;                        // "created", "changed", "removed", "restored"
    std::optional<std::string> before, after;  // JSON
    std::string comment;
};

/// Writes it and returns its id; `id` of the argument does not count.
std::int64_t add_revision(Database& database, const Revision& revision);
std::optional<Revision> find_revision(Database& database, std::int64_t id);
/// Without reading what it has, which may be much.
std::optional<std::string> kind_of_revision(Database& database, std::int64_t revision);
/// 0: there is none.
std::int64_t last_revision(Database& database, std::string_view kind);
/// Without `before` and `after`, but for those of "config". Newest first, those before `before` (0: from the newest
/// on), at most `limit`; of one object unless that is empty.
std::vector<Revision> revisions(Database& database, std::string_view kind, std::string_view object, std::int64_t before,
                                int limit);

/// Who did what, chained by hashes: each entry's hash is that of the hash before it and of its own text.
struct AuditEntry {
    std::int64_t id = 0;
    UtcTime at;
    std::string who, address, action, object;
    std::optional<std::string> before, after;  // JSON
};

/// Which entries are asked for; what is empty or absent does not count.
struct AuditFilter {
    std::int64_t before = 0;  // only those with a smaller id
    std::string who, action, object;
    std::optional<UtcTime> from, to;
};

void add_audit(Database& database, const AuditEntry& entry);
/// Newest first, at most `limit`.
std::vector<AuditEntry> audit_entries(Database& database, const AuditFilter& filter, int limit);
std::int64_t count_audit_entries(Database& database, const AuditFilter& filter);
/// All that fit, oldest first, each with its hash in hex.
void for_each_audit_entry(Database& database, const AuditFilter& filter,
                          const std::function<void(const AuditEntry& entry, const std::string& hash)>& take);
/// The id of the first entry whose hash does not fit; 0: the chain is whole.
std::int64_t first_forged_entry(Database& database);

}  // namespace busbar::manage
