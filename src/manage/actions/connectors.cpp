#include "manage/actions/connectors.hpp"

#include <fmt/format.h>

#include <utility>

#include "manage/actions/audit.hpp"
#include "manage/actions/change_apart.hpp"
#include "manage/actions/conceal.hpp"
#include "manage/database/journal.hpp"

namespace busbar::manage {

namespace {

constexpr std::size_t long_mapping = std::size_t{64} << 10;

Outcome<ConnectorRow> create(Database& database, const Author& author, ConnectorRow row,
                             const std::function<void()>& alone) {
    if (auto good = check_new(database, row, {}); !good) return tl::make_unexpected(good.error());
    alone();
    Change transaction(database);
    if (find_connector_head(database, row.id))
        return refuse(Problem::Kind::conflict, "connector_exists", row.id + " is there already");
    save_new_connectors(database, author, {&row, 1}, "");
    transaction.commit();
    return row;
}

/// What has changed the database is told to the rest.
std::function<void(Outcome<ConnectorRow>)> applied(Installation& installation,
                                                   std::function<void(Outcome<ConnectorRow>)> done) {
    return [&installation, done = std::move(done)](Outcome<ConnectorRow> outcome) {
        if (outcome) apply_connectors(installation);
        done(std::move(outcome));
    };
}

Author author_of(const Installation& installation, const Actor& actor) { return {actor, installation.loop.utc_now()}; }

}  // namespace

Outcome<ConnectorRow> find(Installation& installation, std::string_view id) {
    if (auto row = find_connector(installation.database, id)) return *std::move(row);
    return no_such_connector(id);
}

Outcome<ConnectorHead> find_head(Installation& installation, std::string_view id) {
    if (auto head = find_connector_head(installation.database, id)) return *std::move(head);
    return tl::make_unexpected(no_such_connector(id).error());
}

bool is_long(const std::optional<std::string>& mapping) { return mapping && mapping->size() > long_mapping; }

bool has_long_mapping(Installation& installation, std::string_view id) {
    const auto head = find_connector_head(installation.database, id);
    return head && head->mapping_revision != 0 && is_long(mapping_of_connector(installation.database, id));
}

Outcome<ConnectorRow> create_connector(Installation& installation, const Actor& actor, const ConnectorRow& wanted) {
    auto made = create(installation.database, author_of(installation, actor), wanted, [] {});
    if (made) apply_connectors(installation);
    return made;
}

void create_connector_apart(Installation& installation, const Actor& actor, std::function<ConnectorRow()> wanted,
                            std::function<void(Outcome<ConnectorRow>)> done) {
    change_apart<ConnectorRow>(
        installation,
        [author = author_of(installation, actor), wanted = std::move(wanted)](Database& own, const auto& alone) {
            return create(own, author, wanted(), alone);
        },
        applied(installation, std::move(done)));
}

Outcome<ConnectorRow> change_connector(Installation& installation, const Actor& actor, std::string_view id,
                                       const ConnectorChange& change) {
    auto changed = save_change(installation.database, author_of(installation, actor), id, change, [] {});
    if (changed) apply_connectors(installation);
    return changed;
}

void change_connector_apart(Installation& installation, const Actor& actor, std::string id,
                            std::function<ConnectorChange()> change, std::function<void(Outcome<ConnectorRow>)> done) {
    change_apart<ConnectorRow>(
        installation,
        [author = author_of(installation, actor), id = std::move(id), change = std::move(change)](
            Database& own, const auto& alone) { return save_change(own, author, id, change(), alone); },
        applied(installation, std::move(done)));
}

Outcome<void> remove_connector(Installation& installation, const Actor& actor, std::string_view id) {
    const auto found = find_head(installation, id);
    if (!found) return tl::make_unexpected(found.error());
    Database& database = installation.database;
    const auto config = config_of_connector(database, id);
    Change transaction(database);
    add_revision(database, {0, installation.loop.utc_now(), actor.name, "config", found->id, "removed", config,
                            std::nullopt, ""});
    add_audit(installation, actor, "connector removed", found->id, without_secrets(*config));
    remove_connector(database, id);
    transaction.commit();
    apply_connectors(installation);
    return {};
}

Outcome<void> restart_connector(Installation& installation, const Actor& actor, std::string_view id) {
    const auto found = find_head(installation, id);
    if (!found) return tl::make_unexpected(found.error());
    if (found->stopped)
        return refuse(Problem::Kind::conflict, "connector_stopped", found->id + " is stopped; start it");
    if (auto done = installation.supervision.restart(id); !done)
        return refuse(Problem::Kind::conflict, "cannot_restart", done.error().what);
    add_audit(installation, actor, "connector restarted", found->id);
    return {};
}

void apply_connectors(Installation& installation) {
    std::vector<Supervised> supervised;
    std::vector<std::string> ids;
    for (const auto& [head, service, groups] : installation.publication.connectors()) {
        supervised.push_back({head.id, head.kind, service, head.stopped});
        ids.push_back(head.id);
    }
    installation.publication.check();
    installation.supervision.set(supervised);
    installation.states.watch(std::move(ids));
}

}  // namespace busbar::manage
