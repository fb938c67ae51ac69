#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "manage/actions/actor.hpp"
#include "manage/actions/installation.hpp"
#include "manage/actions/problem.hpp"

namespace busbar::manage {

struct ImportCredentials {
    std::string user, password;
};

/// Keeps user and password for the import scripts of a connector: encrypted under a key of the installation's own
/// (`import.key` in the data directory, readable by its owner only). They go to scripts and nowhere else.
Outcome<void> keep_import_credentials(Installation& installation, const Actor& actor, std::string_view connector,
                                      const ImportCredentials& credentials);
Outcome<void> forget_import_credentials(Installation& installation, const Actor& actor, std::string_view connector);
Outcome<bool> has_import_credentials(Installation& installation, std::string_view connector);
/// The error: they are there and cannot be read.
Outcome<std::optional<ImportCredentials>> kept_import_credentials(Installation& installation,
                                                                  std::string_view connector);

}  // namespace busbar::manage
