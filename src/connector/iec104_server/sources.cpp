#include "connector/iec104_server/sources.hpp"

#include <utility>

#include "store/keys.hpp"

namespace busbar::connector {

Sources::Sources(store::Store& store, std::function<void(const std::string& source, bool gone)> changed)
    : StorePart(store), changed_(std::move(changed)), timer_(store.loop()) {}

void Sources::start() {
    timer_.every(look_every, guarded([this] { look(); }));
}

void Sources::stop() { timer_.cancel(); }

/// While the store was away nobody could write a heartbeat.
void Sources::connected() {
    for (auto& [name, source] : sources_) source.since = store_.loop().now();
}

void Sources::seen(std::string_view source) {
    if (source == last_seen_) return;
    last_seen_ = source;
    if (source.empty() || sources_.size() >= most || sources_.find(source) != sources_.end()) return;
    sources_[std::string(source)].since = store_.loop().now();
}

void Sources::wrote(std::string_view source) {
    seen(source);
    if (!has_gone(source)) return;
    const auto found = sources_.find(source);
    found->second.since = store_.loop().now();
    set_state(found->first, found->second, State::live);
}

bool Sources::find(std::string_view source, State state) const {
    const auto found = sources_.find(source);
    return found != sources_.end() && found->second.state == state;
}

bool Sources::is_live_connector(std::string_view source) const {
    return find(source, State::live) || find(source, State::not_looked_at);
}

void Sources::look() {
    if (!store_.is_connected()) return;
    for (const auto& [name, source] : sources_) {
        store_.client().command({"HMGET", store::keys::status(name), "heartbeat", "state"},
                                guarded([this, of = name](const store::Reply& reply) { told(of, reply); }));
    }
}

void Sources::told(const std::string& name, const store::Reply& reply) {
    if (!reply.is_good() || reply.children().size() != 2) return;
    Source& source = sources_[name];
    const auto heartbeat = reply.children()[0].text(), state = reply.children()[1].text();
    const auto now = store_.loop().now();
    if (heartbeat != source.heartbeat) {
        source.heartbeat = heartbeat;
        source.since = now;
    }
    if (state.empty()) return set_state(name, source, State::no_connector);
    const bool gone = state == "Stopped" || now - source.since >= silence;
    set_state(name, source, gone ? State::gone : State::live);
}

void Sources::set_state(const std::string& name, Source& source, State state) {
    const bool was_gone = std::exchange(source.state, state) == State::gone;
    const bool is_gone = state == State::gone;
    if (was_gone == is_gone) return;
    gone_ = is_gone ? gone_ + 1 : gone_ - 1;
    changed_(name, is_gone);
}

}  // namespace busbar::connector
