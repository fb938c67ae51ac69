#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace busbar::manage {

/// A file that lies ready in a folder of `imports/` in the data directory: "shared", or that of an element.
struct ImportFile {
    std::string folder, name;
    std::uint64_t octets = 0;
};

/// At most 1000 of them. Links are not followed.
std::vector<ImportFile> import_files(const std::filesystem::path& data);
/// Neither name can lead out of `imports/`; what is no file of ours is an error.
Result<std::string> read_import_file(const std::filesystem::path& data, const std::string& folder,
                                     const std::string& name);

}  // namespace busbar::manage
