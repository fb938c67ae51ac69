#pragma once

#include <functional>
#include <memory>

#include "base/octets.hpp"
#include "store/client/arena.hpp"
#include "store/client/reply.hpp"

struct redisReader;
struct redisReadTask;
struct redisReplyObjectFunctions;

namespace busbar::store {

/// RESP to replies, from octets cut anywhere. hiredis reads; replies are built in memory that is used again.
class ReplyReader {
public:
    /// A reply that needs more than `max_reply_octets` here is an error.
    explicit ReplyReader(std::size_t max_reply_octets);
    ~ReplyReader();
    ReplyReader(const ReplyReader&) = delete;
    ReplyReader& operator=(const ReplyReader&) = delete;

    /// Calls `on_reply` for each reply that is complete; it returns false to stop there, the rest is dropped. After an
    /// error nothing more can be read.
    Result<void> read(Octets octets, const std::function<bool(const Reply&)>& on_reply);

private:
    struct Build;
    struct Free {
        void operator()(redisReader* reader) const;
    };
    Result<void> check_size() const;
    /// Where the reply of `task` belongs: in the array around it, or at the top.
    Reply* place(const redisReadTask* task);

    std::size_t max_reply_octets_;
    Arena arena_;
    Reply top_;
    std::unique_ptr<redisReader, Free> reader_;
};

}  // namespace busbar::store
