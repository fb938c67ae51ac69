#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "manage/live/live_line.hpp"

namespace busbar::manage {

using Headers = std::vector<std::pair<std::string, std::string>>;  // names in lower case

/// An HTTP request that was read to its end. Limits of size are the server's.
struct HttpRequest {
    std::string method;  // "GET"
    std::string target;  // "/api/v1/points?limit=10"
    Headers headers;
    std::string body;
    std::string address;  // of the peer
    bool secure = false;  // came over TLS

    /// Empty if there is none; of several the first.
    std::string_view header(std::string_view name) const;
    /// Of the header `cookie`; empty if there is none.
    std::string_view cookie(std::string_view name) const;
};

struct HttpResponse {
    unsigned status = 200;
    Headers headers = {};
    std::string body = {};
    std::shared_ptr<LiveClient> live = nullptr;  // status 101: over a WebSocket; 200: as server-sent events
};

/// Called once, now or later, from the loop.
using Respond = std::function<void(HttpResponse response)>;
using HttpHandler = std::function<void(HttpRequest request, Respond respond)>;

}  // namespace busbar::manage
