#include "store/cursor_store.hpp"

#include <array>
#include <utility>

#include "store/keys.hpp"
#include "store/reply_text.hpp"

namespace busbar::store {

namespace {

constexpr Duration retry_after_error = std::chrono::seconds{1};

CursorStore::Loaded read_cursors(const std::vector<std::string>& groups, const Reply& reply) {
    CursorStore::Loaded loaded;
    const auto values = reply.children();
    if (values.size() != groups.size()) {
        loaded.error = fault_of(reply);
        return loaded;
    }
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (values[i].is_nil()) continue;
        if (const auto cursor = parse_stream_id(values[i].text())) {
            loaded.cursors.emplace(groups[i], *cursor);
        } else {
            loaded.unreadable.push_back(groups[i]);
        }
    }
    return loaded;
}

}  // namespace

CursorStore::CursorStore(Store& store, std::string_view id) : StorePart(store), id_(id), timer_(store.loop()) {}

void CursorStore::load_all(std::function<void(const Loaded&)> handler) { scan("0", {}, std::move(handler)); }

void CursorStore::scan(std::string_view position, std::vector<std::string> groups,
                       std::function<void(const Loaded&)> handler) {
    store_.client().command(
        {"SCAN", position, "MATCH", keys::cursor_pattern(id_), "COUNT", "2000"},
        guarded([this, groups = std::move(groups), handler = std::move(handler)](const Reply& reply) mutable {
            const auto parts = reply.children();
            if (parts.size() != 2) {
                Loaded failed;
                failed.error = fault_of(reply);
                return handler(failed);
            }
            for (const auto& key : parts[1].children())
                if (const auto group = keys::cursor_group(id_, key.text())) groups.emplace_back(*group);
            if (parts[0].text() != "0") return scan(parts[0].text(), std::move(groups), std::move(handler));
            load(std::move(groups), std::move(handler));
        }));
}

void CursorStore::load(std::vector<std::string> groups, std::function<void(const Loaded&)> handler) {
    if (groups.empty()) {
        store_.loop().post(guarded([handler = std::move(handler)] { handler({}); }));
        return;
    }
    auto& commands = store_.client().buffer();
    commands.array(groups.size() + 1);
    commands.bulk("MGET");
    for (const auto& group : groups) commands.bulk(keys::cursor(id_, group));
    store_.client().submit(
        guarded([this, groups = std::move(groups), handler = std::move(handler)](const Reply& reply) {
            const auto loaded = read_cursors(groups, reply);
            for (const auto& [group, cursor] : loaded.cursors) cursors_.emplace(group, cursor);
            handler(loaded);
        }));
}

void CursorStore::save(std::string_view group, StreamId cursor) {
    const auto known = cursors_.find(group);
    if (known != cursors_.end() && cursor <= known->second) return;
    save_back(group, cursor);
}

void CursorStore::save_back(std::string_view group, StreamId cursor) {
    const auto known = cursors_.find(group);
    if (known != cursors_.end()) {
        known->second = cursor;
    } else {
        cursors_.emplace(group, cursor);
    }
    if (!dirty_.contains(group)) dirty_.emplace(group);
    schedule(save_delay);
}

void CursorStore::remove(std::string_view group) {
    if (const auto known = cursors_.find(group); known != cursors_.end()) cursors_.erase(known);
    if (!dirty_.contains(group)) dirty_.emplace(group);
    schedule(save_delay);
}

void CursorStore::forget() {
    ++life_;
    cursors_.clear();
    dirty_.clear();
    timer_.cancel();
}

void CursorStore::flush(std::function<void()> done) {
    waiting_.push_back(std::move(done));
    timer_.cancel();
    write();
    if (!writing_) store_.loop().post(guarded([this] { tell_waiting(); }));
}

/// What the store has now may be older than what it had: it gets all of them again.
void CursorStore::connected() {
    for (const auto& [group, cursor] : cursors_) dirty_.insert(group);
    schedule(Duration::zero());
}

void CursorStore::schedule(Duration delay) {
    if (!dirty_.empty() && !writing_ && !timer_.is_running()) timer_.after(delay, guarded([this] { write(); }));
}

void CursorStore::write() {
    if (writing_ || dirty_.empty() || !store_.is_connected()) return;
    writing_ = true;
    auto& commands = store_.client().buffer();
    for (const auto& group : dirty_) {
        const auto key = keys::cursor(id_, group);
        const auto cursor = cursors_.find(group);
        if (cursor == cursors_.end()) {
            commands.command(std::array<std::string_view, 2>{"DEL", key});
        } else {
            commands.command(std::array<std::string_view, 3>{"SET", key, to_string(cursor->second)});
        }
    }
    const auto replies = dirty_.size();
    store_.client().submit(replies,
                           guarded([this, groups = std::exchange(dirty_, {}), life = life_](const Batch& batch) {
                               written(life == life_ ? groups : Groups{}, batch.is_good());
                           }));
}

void CursorStore::written(const Groups& groups, bool good) {
    writing_ = false;
    if (good && !waiting_.empty() && !dirty_.empty()) return write();  // what came while this was under way
    if (!good) dirty_.insert(groups.begin(), groups.end());
    schedule(good ? save_delay : retry_after_error);
    tell_waiting();
}

void CursorStore::tell_waiting() {
    for (const auto& done : std::exchange(waiting_, {})) done();
}

}  // namespace busbar::store
