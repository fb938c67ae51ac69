#include "manage/actions/save_connectors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "config/client.hpp"
#include "config/mapping.hpp"
#include "config/meter.hpp"
#include "config/server.hpp"
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

std::vector<std::string> check_config(std::string_view kind, std::string_view json) {
    if (kind == server_kind) return config::read_server_config(json, {}).faults;
    if (kind == client_kind) return config::read_client_config(json, {}).faults;
    return config::read_meter_config(json, {}).faults;
}

std::vector<std::string> check_mapping(const ConnectorRow& row) {
    auto mapping = config::read_mapping(*row.mapping);
    if (!mapping.good()) return mapping.faults;
    return config::check_fits(mapping.value, config::read_server_config(row.config, {}).value.protocol);
}

/// Everything that is wrong with a connector as it is to be.
Outcome<void> check(const ConnectorRow& row, bool mapping_is_good = false) {
    if (const auto faults = check_config(row.kind, row.config); !faults.empty())
        return refuse(Problem::Kind::invalid, "invalid_config", "the configuration has faults", to_faults(faults));
    if (!row.mapping) return {};
    if (row.kind != server_kind)
        return refuse(Problem::Kind::invalid, "no_mapping", "only an iec104-server has a mapping");
    if (mapping_is_good) return {};
    if (const auto faults = check_mapping(row); !faults.empty())
        return refuse(Problem::Kind::invalid, "invalid_mapping", "the mapping has faults", to_faults(faults));
    return {};
}

/// Notes what one person does to one connector.
class Journal {
public:
    Journal(Database& database, const Author& author, std::string id, std::string comment)
        : database_(database), author_(author), id_(std::move(id)), comment_(std::move(comment)) {}

    std::int64_t revise(std::string_view kind, std::string_view action, const std::optional<std::string>& before,
                        const std::optional<std::string>& after) {
        return add_revision(database_, {0, author_.now, author_.actor.name, std::string(kind), id_, std::string(action),
                                        before, after, comment_});
    }
    void audit(std::string_view action, std::optional<std::string> before = {}, std::optional<std::string> after = {}) {
        add_audit(database_, {0, author_.now, author_.actor.name, author_.actor.address, std::string(action), id_,
                              std::move(before), std::move(after)});
    }

private:
    Database& database_;
    const Author& author_;
    std::string id_, comment_;
};

ConnectorRow changed(const ConnectorRow& before, const ConnectorChange& change) {
    ConnectorRow row = before;
    if (change.name) row.name = *change.name;
    if (change.config) row.config = *change.config;
    if (change.mapping) row.mapping = *change.mapping;
    if (change.stopped) row.stopped = *change.stopped;
    return row;
}

/// What stays was good when it came.
Outcome<void> check_change(const ConnectorRow& before, const ConnectorRow& row, const ConnectorChange& change) {
    if (row.config == before.config && row.mapping == before.mapping) return {};
    const bool fits = change.mapping_fits != 0 && change.mapping_fits == before.config_revision && !change.config;
    return check(row, fits);
}

/// Within a transaction.
void write(Database& database, Journal journal, const ConnectorRow& before, ConnectorRow& row) {
    if (row.config != before.config) {
        row.config_revision = journal.revise("config", "changed", before.config, row.config);
        journal.audit("configuration changed", without_secrets(before.config), without_secrets(row.config));
    }
    const bool other_mapping = row.mapping != before.mapping;
    if (other_mapping) {
        const auto revision =
            journal.revise("mapping", row.mapping ? "changed" : "removed", before.mapping, row.mapping);
        row.mapping_revision = row.mapping ? revision : 0;
        journal.audit("mapping changed");
    }
    if (row.name != before.name) journal.audit("connector renamed");
    if (row.stopped != before.stopped) journal.audit(row.stopped ? "connector stopped" : "connector started");
    if (other_mapping) {
        save_connector(database, row);
    } else {
        save_connector_but_mapping(database, row);
    }
}

}  // namespace

std::string version_of(const ConnectorHead& head) {
    return fmt::format("{}-{}-{}-{:x}", head.config_revision, head.mapping_revision, head.stopped ? 1 : 0,
                       std::hash<std::string>{}(head.name));
}

Outcome<ConnectorRow> no_such_connector(std::string_view id) {
    return refuse(Problem::Kind::not_found, "no_such_connector", fmt::format("there is no connector {}", id));
}

Outcome<void> check_new(Database& database, const ConnectorRow& wanted, std::span<const ConnectorRow> others) {
    const auto is_other = [&wanted](const ConnectorRow& row) { return row.id == wanted.id; };
    if (find_connector_head(database, wanted.id) || std::ranges::any_of(others, is_other))
        return refuse(Problem::Kind::conflict, "connector_exists", wanted.id + " is there already");
    if (connector_heads(database).size() + others.size() >= max_connectors)
        return refuse(Problem::Kind::conflict, "too_many_connectors",
                      fmt::format("an installation has {} connectors at most", max_connectors));
    return check(wanted);
}

void save_new_connectors(Database& database, const Author& author, std::span<ConnectorRow> rows,
                         const std::string& comment) {
    for (ConnectorRow& row : rows) {
        Journal journal(database, author, row.id, comment);
        row.config_revision = journal.revise("config", "created", std::nullopt, row.config);
        if (row.mapping) row.mapping_revision = journal.revise("mapping", "created", std::nullopt, row.mapping);
        save_connector(database, row);
        journal.audit("connector created", std::nullopt, without_secrets(row.config));
    }
}

Outcome<ConnectorRow> save_change(Database& database, const Author& author, std::string_view id,
                                  const ConnectorChange& change, const std::function<void()>& alone) {
    const auto before = find_connector(database, id);
    if (!before) return no_such_connector(id);
    const auto version = version_of(before->head());
    if (!change.expected_version.empty() && change.expected_version != version)
        return refuse(Problem::Kind::changed_meanwhile, "changed_meanwhile",
                      fmt::format("{} is now at version {}", id, version));
    ConnectorRow row = changed(*before, change);
    if (auto good = check_change(*before, row, change); !good) return tl::make_unexpected(good.error());
    alone();
    Change transaction(database);
    if (find_connector_head(database, id) != before->head())
        return refuse(Problem::Kind::conflict, "changed_meanwhile",
                      fmt::format("{} was changed while this change was checked; try again", id));
    write(database, {database, author, row.id, change.comment}, *before, row);
    transaction.commit();
    return row;
}

}  // namespace busbar::manage
