#include "store/updates_writer.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <utility>

#include "store/error_reply.hpp"

namespace busbar::store {

namespace {

constexpr Duration look_at_retention_every = std::chrono::seconds{1};
constexpr Duration look_when_near = std::chrono::milliseconds{50};

/// Commits whose buffers are kept for the next one.
constexpr std::size_t max_spare = 16;

constexpr std::string_view ioa_field = "$3\r\nioa\r\n";
constexpr std::string_view set_head = "*3\r\n$3\r\nSET\r\n";

/// More than the numbers, heads and line ends of a point's two commands need, beside its text and the prepared parts.
constexpr std::size_t room_for_the_rest = 256;

/// RESP into memory that is large enough: a third of what CommandBuffer, which grows, takes for a point.
class RespWriter {
public:
    explicit RespWriter(char* out) : out_(out) {}

    char* end() const { return out_; }
    void raw(std::string_view resp) {
        std::memcpy(out_, resp.data(), resp.size());
        out_ += resp.size();
    }
    void bulk(std::string_view text) {
        *out_++ = '$';
        number(text.size());
        line_end();
        raw(text);
        line_end();
    }
    void bulk(std::uint32_t value) {
        std::array<char, 10> digits;
        const auto* end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
        bulk({digits.data(), static_cast<std::size_t>(end - digits.data())});
    }

private:
    void number(std::size_t value) { out_ = std::to_chars(out_, out_ + 20, value).ptr; }
    void line_end() {
        *out_++ = '\r';
        *out_++ = '\n';
    }

