#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/document.hpp"

namespace busbar::config {

/// An option as a flag and as an environment variable.
struct Flag {
    std::string path;         // in the document: "protocol.t1"
    std::string subcommand;   // "client"; empty: the page itself
    std::string name;         // "--t1", "-k"
    std::string environment;  // "BUSBAR_CLIENT_T1"
    const Row* row;

    /// "client --t1", as messages and the manual name it.
    std::string text() const { return subcommand.empty() ? name : subcommand + " " + name; }
};

/// "iec104-server", "server": the page of a start document and the subcommand that holds the line's options.
std::string_view page_name(Document start);
std::string_view line_subcommand(Document start);

/// The environment variable that stands for --config: "BUSBAR_IEC104_SERVER_CONFIG".
std::string config_file_variable(Document start);

/// All flags of a start document in the order of its rows. Lists of tables, variants and what is marked `managed` have
/// none.
const std::vector<Flag>& flags(Document start);

}  // namespace busbar::config
