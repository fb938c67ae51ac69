// Any octets from the store: no crash, bounded memory, and the same replies however they are cut.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "store/client/resp_session.hpp"

namespace {

using namespace busbar;
using namespace busbar::store;

constexpr std::size_t max_reply_octets = 65536;

void append(std::string& text, const Reply& reply) {
    text += static_cast<char>('0' + static_cast<int>(reply.kind()));
    text += std::to_string(reply.integer());
    text += reply.text();
    for (const Reply& child : reply.children()) append(text, child);
}

struct Read {
    std::string replies;
    bool failed = false;
};

Read read(Octets octets, std::size_t piece) {
    ReplyReader reader(max_reply_octets);
    Read read;
    while (!octets.empty() && !read.failed) {
        const Octets next = octets.first(std::min(piece, octets.size()));
        octets = octets.subspan(next.size());
        read.failed = !reader.read(next, [&](const Reply& reply) {
            append(read.replies, reply);
            return true;
        });
    }
    return read;
}

/// Where the cuts decide when a reply is too large, one may have read further.
bool agree(const Read& one, const Read& other) {
    if (!one.failed && !other.failed) return one.replies == other.replies;
    return one.replies.starts_with(other.replies) || other.replies.starts_with(one.replies);
}

void drive(Octets octets, bool subscriber) {
    RespSession session(
        {.ping_every = std::chrono::seconds{1}, .max_reply_octets = max_reply_octets},
        [](const std::string& reason, AnswerQueue waiting) { waiting.lose_all(reason); }, TimePoint{});
    if (subscriber) session.push_to([](const Push&) {});
    session.expect([](const Reply&) {}, TimePoint{});
    session.expect(
        3, [](const Batch&) {}, TimePoint{});
    int answered = 0;
    session.expect([&](const Reply&) { ++answered; }, TimePoint{});
    session.receive(octets, TimePoint{});
    session.disconnected("end", TimePoint{});
    if (answered != 1 || session.answers().replies() != 0) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t piece = std::size_t{1} + data[0];
    const Octets octets(data + 1, size - 1);
    if (!agree(read(octets, octets.size()), read(octets, piece))) std::abort();
    drive(octets, data[0] & 1);
    return 0;
}
