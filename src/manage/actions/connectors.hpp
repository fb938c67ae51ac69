#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "manage/actions/actor.hpp"
#include "manage/actions/installation.hpp"
#include "manage/actions/save_connectors.hpp"

namespace busbar::manage {

Outcome<ConnectorRow> find(Installation& installation, std::string_view id);
/// The same without its texts.
Outcome<ConnectorHead> find_head(Installation& installation, std::string_view id);

/// A mapping that is so long that the worker has to check and write it.
bool is_long(const std::optional<std::string>& mapping);
bool has_long_mapping(Installation& installation, std::string_view id);

// Each of them at once or, where a long mapping is read or written, apart: by the worker's thread.

/// `config` is JSON; its faults are named.
Outcome<ConnectorRow> create_connector(Installation& installation, const Actor& actor, const ConnectorRow& wanted);
void create_connector_apart(Installation& installation, const Actor& actor, std::function<ConnectorRow()> wanted,
                            std::function<void(Outcome<ConnectorRow>)> done);

Outcome<ConnectorRow> change_connector(Installation& installation, const Actor& actor, std::string_view id,
                                       const ConnectorChange& change);
void change_connector_apart(Installation& installation, const Actor& actor, std::string id,
                            std::function<ConnectorChange()> change, std::function<void(Outcome<ConnectorRow>)> done);

Outcome<void> remove_connector(Installation& installation, const Actor& actor, std::string_view id);
Outcome<void> restart_connector(Installation& installation, const Actor& actor, std::string_view id);

/// Tells supervision and store what the database says: at the start, and after every change.
void apply_connectors(Installation& installation);

}  // namespace busbar::manage