    char* out_;
};

}  // namespace

UpdatesWriter::UpdatesWriter(Store& store, UpdatesOptions options)
    : StorePart(store), retention_timer_(store.loop()), near_timer_(store.loop()) {
    configure(std::move(options));
}

void UpdatesWriter::configure(UpdatesOptions options) {
    require(chunk_points_ == 0, "an updates writer is configured between commits");
    if (options.stream != options_.stream) trims_ = false;
    options_ = std::move(options);
    retention_key_ = keys::retention(options_.stream);
    head_ = to_resp(11, {"XADD", options_.stream, "*", "casdu"});
    head_with_limit_ =
        to_resp(14, {"XADD", options_.stream, "MAXLEN", "~", std::to_string(options_.max_length), "*", "casdu"});
    // The fields between the two numbers and the point: as many texts without the head of a command.
    const auto texts = to_resp(0, {"source", options_.source, "data"});
    source_and_data_ = texts.substr(texts.find('$'));
    if (started_) look_at_retention();
}

void UpdatesWriter::start(std::function<void(bool full)> on_full) {
    started_ = true;
    on_full_ = std::move(on_full);
    retention_timer_.every(look_at_retention_every, guarded([this] { look_at_retention(); }));
    look_at_retention();
}

void UpdatesWriter::connected() {
    if (started_) look_at_retention();
}

/// Every second; the stream's length more often when the limit is near.
void UpdatesWriter::look_at_retention() {
    if (!store_.is_connected()) return;
    store_.client().command({"GET", retention_key_}, guarded([this, key = retention_key_](const Reply& reply) {
                                if (!reply.is_good() || key != retention_key_) return;
                                trims_ = reply.is_nil();
                                if (reply.kind() == Reply::Kind::string) return take_retention(reply.text());
                                retention_.reset();
                                set_full(false);
                            }));
}

void UpdatesWriter::take_retention(std::string_view json) {
    auto retention = read_retention(json);
    if (!retention) return;  // the trimmer says what is wrong with it; what held before holds on
    retention_ = std::move(*retention);
    look_at_stream();
}

void UpdatesWriter::look_at_stream() {
    if (!retention_ || !store_.is_connected()) return;
    size_ = 0;
    if (retention_->bytes) {
        store_.client().command({"MEMORY", "USAGE", options_.stream}, guarded([this](const Reply& reply) {
                                    size_ = static_cast<std::uint64_t>(reply.integer());
                                }));
    }
    store_.client().command({"XLEN", options_.stream}, guarded([this](const Reply& reply) {
                                if (!reply.is_good() || !retention_) return;
                                const auto length = static_cast<std::uint64_t>(reply.integer());
                                set_full(retention_->is_full(length, size_));
                                const bool near = retention_->is_full(length / 19 * 20, size_ / 19 * 20);
                                if (near) near_timer_.after(look_when_near, guarded([this] { look_at_stream(); }));
                            }));
}

void UpdatesWriter::set_full(bool full) {
    if (std::exchange(full_, full) != full && on_full_) on_full_(full);
}

void UpdatesWriter::append(ImageAddress address, std::string_view json) { add(address, json, entry_part | image_part); }

void UpdatesWriter::append_entry(ImageAddress address, std::string_view json) { add(address, json, entry_part); }

void UpdatesWriter::append_image(ImageAddress address, std::string_view json) { add(address, json, image_part); }

UpdatesWriter::Pending& UpdatesWriter::open_commit() {
    if (!pending_.empty() && !pending_.back().closed) return pending_.back();
    if (spare_.empty()) return pending_.emplace_back();
    pending_.push_back(std::move(spare_.back()));
    spare_.pop_back();
    return pending_.back();
}

void UpdatesWriter::add(ImageAddress address, std::string_view json, std::uint8_t parts) {
    auto& commit = open_commit();
    const auto& head = trims() ? head_with_limit_ : head_;
    const auto most = chunk_size_ + head.size() + source_and_data_.size() + 2 * json.size() + room_for_the_rest;
    if (chunk_.size() < most) chunk_.resize(2 * most);
    RespWriter resp{chunk_.data() + chunk_size_};
    if ((parts & entry_part) != 0) {  // before the image key: who sees the value finds its entry
        resp.raw(head);
        resp.bulk(address.casdu);
        resp.raw(ioa_field);
        resp.bulk(address.ioa);
        resp.raw(source_and_data_);
        resp.bulk(json);
    }
    if ((parts & image_part) != 0) {
        std::array<char, max_image_key_size> key;
        const auto* end = write_image_key(key.data(), address);
        resp.raw(set_head);
        resp.bulk({key.data(), static_cast<std::size_t>(end - key.data())});
        resp.bulk(json);
    }
    chunk_size_ = static_cast<std::size_t>(resp.end() - chunk_.data());
    commit.parts.push_back(parts);
    ++in_flight_;
    chunk_replies_ += static_cast<std::size_t>(std::popcount(parts));
    if (++chunk_points_ == points_in_chunk) submit_chunk(commit);
}

void UpdatesWriter::submit_chunk(Pending& commit) {
    ++commit.chunks_sent;
    store_.client().buffer().raw({chunk_.data(), chunk_size_});
    store_.client().submit(chunk_replies_, guarded([this](const Batch& batch) { chunk_answered(batch); }));
    chunk_size_ = chunk_points_ = chunk_replies_ = 0;
}

void UpdatesWriter::commit(CommitHandler handler) {
    auto& commit = open_commit();
    if (chunk_points_ > 0) submit_chunk(commit);
    commit.handler = std::move(handler);
    commit.closed = true;
    if (commit.chunks_sent == 0) store_.loop().post(guarded([this] { answer_commits(); }));
}

/// Chunks are answered in the order in which they were sent, so this is the first one that waits.
void UpdatesWriter::chunk_answered(const Batch& batch) {
    for (auto& commit : pending_) {
        if (commit.chunks_answered == commit.chunks_sent) continue;
        note_failures(commit, batch);
        ++commit.chunks_answered;
        break;
    }
    answer_commits();
}

void UpdatesWriter::note_failures(Pending& commit, const Batch& batch) {
    if (batch.lost > 0 && commit.reason.empty()) commit.reason = batch.lost_reason;
    const auto commands_of = [&](std::size_t point) {
        return static_cast<std::size_t>(std::popcount(commit.parts[point]));
    };
    auto point = commit.chunks_answered * points_in_chunk;
    std::size_t first = 0;  // command of `point` in the batch
    for (const auto& failure : batch.failures) {
        while (first + commands_of(point) <= failure.index) first += commands_of(point++);
        const bool is_entry = (commit.parts[point] & entry_part) != 0 && failure.index == first;
        if (!is_entry && kind_of_error(failure.text) == ErrorKind::permanent) {
            commit.refused.push_back({point, failure.text});
        } else if (commit.reason.empty()) {
            commit.reason = is_entry ? options_.stream + ": " + failure.text : failure.text;
        }
    }
}

void UpdatesWriter::answer_commits() {
    while (!pending_.empty() && pending_.front().closed &&
           pending_.front().chunks_answered == pending_.front().chunks_sent) {
        auto done = std::move(pending_.front());
        pending_.pop_front();
        in_flight_ -= done.parts.size();
        Commit result{done.parts.size(), done.reason.empty(), done.reason, {}};
        if (result.stored) result.refused = done.refused;
        if (done.handler) done.handler(result);

        done.handler = nullptr;
        done.parts.clear();
        done.refused.clear();
        done.reason.clear();
        done.chunks_sent = done.chunks_answered = 0;
        done.closed = false;
        if (spare_.size() < max_spare) spare_.push_back(std::move(done));
    }
}

}  // namespace busbar::store
