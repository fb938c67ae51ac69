#pragma once

#include <functional>
#include <string>
#include <vector>

#include "manage/actions/installation.hpp"
#include "manage/actions/points.hpp"
#include "manage/live/point_names.hpp"

namespace busbar::manage {

/// Many points saved by the worker's thread, with a connection of its own. Made in the loop.
class PointsSaving {
public:
    PointsSaving(Installation& installation, Actor actor);

    // On the worker's thread.
    const std::filesystem::path& file() const { return file_; }
    /// All of them or nothing, and nothing if points were changed after revision `last_revision`. The revision.
    Outcome<std::int64_t> save(const std::vector<PointChange>& changes, const PointsRevision& about,
                               std::int64_t last_revision, UtcTime now);

    /// In the loop, when `save` has ended in any way.
    void publish();

private:
    Installation& installation_;
    Actor actor_;
    std::filesystem::path file_;
    std::vector<PointName> names_;
    std::int64_t saved_ = 0;
    bool closed_ = false;
};

/// The last revision of points; 0: there is none.
std::int64_t last_points_revision(Database& database);

/// The points that a revision changed, as they were after it, or before it: as a new revision.
void restore_points(Installation& installation, const Actor& actor, std::int64_t revision, bool before,
                    std::function<void(Outcome<std::string> object)> done);

}  // namespace busbar::manage
