#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/client/client.hpp"
#include "store/stream_id.hpp"

namespace busbar::store {

/// Field and value pairs of an entry, borrowed for the call.
using EntryFields = std::span<const std::pair<std::string_view, std::string_view>>;

/// Follows one or more streams from their ends as they are at every new connection: for requests and commands, of which
/// a backlog is never wanted. One connection of its own for all of them.
class StreamTail {
public:
    struct Handlers {
        std::function<void(std::string_view stream, StreamId id, EntryFields fields)> entry;
        /// Following (empty reason), or why not; called when it changes.
        std::function<void(const std::string& reason)> state;
    };

    StreamTail(net::EventLoop& loop, ClientOptions options, std::vector<std::string> streams, Handlers handlers);
    ~StreamTail();
    StreamTail(const StreamTail&) = delete;
    StreamTail& operator=(const StreamTail&) = delete;

    void start();
    void stop();
    /// The last entry handed on of the first stream, or where its following began.
    StreamId position() const;

private:
    struct Run;
    std::shared_ptr<Run> run_;
};

}  // namespace busbar::store
