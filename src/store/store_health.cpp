#include "store/store_health.hpp"

#include <array>

#include "store/keys.hpp"

namespace busbar::store {

namespace {

/// An XTRIM to this length trims nothing, but is refused by a store that takes no writes and by a key that is no
/// stream.
constexpr std::string_view longest_stream = "9223372036854775807";

}  // namespace

StoreHealth::StoreHealth(Store& store, std::string_view id, std::string updates_stream, Handlers handlers)
    : StorePart(store),
      lease_key_(keys::lease(id)),
      updates_stream_(std::move(updates_stream)),
      handlers_(std::move(handlers)),
      timer_(store.loop()),
      stall_timer_(store.loop()) {}

void StoreHealth::start() {
    started_ = true;
    if (store_.is_connected()) {
        probe();
    } else {
        go_down(store_.down_reason());
    }
}

void StoreHealth::connected() {
    if (started_) probe();
}

void StoreHealth::disconnected(const std::string& reason) {
    if (started_) go_down(reason);
}

void StoreHealth::report_error(const std::string& reason) {
    doubted_ = true;
    const bool waits_for_long = up_ || !timer_.is_running();
    go_down(reason);
    if (!outstanding_ && waits_for_long) timer_.after(probe_when_down, guarded([this] { probe(); }));
}

void StoreHealth::probe() {
    if (outstanding_ || !store_.is_connected()) return;
    outstanding_ = true;
    doubted_ = false;
    stall_timer_.after(stall_limit, guarded([this] { go_down("the store does not answer"); }));

    auto& commands = store_.client().buffer();
    std::size_t replies = 1;
    commands.command(std::array<std::string_view, 4>{"SETRANGE", lease_key_, "0", ""});
    if (!updates_stream_.empty()) {
        commands.command(std::array<std::string_view, 4>{"XTRIM", updates_stream_, "MAXLEN", longest_stream});
        ++replies;
    }
    store_.client().submit(replies, guarded([this, sent = store_.loop().now()](const Batch& batch) {
                               answered(batch, store_.loop().now() - sent < stall_limit);
                           }));
}

void StoreHealth::answered(const Batch& batch, bool in_time) {
    outstanding_ = false;
    stall_timer_.cancel();
    if (batch.lost > 0) return;  // disconnected() says why
    if (!batch.is_good()) {
        go_down(batch.failures.front().text);
    } else if (in_time && !doubted_ && !up_) {
        up_ = true;
        reason_.clear();
        handlers_.up();
    }
    timer_.after(up_ ? probe_every : probe_when_down, guarded([this] { probe(); }));
}

void StoreHealth::go_down(const std::string& reason) {
    if (!up_ && told_ && reason == reason_) return;
    up_ = false;
    told_ = true;
    reason_ = reason;
    handlers_.down(reason_);
}

}  // namespace busbar::store
