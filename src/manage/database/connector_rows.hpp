#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manage/database/database.hpp"

namespace busbar::manage {

/// A row of table `connector`. `config` and `mapping` are JSON without their revision.
struct ConnectorRow {
    std::string id, kind, name;
    std::string config;
    std::int64_t config_revision = 0;
    std::optional<std::string> mapping;
    std::int64_t mapping_revision = 0;
    bool stopped = false;
};

std::vector<ConnectorRow> all_connectors(Database& database);
std::optional<ConnectorRow> find_connector(Database& database, std::string_view id);
/// Inserts, or replaces what is there.
void save_connector(Database& database, const ConnectorRow& row);
/// Removes it and notes that its keys are to be deleted from the store.
void remove_connector(Database& database, std::string_view id);

/// Connectors whose keys are still to be deleted from the store.
std::vector<std::string> removed_connectors(Database& database);
void forget_removed_connector(Database& database, std::string_view id);

}  // namespace busbar::manage
