#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace busbar::manage {

struct WebRequest {
    std::string url;
    std::optional<std::string> form;  // posted; else it is a GET
    std::string authorization;        // the header; empty: none
};

struct WebAnswer {
    long status = 0;
    std::string body;
};

/// Asks another server, and blocks until it has answered: for a thread that may wait.
using Fetch = std::function<Result<WebAnswer>(const WebRequest& request)>;

/// HTTPS with a certificate by the system's authorities, or by those in `ca_file` (PEM) if it is not empty; plain HTTP
/// as it is asked for. No redirect is followed, an answer has 1 MB at most and takes 10 s at most. `ending`: gives up.
Fetch web_client(std::string ca_file, std::shared_ptr<const std::atomic<bool>> ending);

}  // namespace busbar::manage
