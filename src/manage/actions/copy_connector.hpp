#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <string>
#include <vector>

#include "manage/actions/connectors.hpp"

namespace busbar::manage {

/// A table of how copies of a connector differ from it.
struct CopyTable {
    struct Row {
        std::string id, name;
        std::vector<boost::json::value> values;  // one for each column; null: as in the original
    };
    std::vector<std::string> columns;  // JSON pointers into the configuration: "/network/host"
    std::vector<Row> rows;
    bool stopped = false;  // they are not started
};

inline constexpr std::size_t most_copies = 200, most_copy_columns = 64;

/// The connectors that the table makes of `id`: all of them, or none and every fault with its row ("rows[3]: …"). With
/// `dry_run` nothing is made. At once or, with a long mapping, by the worker's thread.
void copy_connector(Installation& installation, const Actor& actor, std::string id, CopyTable table, bool dry_run,
                    std::function<void(Outcome<std::vector<ConnectorRow>>)> done);

}  // namespace busbar::manage
