#include "store/stream_tail.hpp"

#include <algorithm>
#include <cstdint>

#include "net/event_loop.hpp"
#include "net/timer.hpp"
#include "store/reply_text.hpp"
#include "store/stream_facts.hpp"

namespace busbar::store {

namespace {

constexpr Duration retry_after_error = std::chrono::seconds{1};
constexpr std::string_view block_ms = "2000";
constexpr std::string_view entries_a_read = "100";

}  // namespace

struct StreamTail::Run : std::enable_shared_from_this<Run> {
    Run(net::EventLoop& loop, ClientOptions options, std::vector<std::string> names, Handlers owner)
        : client(loop, std::move(options)), retry(loop), handlers(std::move(owner)) {
        for (auto& name : names) streams.push_back({std::move(name), {}});
    }

    template <class Work>
    auto in_turn(Work work) {
        return [weak = weak_from_this(), turn = turn, work = std::move(work)](auto&&... arguments) {
            const auto run = weak.lock();
            if (run && run->turn == turn) work(*run, std::forward<decltype(arguments)>(arguments)...);
        };
    }

    void start();
    void find_ends(bool anew);
    void end_told(std::size_t stream, bool anew, const Reply& reply);
    void read();
    void read_answered(const Reply& reply);
    void hand_on(const Reply& stream);
    void retry_later(const Reply& reply);
    void set_state(const std::string& reason);

    struct Followed {
        std::string name;
        StreamId last;
    };
    Client client;
    net::Timer retry;
    Handlers handlers;
    std::vector<Followed> streams;
    std::vector<std::pair<std::string_view, std::string_view>> fields;
    std::uint64_t turn = 0;
    bool started = false, state_told = false;
    std::string state;
};

void StreamTail::Run::start() {
    client.start(
        [this] {
            const auto self = shared_from_this();
            find_ends(true);
        },
        [this](const std::string& reason) {
            const auto self = shared_from_this();
            ++turn;
            set_state(reason);
        });
}

/// `anew`: to begin there. Otherwise only a stream that begins again before what was read - deleted, restored, the
/// store's clock stepped - is followed from its present end.
void StreamTail::Run::find_ends(bool anew) {
    ++turn;
    for (std::size_t i = 0; i < streams.size(); ++i)
        client.command({"XINFO", "STREAM", streams[i].name},
                       in_turn([i, anew](Run& run, const Reply& reply) { run.end_told(i, anew, reply); }));
}

void StreamTail::Run::end_told(std::size_t stream, bool anew, const Reply& reply) {
    const auto facts = read_stream_facts(reply);
    if (!facts) return retry_later(reply);
    auto& last = streams[stream].last;
    if (anew || facts->last_id < last) last = facts->last_id;
    if (stream + 1 < streams.size()) return;
    const auto this_turn = turn;
    set_state({});
    if (turn == this_turn) read();
}

void StreamTail::Run::read() {
    std::vector<std::string> ids;
    for (const auto& stream : streams) ids.push_back(to_string(stream.last));
    std::vector<std::string_view> words{"XREAD", "COUNT", entries_a_read, "BLOCK", block_ms, "STREAMS"};
    for (const auto& stream : streams) words.push_back(stream.name);
    words.insert(words.end(), ids.begin(), ids.end());
    client.command(words, in_turn([](Run& run, const Reply& reply) { run.read_answered(reply); }));
}

/// [[stream, [[id, [field, value …]] …]] …], or nil if nothing came.
void StreamTail::Run::read_answered(const Reply& reply) {
    if (reply.is_nil()) return find_ends(false);
    if (reply.kind() != Reply::Kind::array) return retry_later(reply);
    const auto this_turn = turn;
    for (const auto& stream : reply.children()) {
        hand_on(stream);
        if (turn != this_turn) return;
    }
    read();
}

void StreamTail::Run::hand_on(const Reply& stream) {
    if (stream.children().size() != 2) return;
    const auto name = stream.children()[0].text();
    const auto followed = std::ranges::find(streams, name, &Followed::name);
    if (followed == streams.end()) return;
    const auto this_turn = turn;
    for (const auto& entry : stream.children()[1].children()) {
        const auto id = entry.children().size() == 2 ? parse_stream_id(entry.children()[0].text()) : std::nullopt;
        if (!id) continue;
        followed->last = *id;
        fields.clear();
        const auto texts = entry.children()[1].children();
        for (std::size_t i = 0; i + 1 < texts.size(); i += 2) fields.emplace_back(texts[i].text(), texts[i + 1].text());
        handlers.entry(followed->name, *id, fields);
        if (turn != this_turn) return;
    }
}

void StreamTail::Run::retry_later(const Reply& reply) {
    if (reply.is_lost()) return;
    ++turn;
    retry.after(retry_after_error, in_turn([](Run& run) { run.find_ends(true); }));
    set_state(fault_of(reply));
}

void StreamTail::Run::set_state(const std::string& reason) {
    if (std::exchange(state_told, true) && state == reason) return;
    state = reason;
    if (handlers.state) handlers.state(reason);
}

StreamTail::StreamTail(net::EventLoop& loop, ClientOptions options, std::vector<std::string> streams, Handlers handlers)
    : run_(std::make_shared<Run>(loop, std::move(options), std::move(streams), std::move(handlers))) {}

StreamTail::~StreamTail() { stop(); }

void StreamTail::start() {
    if (!std::exchange(run_->started, true)) run_->start();
}

StreamId StreamTail::position() const { return run_->streams.front().last; }

void StreamTail::stop() {
    ++run_->turn;
    if (std::exchange(run_->started, false)) run_->client.stop();
}

}  // namespace busbar::store
