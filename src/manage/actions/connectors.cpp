#include "manage/actions/connectors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "config/client.hpp"
#include "config/mapping.hpp"
#include "config/meter.hpp"
#include "config/server.hpp"
#include "manage/actions/audit.hpp"
#include "manage/actions/conceal.hpp"
#include "manage/database/journal.hpp"

namespace busbar::manage {

namespace {

constexpr std::size_t max_connectors = 200;

std::vector<Problem::Fault> to_faults(const std::vector<std::string>& sentences) {
    std::vector<Problem::Fault> faults;
    for (const std::string& sentence : sentences) {
        const auto colon = sentence.find(": ");
        if (colon == std::string::npos) {
            faults.push_back({"", sentence});
        } else {
            faults.push_back({sentence.substr(0, colon), sentence.substr(colon + 2)});
        }
    }
    return faults;
}

struct Checked {
    std::vector<std::string> faults;
    config::Service service;
};

Checked check_config(std::string_view kind, std::string_view json) {
    if (kind == server_kind) {
        const auto reading = config::read_server_config(json, {});
        return {reading.faults, reading.value.service};
    }
    if (kind == client_kind) {
        const auto reading = config::read_client_config(json, {});
        return {reading.faults, reading.value.service};
    }
    const auto reading = config::read_meter_config(json, {});
    return {reading.faults, reading.value.service};
}

std::vector<std::string> check_mapping(const ConnectorRow& row) {
    auto mapping = config::read_mapping(*row.mapping);
    if (!mapping.good()) return mapping.faults;
    return config::check_fits(mapping.value, config::read_server_config(row.config, {}).value.protocol);
}

/// Everything that is wrong with a connector as it is to be.
Outcome<void> check(const ConnectorRow& row, bool mapping_is_good = false) {
    if (auto checked = check_config(row.kind, row.config); !checked.faults.empty())
        return refuse(Problem::Kind::invalid, "invalid_config", "the configuration has faults",
                      to_faults(checked.faults));
    if (!row.mapping) return {};
    if (row.kind != server_kind)
        return refuse(Problem::Kind::invalid, "no_mapping", "only an iec104-server has a mapping");
    if (mapping_is_good) return {};
    if (const auto faults = check_mapping(row); !faults.empty())
        return refuse(Problem::Kind::invalid, "invalid_mapping", "the mapping has faults", to_faults(faults));
    return {};
}

/// A new revision if the text differs; the present one if not.
std::int64_t revise(Installation& installation, const Actor& actor, std::string_view kind, const std::string& id,
                    std::string_view action, const std::optional<std::string>& before,
                    const std::optional<std::string>& after, const std::string& comment) {
    return add_revision(installation.database, {0, installation.loop.utc_now(), actor.name, std::string(kind), id,
                                                std::string(action), before, after, comment});
}

}  // namespace

std::string version_of(const ConnectorRow& row) {
    return fmt::format("{}-{}-{}-{:x}", row.config_revision, row.mapping_revision, row.stopped ? 1 : 0,
                       std::hash<std::string>{}(row.name));
}

Outcome<ConnectorRow> find(Installation& installation, std::string_view id) {
    if (auto row = find_connector(installation.database, id)) return *row;
    return refuse(Problem::Kind::not_found, "no_such_connector", fmt::format("there is no connector {}", id));
}

Outcome<void> check_new(Installation& installation, const ConnectorRow& wanted, std::span<const ConnectorRow> others) {
    const auto is_other = [&wanted](const ConnectorRow& row) { return row.id == wanted.id; };
    if (find_connector(installation.database, wanted.id) || std::ranges::any_of(others, is_other))
        return refuse(Problem::Kind::conflict, "connector_exists", wanted.id + " is there already");
    if (all_connectors(installation.database).size() + others.size() >= max_connectors)
        return refuse(Problem::Kind::conflict, "too_many_connectors",
                      fmt::format("an installation has {} connectors at most", max_connectors));
    return check(wanted);
}

void add_connectors(Installation& installation, const Actor& actor, std::span<ConnectorRow> rows,
                    const std::string& comment) {
    Change transaction(installation.database);
    for (ConnectorRow& row : rows) {
        row.config_revision =
            revise(installation, actor, "config", row.id, "created", std::nullopt, row.config, comment);
        if (row.mapping)
            row.mapping_revision =
                revise(installation, actor, "mapping", row.id, "created", std::nullopt, row.mapping, comment);
        save_connector(installation.database, row);
        add_audit(installation, actor, "connector created", row.id, std::nullopt, without_secrets(row.config));
    }
    transaction.commit();
    apply_connectors(installation);
}

Outcome<ConnectorRow> create_connector(Installation& installation, const Actor& actor, const ConnectorRow& wanted) {
    if (auto good = check_new(installation, wanted, {}); !good) return tl::make_unexpected(good.error());
    ConnectorRow row = wanted;
    add_connectors(installation, actor, {&row, 1}, "");
    return row;
}

Outcome<ConnectorRow> change_connector(Installation& installation, const Actor& actor, std::string_view id,
                                       const ConnectorChange& change) {
    auto found = find(installation, id);
    if (!found) return found;
    const ConnectorRow before = *found;
    if (!change.expected_version.empty() && change.expected_version != version_of(before))
        return refuse(Problem::Kind::changed_meanwhile, "changed_meanwhile",
                      fmt::format("{} is now at version {}", id, version_of(before)));
    ConnectorRow row = before;
    if (change.name) row.name = *change.name;
    if (change.config) row.config = *change.config;
    if (change.mapping) row.mapping = *change.mapping;
    if (change.stopped) row.stopped = *change.stopped;
    const bool mapping_is_good =
        change.mapping_fits != 0 && change.mapping_fits == row.config_revision && !change.config;
    if (auto good = check(row, mapping_is_good); !good) return tl::make_unexpected(good.error());
    Change transaction(installation.database);
    if (row.config != before.config) {
        row.config_revision =
            revise(installation, actor, "config", row.id, "changed", before.config, row.config, change.comment);
        add_audit(installation, actor, "configuration changed", row.id, without_secrets(before.config),
                  without_secrets(row.config));
    }
    if (row.mapping != before.mapping) {
        const auto revision = revise(installation, actor, "mapping", row.id, row.mapping ? "changed" : "removed",
                                     before.mapping, row.mapping, change.comment);
        row.mapping_revision = row.mapping ? revision : 0;
        add_audit(installation, actor, "mapping changed", row.id);
    }
    if (row.name != before.name) add_audit(installation, actor, "connector renamed", row.id);
    if (row.stopped != before.stopped)
        add_audit(installation, actor, row.stopped ? "connector stopped" : "connector started", row.id);
    save_connector(installation.database, row);
    transaction.commit();
    apply_connectors(installation);
    return row;
}

Outcome<void> remove_connector(Installation& installation, const Actor& actor, std::string_view id) {
    const auto found = find(installation, id);
    if (!found) return tl::make_unexpected(found.error());
    Change transaction(installation.database);
    revise(installation, actor, "config", found->id, "removed", found->config, std::nullopt, "");
    add_audit(installation, actor, "connector removed", found->id, without_secrets(found->config));
    remove_connector(installation.database, id);
    transaction.commit();
    apply_connectors(installation);
    return {};
}

Outcome<void> restart_connector(Installation& installation, const Actor& actor, std::string_view id) {
    const auto found = find(installation, id);
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
    for (const ConnectorRow& row : all_connectors(installation.database)) {
        supervised.push_back({row.id, row.kind, check_config(row.kind, row.config).service, row.stopped});
        ids.push_back(row.id);
    }
    installation.publication.check();
    installation.supervision.set(supervised);
    installation.states.watch(std::move(ids));
}

}  // namespace busbar::manage
