#include "store/stream_reader.hpp"

#include <optional>
#include <utility>

#include "net/event_loop.hpp"
#include "net/timer.hpp"
#include "store/entry_batch.hpp"
#include "store/reply_text.hpp"
#include "store/stream_continuity.hpp"

namespace busbar::store {

namespace {

constexpr Duration retry_after_error = std::chrono::seconds{1};

}  // namespace

/// Everything under way belongs to a `turn`: a start, a stop or a new connection begins another, and what an earlier
/// one still gets is dropped. Outlives the reader while one of its own calls is on the stack.
struct StreamReader::Run : std::enable_shared_from_this<Run> {
    Run(net::EventLoop& event_loop, ClientOptions client_options, StreamReaderOptions stream_options, Handlers owner)
        : loop(event_loop),
          options(std::move(stream_options)),
          handlers(std::move(owner)),
          client(event_loop, std::move(client_options)),
          retry(event_loop),
          look_timer(event_loop) {}

    template <class Work>
    auto in_turn(Work work) {
        return [weak = weak_from_this(), turn = turn, work = std::move(work)](auto&&... arguments) {
            const auto run = weak.lock();
            if (run && run->turn == turn) work(*run, std::forward<decltype(arguments)>(arguments)...);
        };
    }

    void start_client();
    void begin_turn(bool new_connection);
    void look(bool new_connection);
    void history_told(const Reply& reply, bool new_connection);
    void end_told(const Reply& reply);
    void read();
    void send_check();
    void read_answered(const Reply& reply);
    void cursor_entry_answered(const Reply& reply);
    void removed_answered(const Reply& reply);
    void explain();
    void complete();
    void report_gap(const Gap& gap);
    void retry_later(const Reply& reply);
    void set_state(const std::string& reason);

    net::EventLoop& loop;
    StreamReaderOptions options;
    Handlers handlers;
    Client client;
    net::Timer retry, look_timer;

    enum class Mode { idle, at_end, following } mode = Mode::idle;
    std::function<void(StreamId)> positioned;
    StreamContinuity continuity;
    EntryBatch batch;
    bool batch_is_good = false;
    bool client_started = false, reading = false, paused = false;
    bool state_told = false;
    std::uint64_t turn = 0;
    TimePoint next_look{};
    std::string state;
};

void StreamReader::Run::start_client() {
    if (!std::exchange(client_started, true)) {
        client.start(
            [this] {
                const auto self = shared_from_this();  // the owner may destroy the reader when told
                begin_turn(true);
            },
            [this](const std::string& reason) {
                const auto self = shared_from_this();
                ++turn;
                reading = false;
                set_state(reason);
            });
    }
    // A reader that reads looks along with its reads.
    look_timer.every(options.check, [this] {
        const auto self = shared_from_this();
        if (mode == Mode::following && paused && !reading && client.is_up()) look(false);
    });
    begin_turn(false);
}

void StreamReader::Run::begin_turn(bool new_connection) {
    ++turn;
    reading = false;
    retry.cancel();
    if (mode == Mode::idle || !client.is_up()) return;
    look(new_connection);
    read();
}

void StreamReader::Run::look(bool new_connection) {
    next_look = loop.now() + options.check;
    client.command({"INFO", "replication"}, in_turn([new_connection](Run& run, const Reply& reply) {
                       run.history_told(reply, new_connection);
                   }));
    client.command({"XINFO", "STREAM", options.stream},
                   in_turn([](Run& run, const Reply& reply) { run.end_told(reply); }));
}

void StreamReader::Run::history_told(const Reply& reply, bool new_connection) {
    if (reply.is_lost()) return;
    std::optional<std::string> history;
    if (const auto found = find_info(reply.text(), "master_replid"); reply.is_good() && !found.empty())
        history = std::string{found};
    const auto gap = continuity.judge_history(history, new_connection);
    if (gap && mode == Mode::following) report_gap(*gap);
}

void StreamReader::Run::end_told(const Reply& reply) {
    const auto facts = read_stream_facts(reply);
    if (mode == Mode::following) {
        const auto gap = facts ? continuity.judge_end(*facts) : std::nullopt;
        if (gap) return report_gap(*gap);
    } else if (!facts) {
        return retry_later(reply);
    } else {
        continuity.begin_at_end(*facts);
        mode = Mode::following;
        const auto this_turn = turn;
        if (positioned) std::exchange(positioned, nullptr)(continuity.cursor());
        if (turn == this_turn) read();
    }
    if (facts) set_state({});
}

void StreamReader::Run::read() {
    if (mode != Mode::following || reading || paused || !client.is_up()) return;
    if (loop.now() >= next_look) look(false);
    reading = true;
    const auto count = std::to_string(options.count);
    const auto block = std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(options.block).count());
    client.command({"XREAD", "COUNT", count, "BLOCK", block, "STREAMS", options.stream, to_string(continuity.cursor())},
                   in_turn([](Run& run, const Reply& reply) { run.read_answered(reply); }));
    send_check();
}

