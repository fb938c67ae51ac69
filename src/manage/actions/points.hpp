#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manage/actions/actor.hpp"
#include "manage/actions/problem.hpp"
#include "manage/database/journal.hpp"
#include "manage/database/point_rows.hpp"

namespace busbar::manage {

struct Installation;

/// Changes with what is known of the point: for ETag and If-Match.
std::string version_of(const PointRow& row);

/// Makes or replaces what is known of a point. `expected_version` empty: whatever is there.
Outcome<PointRow> put_point(Installation& installation, const Actor& actor, PointRow wanted,
                            std::string_view expected_version, const std::string& comment);
Outcome<void> remove_point(Installation& installation, const Actor& actor, PointAddress address,
                           std::string_view expected_version);

/// What becomes of one point; `before` absent: it is new; `after` absent: it goes.
struct PointChange {
    std::optional<PointRow> before, after;
};
/// What a revision of points is about.
struct PointsRevision {
    std::string object, action, comment;
};
/// One transaction, one revision, one entry of the audit, by a connection of another thread: what takes long is done
/// beside the database. `alone` is called before the database is taken. Refused, and nothing is done, unless `still`
/// holds then. The revision's id.
Outcome<std::int64_t> save_many_points(Database& database, const Author& author,
                                       const std::vector<PointChange>& changes, const PointsRevision& about,
                                       const std::function<void()>& alone, const std::function<bool(Database&)>& still);

}  // namespace busbar::manage
