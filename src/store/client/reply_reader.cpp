#include "store/client/reply_reader.hpp"

#include <hiredis/read.h>

#include <algorithm>
#include <cstring>

namespace busbar::store {

namespace {

// hiredis moves what it has not read yet to the front after every kilobyte; small pieces keep that cheap.
constexpr std::size_t piece = 4096;
constexpr std::size_t longest_line = 65536;

}  // namespace

Reply* ReplyReader::place(const redisReadTask* task) {
    if (task->parent == nullptr) return &top_;
    const auto siblings = static_cast<const Reply*>(task->parent->obj)->children();
    return const_cast<Reply*>(&siblings[static_cast<std::size_t>(task->idx)]);
}

/// What hiredis calls for each element; null means that there is no room.
struct ReplyReader::Build {
    static ReplyReader& self(const redisReadTask* task) { return *static_cast<ReplyReader*>(task->privdata); }

    static void* string(const redisReadTask* task, char* text, std::size_t size) {
        char* const copy = static_cast<char*>(self(task).arena_.allocate(size));
        if (copy == nullptr) return nullptr;
        std::memcpy(copy, text, size);
        const auto kind = task->type == REDIS_REPLY_STATUS  ? Reply::Kind::status
                          : task->type == REDIS_REPLY_ERROR ? Reply::Kind::error
                                                            : Reply::Kind::string;
        return put(task, Reply::of(kind, {copy, size}));
    }

    static void* array(const redisReadTask* task, int elements) {
        const auto count = static_cast<std::size_t>(elements);
        auto* const children = static_cast<Reply*>(self(task).arena_.allocate(count * sizeof(Reply)));
        if (children == nullptr) return nullptr;
        std::uninitialized_default_construct_n(children, count);
        return put(task, Reply::of({children, count}));
    }

    static void* integer(const redisReadTask* task, long long number) { return put(task, Reply::of(number)); }
    static void* nil(const redisReadTask* task) { return put(task, Reply()); }
    static void forget(void*) {}

    static void* put(const redisReadTask* task, const Reply& reply) {
        Reply* const place = self(task).place(task);
        *place = reply;
        return place;
    }

    static inline redisReplyObjectFunctions functions{string, array, integer, nil, forget};
};

void ReplyReader::Free::operator()(redisReader* reader) const { redisReaderFree(reader); }

ReplyReader::ReplyReader(std::size_t max_reply_octets)
    : max_reply_octets_(max_reply_octets),
      arena_(max_reply_octets),
      reader_(redisReaderCreateWithFunctions(&Build::functions)) {
    require(reader_ != nullptr, "there is memory for a reader");
    reader_->privdata = this;
}

ReplyReader::~ReplyReader() = default;

Result<void> ReplyReader::read(Octets octets, const std::function<bool(const Reply&)>& on_reply) {
    while (!octets.empty()) {
        const Octets next = octets.first(std::min(piece, octets.size()));
        octets = octets.subspan(next.size());
        redisReaderFeed(reader_.get(), reinterpret_cast<const char*>(next.data()), next.size());
        for (;;) {
            void* reply = nullptr;
            if (redisReaderGetReply(reader_.get(), &reply) != REDIS_OK) {
                if (reader_->err == REDIS_ERR_OOM) return fail("the store sends a reply that is too large");
                return fail(std::string("the store's answer makes no sense: ") + reader_->errstr);
            }
            if (reply == nullptr) break;
            const bool go_on = on_reply(*static_cast<const Reply*>(reply));
            arena_.reset();
            if (!go_on) return {};
        }
        if (auto small = check_size(); !small) return small;
    }
    return {};
}

/// Of the reply that is not complete yet.
Result<void> ReplyReader::check_size() const {
    const std::size_t waiting = reader_->len - reader_->pos;
    if (waiting + arena_.used() > max_reply_octets_) return fail("the store sends a reply that is too large");
    if (waiting > longest_line && std::memchr(reader_->buf + reader_->pos, '\n', longest_line) == nullptr) {
        return fail("the store's answer makes no sense: a line without end");
    }
    return {};
}

}  // namespace busbar::store