/// After the read, not before it: an entry that still exists then existed while the read was made, and the store
/// removes from the front, so nothing behind it was missing.
void StreamReader::Run::send_check() {
    if (!continuity.has_entry_at_cursor()) {
        client.command({"XINFO", "STREAM", options.stream},
                       in_turn([](Run& run, const Reply& reply) { run.removed_answered(reply); }));
        return;
    }
    const auto cursor = to_string(continuity.cursor());
    client.command({"XRANGE", options.stream, cursor, cursor},
                   in_turn([](Run& run, const Reply& reply) { run.cursor_entry_answered(reply); }));
}

/// The entries wait until the check has come.
void StreamReader::Run::read_answered(const Reply& reply) {
    batch.clear();
    if (reply.is_nil()) return;  // nothing new within the time
    const auto streams = reply.children();
    const bool good = streams.size() == 1 && streams[0].children().size() == 2 && batch.read(streams[0].children()[1]);
    if (!good) return retry_later(reply);
    batch.keep();
}

void StreamReader::Run::cursor_entry_answered(const Reply& reply) {
    if (reply.kind() != Reply::Kind::array) return retry_later(reply);
    if (reply.children().empty()) return explain();
    complete();
}

void StreamReader::Run::removed_answered(const Reply& reply) {
    const auto facts = read_stream_facts(reply);
    if (!facts) return retry_later(reply);
    if (const auto gap = continuity.judge_removed(*facts)) return report_gap(*gap);
    complete();
}

void StreamReader::Run::explain() {
    client.command({"XINFO", "STREAM", options.stream}, in_turn([](Run& run, const Reply& reply) {
                       const auto facts = read_stream_facts(reply);
                       if (!facts) return run.retry_later(reply);
                       run.report_gap(run.continuity.explain_missing_entry(*facts));
                   }));
}

void StreamReader::Run::complete() {
    const auto this_turn = turn;
    reading = false;
    set_state({});
    if (turn == this_turn && !batch.entries().empty()) {
        continuity.advance(batch.entries().back().id);
        handlers.entries(batch.entries());
    }
    if (turn == this_turn) read();
}

void StreamReader::Run::report_gap(const Gap& gap) {
    ++turn;
    reading = false;
    mode = Mode::idle;
    handlers.gap(gap);
}

/// A lost answer needs nothing: the next connection begins another turn.
void StreamReader::Run::retry_later(const Reply& reply) {
    if (reply.is_lost()) return;
    ++turn;
    reading = false;
    retry.after(retry_after_error, in_turn([](Run& run) { run.begin_turn(false); }));
    set_state(options.stream + ": " + fault_of(reply));
}

void StreamReader::Run::set_state(const std::string& reason) {
    if (std::exchange(state_told, true) && state == reason) return;
    state = reason;
    if (handlers.state) handlers.state(reason);
}

StreamReader::StreamReader(net::EventLoop& loop, ClientOptions options, StreamReaderOptions stream, Handlers handlers)
    : run_(std::make_shared<Run>(loop, std::move(options), std::move(stream), std::move(handlers))) {}

StreamReader::~StreamReader() { stop(); }

void StreamReader::start_from(StreamId cursor, std::string history) {
    run_->continuity.begin_at(cursor, std::move(history));
    run_->mode = Run::Mode::following;
    run_->start_client();
}

void StreamReader::start_at_end(std::function<void(StreamId)> positioned) {
    run_->continuity.begin_at({}, {});
    run_->positioned = std::move(positioned);
    run_->mode = Run::Mode::at_end;
    run_->start_client();
}

void StreamReader::stop() {
    ++run_->turn;
    run_->mode = Run::Mode::idle;
    run_->reading = false;
}

void StreamReader::pause() { run_->paused = true; }

void StreamReader::resume() {
    if (!std::exchange(run_->paused, false)) return;
    run_->loop.post(run_->in_turn([](Run& run) { run.read(); }));
}

StreamId StreamReader::position() const { return run_->continuity.cursor(); }

const std::string& StreamReader::history() const { return run_->continuity.history(); }

}  // namespace busbar::store
