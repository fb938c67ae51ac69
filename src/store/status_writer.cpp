#include "store/status_writer.hpp"

#include <utility>
#include <vector>

#include "store/keys.hpp"

namespace busbar::store {

namespace {

std::int64_t milliseconds(UtcTime time) { return time.time_since_epoch().count(); }

}  // namespace

std::string_view to_string(ConnectorState state) {
    switch (state) {
        case ConnectorState::starting: return "Starting";
        case ConnectorState::running: return "Running";
        case ConnectorState::error: return "Error";
        case ConnectorState::stopped: return "Stopped";
    }
    return "";
}

StatusWriter::StatusWriter(Store& store, std::string_view id, std::string_view version)
    : StorePart(store), key_(keys::status(id)), write_timer_(store.loop()), heartbeat_timer_(store.loop()) {
    set("version", version);
    set("state", to_string(state_));
    set("detail", "");
    set("since", milliseconds(store.loop().utc_now()));
}

void StatusWriter::start() {
    if (started_) return;
    started_ = true;
    heartbeat_timer_.every(heartbeat_every, guarded([this] { write({}); }));
    connected();
}

void StatusWriter::pause() {
    started_ = false;
    heartbeat_timer_.cancel();
    write_timer_.cancel();
}

void StatusWriter::finish(std::function<void()> done) {
    const bool was_started = started_;
    pause();
    if (was_started && store_.is_connected()) {
        write(std::move(done));
    } else {
        store_.loop().post(guarded(std::move(done)));
    }
}

void StatusWriter::set_state(ConnectorState state, std::string_view detail) {
    if (state != state_) set("since", milliseconds(store_.loop().utc_now()));
    state_ = state;
    set("state", to_string(state));
    set("detail", detail);
}

void StatusWriter::set(std::string_view field, std::string_view value) {
    auto known = fields_.find(field);
    if (known == fields_.end()) known = fields_.emplace(field, Field{}).first;
    if (known->second.value == value) return;
    known->second.value = value;
    known->second.dirty = true;
    schedule();
}

void StatusWriter::set(std::string_view field, std::int64_t value) { set(field, std::to_string(value)); }

void StatusWriter::remove(std::string_view field) {
    const auto known = fields_.find(field);
    if (known == fields_.end() || !known->second.value) return;
    known->second.value.reset();
    known->second.dirty = true;
    schedule();
}

std::optional<std::string_view> StatusWriter::value(std::string_view field) const {
    const auto known = fields_.find(field);
    if (known == fields_.end() || !known->second.value) return std::nullopt;
    return *known->second.value;
}

/// What lies in the store now may be anything: it gets all fields.
void StatusWriter::connected() {
    if (!started_) return;
    mark_all();
    write({});
}

void StatusWriter::mark_all() {
    heartbeat_stored_ = false;
    for (auto& [name, field] : fields_) field.dirty = true;
}

void StatusWriter::schedule() {
    if (started_ && !write_timer_.is_running()) write_timer_.after(write_delay, guarded([this] { write({}); }));
}

/// The heartbeat goes with every write. A field that the store counts as new although it was written before tells that
/// the hash was deleted meanwhile.
void StatusWriter::write(std::function<void()> done) {
    if (!store_.is_connected()) return;
    write_timer_.cancel();
    const auto heartbeat = std::to_string(milliseconds(store_.loop().utc_now()));
    std::vector<std::string_view> hset{"HSET", key_, "heartbeat", heartbeat}, hdel{"HDEL", key_};
    std::int64_t new_fields = std::exchange(heartbeat_stored_, true) ? 0 : 1;
    for (auto& [name, field] : fields_) {
        if (!std::exchange(field.dirty, false)) continue;
        if (field.value) {
            hset.insert(hset.end(), {name, *field.value});
            if (!field.stored) ++new_fields;
        } else {
            hdel.push_back(name);
        }
        field.stored = field.value.has_value();
    }
    if (hdel.size() > 2) store_.client().command(hdel, [](const Reply&) {});
    store_.client().command(hset, guarded([this, new_fields, done = std::move(done)](const Reply& reply) {
                                written(reply, new_fields);
                                if (done) done();
                            }));
}

/// After an error the next heartbeat tries again.
void StatusWriter::written(const Reply& reply, std::int64_t new_fields) {
    const bool was_deleted = reply.integer() > new_fields;
    if (!reply.is_good() || was_deleted) mark_all();
    if (was_deleted) schedule();
}

}  // namespace busbar::store
