#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "net/timer.hpp"
#include "store/store.hpp"
#include "store/stream_id.hpp"

namespace busbar::store {

/// The cursors of a server connector's groups, `connectors:{ID}:cursor:{GROUP}`. Saving is cheap to call: what changed
/// within 50 ms is written together, again after an error, and all of it after the store's return.
class CursorStore : StorePart {
public:
    static constexpr Duration save_delay = std::chrono::milliseconds{50};

    using Cursors = std::map<std::string, StreamId, std::less<>>;
    /// An empty error: these are the stored cursors. A cursor whose text is no id is left out and named in
    /// `unreadable`.
    struct Loaded {
        Cursors cursors;
        std::string unreadable;
        std::string error;
    };

    CursorStore(Store& store, std::string_view id);

    void load(std::function<void(const Loaded&)> handler);
    /// A cursor never goes back: an id before the one saved last is ignored.
    void save(std::string_view group, StreamId cursor);
    /// After a gap was repaired the cursor may have to.
    void save_back(std::string_view group, StreamId cursor);
    void remove(std::string_view group);
    /// Everything is in the store.
    bool is_saved() const { return dirty_.empty() && in_flight_ == 0; }
    /// Writes at once; `done` when the store has answered or the connection is lost.
    void flush(std::function<void()> done);

private:
    void connected() override;
    void schedule();
    void write();

    std::string id_;
    Cursors cursors_;                                 // as they should be
    std::map<std::string, bool, std::less<>> dirty_;  // true: to be deleted
    std::size_t in_flight_ = 0;
    net::Timer timer_;
    std::vector<std::function<void()>> waiting_;
};

}  // namespace busbar::store
