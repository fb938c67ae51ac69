#include "manage/actions/save_points.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <map>
#include <memory>
#include <utility>

#include "manage/actions/point_json.hpp"
#include "manage/live/live.hpp"

namespace busbar::manage {

namespace json = boost::json;

namespace {

using Rows = std::map<PointAddress, PointRow>;

Rows rows_of(const std::optional<std::string>& text) {
    Rows rows;
    if (!text) return rows;
    const json::value given = json::parse(*text);
    for (const json::value& each : given.as_array()) {
        PointRow row = point_of_json(each.as_object());
        rows[row.address] = std::move(row);
    }
    return rows;
}

/// One of an address: the enabled one, else any other.
Rows present_rows(Database& database, const Rows& some, const Rows& others) {
    Rows rows;
    for_each_point(database, [&](const PointRow& row) {
        if (some.contains(row.address) || others.contains(row.address)) rows.emplace(row.address, row);
    });
    return rows;
}

/// What brings those of `wanted` to what they are to be, and takes away those that are only in `touched`.
std::vector<PointChange> changes_to(Rows wanted, const Rows& touched, const Rows& present) {
    std::vector<PointChange> changes;
    for (auto& [address, row] : wanted) {
        const auto found = present.find(address);
        row.id = found == present.end() ? 0 : found->second.id;
        if (found == present.end()) {
            changes.push_back({std::nullopt, std::move(row)});
        } else if (found->second != row) {
            changes.push_back({found->second, std::move(row)});
        }
    }
    for (const auto& [address, ignored] : touched) {
        const auto found = present.find(address);
        if (!wanted.contains(address) && found != present.end()) changes.push_back({found->second, std::nullopt});
    }
    return changes;
}

/// On the worker's thread; what the revision was about.
Outcome<std::string> restore(PointsSaving& saving, std::int64_t id, bool before, UtcTime now) {
    Database database(saving.file());
    const auto revision = find_revision(database, id);
    if (!revision)
        return refuse(Problem::Kind::not_found, "no_such_revision", fmt::format("there is no change {}", id));
    const auto last = last_points_revision(database);
    const Rows wanted = rows_of(before ? revision->before : revision->after);
    const Rows touched = rows_of(before ? revision->after : revision->before);
    const auto changes = changes_to(wanted, touched, present_rows(database, wanted, touched));
    const std::string comment = fmt::format("as {} change {}", before ? "before" : "after", id);
    if (changes.empty()) return revision->object;
    return saving.save(changes, {revision->object, "restored", comment}, last, now).map([&](std::int64_t) {
        return revision->object;
    });
}

}  // namespace

std::int64_t last_points_revision(Database& database) { return last_revision(database, "points"); }

PointsSaving::PointsSaving(Installation& installation, Actor actor)
    : installation_(installation), actor_(std::move(actor)), file_(installation.database.handle().getFilename()) {}

Outcome<std::int64_t> PointsSaving::save(const std::vector<PointChange>& changes, const PointsRevision& about,
                                         std::int64_t last_revision, UtcTime now) {
    Database database(file_);
    const auto alone = [this] {
        closed_ = true;
        installation_.gate.close();
    };
    const auto still = [last_revision](Database& present) { return last_points_revision(present) == last_revision; };
    auto saved = save_many_points(database, {actor_, now}, changes, about, alone, still);
    if (!saved) return saved;
    names_ = read_point_names(database);
    saved_ = *saved;
    return saved;
}

void PointsSaving::publish() {
    auto& names = installation_.live.names;
    if (saved_ != 0 && last_points_revision(installation_.database) == saved_) {
        // The worker takes down what was before.
        installation_.worker.run([before = std::make_shared<std::vector<PointName>>(names.changed(std::move(names_)))] {
            before->clear();
            return [] {};
        });
    } else if (saved_ != 0) {
        names.changed();
    }
    if (closed_) installation_.gate.open();
}

void restore_points(Installation& installation, const Actor& actor, std::int64_t revision, bool before,
                    std::function<void(Outcome<std::string>)> done) {
    const auto saving = std::make_shared<PointsSaving>(installation, actor);
    const auto now = installation.loop.utc_now();
    installation.worker.run([saving, revision, before, now, done = std::move(done)]() -> std::function<void()> {
        auto outcome = std::make_shared<Outcome<std::string>>();
        try {
            *outcome = restore(*saving, revision, before, now);
        } catch (const std::exception& error) {
            *outcome = refuse(Problem::Kind::failed, "failed", error.what());
        }
        return [saving, outcome, done] {
            saving->publish();
            done(std::move(*outcome));
        };
    });
}

}  // namespace busbar::manage
