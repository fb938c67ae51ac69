#pragma once

#include <CLI/CLI.hpp>
#include <vector>

#include "manage/rest/http_options.hpp"

namespace busbar::program {

/// --http-address, --http-port and TLS, on the page of a program that serves the API.
std::vector<CLI::Option*> add_http_options(CLI::App& page, manage::HttpOptions& options);

}  // namespace busbar::program
