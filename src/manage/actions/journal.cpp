#include "manage/actions/journal.hpp"

#include <fmt/format.h>

#include "manage/actions/conceal.hpp"
#include "manage/actions/connectors.hpp"
#include "manage/actions/save_points.hpp"

namespace busbar::manage {

std::vector<Revision> list_revisions(Installation& installation, std::string_view kind, std::string_view object,
                                     std::int64_t before, std::int64_t limit) {
    return revisions(installation.database, kind, object, before, static_cast<int>(limit));
}

Outcome<Revision> get_revision(Installation& installation, const Actor& actor, std::int64_t id) {
    auto revision = find_revision(installation.database, id);
    if (!revision)
        return refuse(Problem::Kind::not_found, "no_such_revision", fmt::format("there is no change {}", id));
    if (!actor.may(Role::engineer)) {
        for (auto* text : {&revision->before, &revision->after}) {
            if (*text) *text = without_secrets(**text);
        }
    }
    return *revision;
}

namespace {

Outcome<std::string> put_connector_back(Installation& installation, const Actor& actor, std::int64_t id, bool before) {
    const auto revision = get_revision(installation, actor, id);
    if (!revision) return tl::make_unexpected(revision.error());
    if (!find_connector(installation.database, revision->object))
        return refuse(Problem::Kind::conflict, "not_restorable", revision->object + " is not there any more");
    const auto& text = before ? revision->before : revision->after;
    if (revision->kind == "config" && !text)
        return refuse(Problem::Kind::conflict, "not_restorable", revision->object + " was made by this change");
    ConnectorChange change;
    if (revision->kind == "config") change.config = text;
    if (revision->kind == "mapping") change.mapping = text;
    change.comment = fmt::format("as {} change {}", before ? "before" : "after", id);
    return change_connector(installation, actor, revision->object, change).map([](const ConnectorRow& row) {
        return row.id;
    });
}

}  // namespace

void restore_revision(Installation& installation, const Actor& actor, std::int64_t id, const PutBack& done) {
    if (is_of_points(installation.database, id)) return restore_points(installation, actor, id, false, done);
    const auto revision = find_revision(installation.database, id);
    const bool before = revision && revision->action == "removed" && revision->kind == "config";
    done(put_connector_back(installation, actor, id, before));
}

void undo_revision(Installation& installation, const Actor& actor, std::int64_t id, const PutBack& done) {
    if (is_of_points(installation.database, id)) return restore_points(installation, actor, id, true, done);
    done(put_connector_back(installation, actor, id, true));
}

}  // namespace busbar::manage
