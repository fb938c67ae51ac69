#include "manage/actions/journal.hpp"

#include <fmt/format.h>

#include "manage/actions/conceal.hpp"
#include "manage/actions/connectors.hpp"

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

Outcome<std::string> restore_revision(Installation& installation, const Actor& actor, std::int64_t id) {
    const auto revision = get_revision(installation, actor, id);
    if (!revision) return tl::make_unexpected(revision.error());
    const auto& text = revision->action == "removed" && revision->kind == "config" ? revision->before : revision->after;
    if (revision->kind == "points" || !find_connector(installation.database, revision->object))
        return refuse(Problem::Kind::conflict, "not_restorable", revision->object + " is not there any more");
    ConnectorChange change;
    if (revision->kind == "config") change.config = text;
    if (revision->kind == "mapping") change.mapping = text;
    change.comment = fmt::format("as after change {}", id);
    return change_connector(installation, actor, revision->object, change).map([](const ConnectorRow& row) {
        return row.id;
    });
}

}  // namespace busbar::manage
