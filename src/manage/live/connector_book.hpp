#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/common.hpp"
#include "manage/database/connector_rows.hpp"

namespace busbar::manage {

/// A connector, and what the service itself needs of its configuration.
struct KnownConnector {
    ConnectorHead head;
    config::Service service;
    std::vector<std::string> required_groups;  // of a server: redundancy groups that must have everything
};

/// The connectors of the database. A configuration is read again only when its revision is another.
class ConnectorBook {
public:
    explicit ConnectorBook(Database& database) : database_(database) {}

    /// By id, as they are now.
    const std::vector<KnownConnector>& look();
    /// Revisions may have begun anew: all are read again.
    void forget() { known_.clear(); }

private:
    Database& database_;
    std::vector<KnownConnector> known_;
};

}  // namespace busbar::manage
