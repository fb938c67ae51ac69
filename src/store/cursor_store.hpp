#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

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
        std::vector<std::string> unreadable;
        std::string error;
    };

    CursorStore(Store& store, std::string_view id);

    /// Of all groups: reads the names of all keys of the store.
    void load_all(std::function<void(const Loaded&)> handler);
    /// Of these groups.
    void load(std::vector<std::string> groups, std::function<void(const Loaded&)> handler);
    /// A cursor never goes back: an id before the one saved last is ignored.
    void save(std::string_view group, StreamId cursor);
    /// After a gap was repaired the cursor may have to.
    void save_back(std::string_view group, StreamId cursor);
    void remove(std::string_view group);
    /// Forgets what is not saved yet and writes nothing more, until the next save: the lease is lost.
    void forget();
    /// Everything is in the store.
    bool is_saved() const { return dirty_.empty() && !writing_; }
    /// Writes at once; `done` when the store has answered or the connection is lost.
    void flush(std::function<void()> done);

private:
    using Groups = std::set<std::string, std::less<>>;

    void connected() override;
    void scan(std::string_view position, std::vector<std::string> groups, std::function<void(const Loaded&)> handler);
    void schedule(Duration delay);
    void write();
    void written(const Groups& groups, bool good);
    void tell_waiting();

    std::string id_;
    Cursors cursors_;  // as they should be
    Groups dirty_;     // to be written, or deleted if not in cursors_
    bool writing_ = false;
    std::uint64_t life_ = 0;  // ended by forget()
    net::Timer timer_;
    std::vector<std::function<void()>> waiting_;
};

}  // namespace busbar::store
