#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "store/client/batch.hpp"
#include "store/client/reply.hpp"

namespace busbar::store {

using ReplyHandler = std::function<void(const Reply& reply)>;
using BatchHandler = std::function<void(const Batch& batch)>;

/// Who waits for which answers, in the order of the commands. Handlers may add to the queue or empty it.
class AnswerQueue {
public:
    /// `octets`: how long the commands are that will be answered.
    void add(ReplyHandler handler, std::size_t octets, TimePoint now);
    void add(BatchHandler handler, std::size_t replies, std::size_t octets, TimePoint now);
    /// Hands the reply to the first that waits; false: nobody does.
    bool answer(const Reply& reply);
    /// Tells all who wait now that no answer will come.
    void lose_all(std::string_view reason);

    /// Since when the first has been waiting.
    std::optional<TimePoint> oldest() const;
    std::size_t replies() const { return replies_; }
    std::size_t octets() const { return octets_; }

private:
    struct Waiting {
        std::variant<ReplyHandler, BatchHandler> handler;
        std::size_t replies;  // still to come
        std::size_t octets;
        TimePoint since;
    };
    void add(Waiting waiting);
    Waiting take_first();
    void count(const Reply& reply);
    void finish_batch(const BatchHandler& handler, std::size_t lost, std::string_view reason);

    std::deque<Waiting> waiting_;
    std::size_t replies_ = 0;
    std::size_t octets_ = 0;
    // What the first has heard so far, if it is a batch.
    std::size_t good_ = 0;
    std::size_t failed_ = 0;
    std::vector<Batch::Failure> failures_;
};

}  // namespace busbar::store
