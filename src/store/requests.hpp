#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "store/store.hpp"
#include "store/stream_tail.hpp"

namespace busbar::store {

/// An entry of `connectors:{ID}:requests`. Borrowed.
struct Request {
    std::string_view id;      // the asker's; its reply carries it
    std::string_view action;  // "reconnect", "interrogate" …
    std::string_view data;    // JSON or empty
};

/// What operators ask of a connector while it runs: follows the requests from the stream's end and adds replies.
class Requests : StorePart {
public:
    static constexpr std::size_t replies_kept = 1000;

    Requests(Store& store, std::string_view id, std::function<void(const Request&)> handler);

    void start();
    /// Fields `id`, `action`, `data` in `connectors:{ID}:replies`.
    void reply(std::string_view id, std::string_view action, std::string_view data);

private:
    std::string replies_key_;
    std::function<void(const Request&)> handler_;
    StreamTail tail_;
};

}  // namespace busbar::store
