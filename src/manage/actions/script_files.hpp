#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace busbar::manage {

/// An executable in `scripts/` of the data directory, with a manifest NAME.json beside it that names its inputs. Only
/// who administers the machine puts files there.
struct ScriptFile {
    std::string name, description;
    std::vector<std::string> inputs;  // "ImportElementName", "RequestGuid" …
    std::chrono::seconds time_limit{120};
    std::filesystem::path program;
};

struct ScriptFolder {
    std::vector<ScriptFile> scripts;  // those that can be run, by name; at most 200
    struct Refused {
        std::string name, why;
    };
    std::vector<Refused> refused;
};
/// Reads the folder again.
ScriptFolder read_scripts(const std::filesystem::path& data);
/// The error says why it cannot be run.
Result<ScriptFile> find_script(const std::filesystem::path& data, const std::string& name);

}  // namespace busbar::manage
