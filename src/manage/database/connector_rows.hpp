#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manage/database/database.hpp"

namespace busbar::manage {

/// A connector without its texts, which may have megabytes.
struct ConnectorHead {
    std::string id, kind, name;
    std::int64_t config_revision = 0, mapping_revision = 0;  // 0: it has no mapping
    bool stopped = false;
    bool operator==(const ConnectorHead&) const = default;
};

/// A row of table `connector`. `config` and `mapping` are JSON without their revision.
struct ConnectorRow {
    std::string id, kind, name;
    std::string config;
    std::int64_t config_revision = 0;
    std::optional<std::string> mapping;
    std::int64_t mapping_revision = 0;
    bool stopped = false;

    ConnectorHead head() const { return {id, kind, name, config_revision, mapping_revision, stopped}; }
};

/// Costs little however large the texts are; by id.
std::vector<ConnectorHead> connector_heads(Database& database);
std::optional<ConnectorHead> find_connector_head(Database& database, std::string_view id);
/// Nothing: there is no such connector.
std::optional<std::string> config_of_connector(Database& database, std::string_view id);
/// Nothing: there is no such connector, or it has no mapping.
std::optional<std::string> mapping_of_connector(Database& database, std::string_view id);

std::vector<ConnectorRow> all_connectors(Database& database);
std::optional<ConnectorRow> find_connector(Database& database, std::string_view id);
/// Inserts, or replaces what is there.
void save_connector(Database& database, const ConnectorRow& row);
/// Replaces what is there but for its mapping, which is not written again.
void save_connector_but_mapping(Database& database, const ConnectorRow& row);
/// Removes it and notes that its keys are to be deleted from the store.
void remove_connector(Database& database, std::string_view id);

/// Connectors whose keys are still to be deleted from the store.
std::vector<std::string> removed_connectors(Database& database);
void forget_removed_connector(Database& database, std::string_view id);

}  // namespace busbar::manage
