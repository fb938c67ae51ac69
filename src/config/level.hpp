#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <string>
#include <vector>

#include "config/findings.hpp"
#include "config/flags.hpp"
#include "config/settings.hpp"

namespace busbar::config {

/// Path of an option -> where it was given, for messages.
using Origins = std::map<std::string, std::string, std::less<>>;

/// Options from one place: the TOML file, the environment, or the flags.
struct Level {
    boost::json::object values;
    Origins origins;
};

/// What the input says, from weak to strong. A file that cannot be read is added to `faults`.
std::vector<Level> levels(Document start, const StartInput& input, std::vector<std::string>& faults);

/// Where the option at `path`, or the table or list it is in, was given; else the path.
std::string place(const Origins& origins, const std::string& path);
/// The same; for an option that was given nowhere, its flag.
std::string place_or_flag(Document start, const Origins& origins, const std::string& path);

/// Within one level: the port in "host:port" counts unless a port is given beside it, "unix://" falls away, and of
/// password and password file the one that is given replaces what weaker levels say.
void prepare_store_options(Level& level, Findings& findings);

/// Takes the password from the password file, if there is one.
void read_password_file(StoreOptions& store, Findings& findings);

}  // namespace busbar::config
