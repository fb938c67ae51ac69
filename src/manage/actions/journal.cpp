#include "manage/actions/journal.hpp"

#include <fmt/format.h>

#include <utility>

#include "manage/actions/change_apart.hpp"
#include "manage/actions/conceal.hpp"
#include "manage/actions/connectors.hpp"
#include "manage/actions/save_points.hpp"

namespace busbar::manage {

std::vector<Revision> list_revisions(Installation& installation, std::string_view kind, std::string_view object,
                                     std::int64_t before, std::int64_t limit) {
    return revisions(installation.database, kind, object, before, static_cast<int>(limit));
}

namespace {

Problem no_such_revision(std::int64_t id) {
    return {Problem::Kind::not_found, "no_such_revision", fmt::format("there is no change {}", id)};
}

}  // namespace

Outcome<Revision> get_revision(Database& database, const Actor& actor, std::int64_t id) {
    auto revision = find_revision(database, id);
    if (!revision) return tl::make_unexpected(no_such_revision(id));
    if (!actor.may(Role::engineer)) {
        for (auto* text : {&revision->before, &revision->after}) {
            if (*text) *text = without_secrets(**text);
        }
    }
    return *revision;
}

namespace {

Outcome<ConnectorRow> put_back(Database& database, const Author& author, std::int64_t id, bool undo,
                               const std::function<void()>& alone) {
    const auto revision = find_revision(database, id);
    if (!revision) return tl::make_unexpected(no_such_revision(id));
    if (!find_connector_head(database, revision->object))
        return refuse(Problem::Kind::conflict, "not_restorable", revision->object + " is not there any more");
    const bool before = undo || (revision->action == "removed" && revision->kind == "config");
    const auto& text = before ? revision->before : revision->after;
    if (revision->kind == "config" && !text)
        return refuse(Problem::Kind::conflict, "not_restorable", revision->object + " was made by this change");
    ConnectorChange change;
    if (revision->kind == "config") change.config = text;
    if (revision->kind == "mapping") change.mapping = text;
    change.comment = fmt::format("as {} change {}", before ? "before" : "after", id);
    return save_change(database, author, revision->object, change, alone);
}

/// Apart, because its texts may be long.
void put_connector_back(Installation& installation, const Actor& actor, std::int64_t id, bool undo, PutBack done) {
    const Author author{actor, installation.loop.utc_now()};
    change_apart<ConnectorRow>(
        installation,
        [author, id, undo](Database& own, const auto& alone) { return put_back(own, author, id, undo, alone); },
        [&installation, done = std::move(done)](const Outcome<ConnectorRow>& row) {
            if (row) apply_connectors(installation);
            done(row.map([](const ConnectorRow& present) { return present.id; }));
        });
}

}  // namespace

void restore_revision(Installation& installation, const Actor& actor, std::int64_t id, const PutBack& done) {
    if (kind_of_revision(installation.database, id) == "points")
        return restore_points(installation, actor, id, false, done);
    put_connector_back(installation, actor, id, false, done);
}

void undo_revision(Installation& installation, const Actor& actor, std::int64_t id, const PutBack& done) {
    if (kind_of_revision(installation.database, id) == "points")
        return restore_points(installation, actor, id, true, done);
    put_connector_back(installation, actor, id, true, done);
}

}  // namespace busbar::manage
