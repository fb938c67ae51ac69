#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/timer.hpp"
#include "store/keys.hpp"
#include "store/retention.hpp"
#include "store/store.hpp"

namespace busbar::store {

struct UpdatesOptions {
    std::string stream = std::string{keys::updates};
    std::string source;               // who writes: the connector's id
    std::uint64_t max_length = 1000;  // of the stream; no limit while {stream}:retention is present, or if 0
    std::size_t max_in_flight = 256;  // points
    bool operator==(const UpdatesOptions&) const = default;
};

/// What became of the points between two calls of commit().
struct Commit {
    struct Refused {
        std::size_t index;  // of the point in its commit
        std::string text;   // the store's
    };
    std::size_t points = 0;
    /// Every entry is in the stream. If not, nothing may be acknowledged: `reason` says why, some points may have been
    /// written all the same, and writing them again is harmless.
    bool stored = false;
    std::string_view reason;
    /// Points whose image key the store will never take (rule 1: report, count, acknowledge). Only if `stored`.
    std::span<const Refused> refused;
};

/// The data path of a writer of points: for each one XADD to the updates stream and then SET of its image key, both in
/// one pipeline. Commits are answered in their order, exactly once, never before commit() has returned. While the store
/// is away every commit fails. Allocates per commit, not per point.
class UpdatesWriter : StorePart {
public:
    using CommitHandler = std::function<void(const Commit&)>;

    UpdatesWriter(Store& store, UpdatesOptions options);

    /// Begins to look at {stream}:retention. `on_full`: the stream has reached the limit that this sets, and nothing
    /// may be taken from a line until there is room again; called with true and, later, with false.
    void start(std::function<void(bool full)> on_full = {});
    /// Takes effect with the next point. Only between commits.
    void configure(UpdatesOptions options);

    /// False: wait for a commit, or for the stream, before taking more from the line. One frame more than fits does no
    /// harm.
    bool has_room(std::size_t points = 1) const { return !full_ && in_flight_ + points <= options_.max_in_flight; }
    bool is_full() const { return full_; }
    std::size_t in_flight() const { return in_flight_; }

    /// Stream and image.
    void append(ImageAddress address, std::string_view json);
    /// Stream only, for what is no new state of the image.
    void append_entry(ImageAddress address, std::string_view json);
    /// Image only, for what is no event.
    void append_image(ImageAddress address, std::string_view json);

    /// Sends what was appended since the last commit and is not on its way yet; nothing appended: the
    /// handler is called with 0 points, after what was committed before.
    void commit(CommitHandler handler);

    /// What is committed goes to the store at once instead of at the end of the turn, so that the store works
    /// meanwhile.
    void flush() { store_.client().flush(); }

    /// Whether entries are added with MAXLEN at present.
    bool trims() const { return trims_ && options_.max_length != 0; }

private:
    /// A commit under way, sent in chunks of at most 16 points, of which the store's errors are all kept.
    struct Pending {
        std::vector<std::uint8_t> parts;  // of each point
        std::size_t chunks_sent = 0, chunks_answered = 0;
        bool closed = false;
        CommitHandler handler;
        std::string reason;
        std::vector<Commit::Refused> refused;
    };
    static constexpr std::uint8_t entry_part = 1, image_part = 2;
    static constexpr std::size_t points_in_chunk = Batch::failures_kept / 2;

    void connected() override;
    void look_at_retention();
    void take_retention(std::string_view json);
    void look_at_stream();
    void set_full(bool full);
    void make_heads();
    Pending& open_commit();
    void add(ImageAddress address, std::string_view json, std::uint8_t parts);
    void submit_chunk(Pending& commit);
    void chunk_answered(const Batch& batch);
    void note_failures(Pending& commit, const Batch& batch);
    void answer_commits();

    UpdatesOptions options_;
    std::string head_, head_with_limit_, source_and_data_;
    std::string retention_key_;
    net::Timer retention_timer_, near_timer_;
    std::optional<Retention> retention_;
    std::uint64_t size_ = 0;
    std::function<void(bool full)> on_full_;
    bool full_ = false;
    bool started_ = false;
    bool trims_ = false;  // until the store has said that there is no retention
    std::size_t in_flight_ = 0;
    std::vector<char> chunk_;  // apart from the client's buffer, to which others append between two points
    std::size_t chunk_size_ = 0;
    std::size_t chunk_points_ = 0, chunk_replies_ = 0;  // appended and not yet submitted
    std::deque<Pending> pending_;
    std::vector<Pending> spare_;
};

}  // namespace busbar::store
