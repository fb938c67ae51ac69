#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "store/client/client.hpp"
#include "store/gap.hpp"
#include "store/stream_entry.hpp"

namespace busbar::store {

struct StreamReaderOptions {
    std::string stream = std::string{keys::updates};
    std::size_t count = 1000;                  // entries a read
    Duration block = std::chrono::seconds{1};  // how long a read waits in the store
    Duration check = std::chrono::seconds{5};  // how often the stream's end and the store's history are looked at
};

/// Follows a stream from a cursor on a connection of its own, and is never silent about a hole (rule 2). Every read is
/// pipelined with a look at whether the entry at the cursor still exists, made *after* the read and answered before its
/// entries are handed on; so nothing that came before a trimmed part passes for complete. At every connection and every
/// `check` the stream's last id and the store's replication id are compared with what is known. Other errors of the
/// store (a stream of the wrong type, -NOPERM) are reported by `state` and tried again every second.
class StreamReader {
public:
    struct Handlers {
        /// Entries in order, each once for a given start; also those with a fault, so that a cursor can pass them.
        std::function<void(std::span<const StreamEntry>)> entries;
        /// The reader stands still until it is started again.
        std::function<void(const Gap&)> gap;
        /// An empty reason: reading (again). Otherwise why not; called when it changes.
        std::function<void(const std::string& reason)> state;
    };

    StreamReader(net::EventLoop& loop, ClientOptions options, StreamReaderOptions stream, Handlers handlers);
    ~StreamReader();
    StreamReader(const StreamReader&) = delete;
    StreamReader& operator=(const StreamReader&) = delete;

    /// Hands on what follows `cursor`. `history`: what history() was when the cursor was current; empty: not known, the
    /// store's is taken as it is. Also goes on after a gap. What an earlier start still has under way is dropped.
    void start_from(StreamId cursor, std::string history = {});
    /// Finds the end of the stream, says where it is (0-0: empty or missing), and hands on what follows. Tries until
    /// there is a connection.
    void start_at_end(std::function<void(StreamId end)> positioned);
    void stop();

    /// At most the read under way is still handed on; the next is made after resume().
    void pause();
    void resume();

    /// The id of the last entry handed on.
    StreamId position() const;
    /// The store's replication id as last seen; keep it beside a stored cursor (status field `store_history`).
    const std::string& history() const;

private:
    struct Run;
    std::shared_ptr<Run> run_;
};

}  // namespace busbar::store
