#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "manage/live/problem.hpp"
#include "store/store.hpp"
#include "store/stream_tail.hpp"

namespace busbar::manage {

/// Looks back into a stream.
class StreamHistory : store::StorePart {
public:
    static constexpr std::size_t read_at_once = 1000;
    /// So many entries are looked at for one question; what is left is for the next, at `next`.
    static constexpr std::size_t read_at_most = 50'000;

    struct Question {
        std::string stream;
        store::StreamId from{}, to{~std::uint64_t{0}, ~std::uint64_t{0}};  // both included
        bool newest_first = true;
        std::size_t limit = 100;
        /// True: it counts.
        std::function<bool(store::StreamId, store::EntryFields)> take;
    };
    struct Found {
        std::optional<store::StreamId> last;  // looked at; nothing: there are no more
    };
    explicit StreamHistory(store::Store& store) : StorePart(store) {}

    /// `done` once.
    void ask(Question question, std::function<void(Outcome<Found>)> done);

private:
    struct Work {
        Question question;
        std::function<void(Outcome<Found>)> done;
        std::size_t looked_at = 0, found = 0;
    };
    void read(const std::shared_ptr<Work>& work);
    void take(const std::shared_ptr<Work>& work, const store::Reply& reply);
};

/// The id before or after this one.
store::StreamId id_before(store::StreamId id);
store::StreamId id_after(store::StreamId id);

}  // namespace busbar::manage
