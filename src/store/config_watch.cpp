#include "store/config_watch.hpp"

#include "store/keys.hpp"
#include "store/keyspace_events.hpp"

namespace busbar::store {

ConfigWatch::ConfigWatch(Store& store, Subscriptions& subscriptions, std::string_view id, Handlers handlers)
    : StorePart(store),
      subscriptions_(subscriptions),
      channel_(keys::changed(id)),
      handlers_(std::move(handlers)),
      timer_(store.loop()) {
    config_.key = keys::config(id);
    mapping_.key = keys::mapping(id);
}

void ConfigWatch::start() {
    const Subscriptions::Listener listener{.message = [this](std::string_view, std::string_view) { look(); },
                                           .listening = [this] { look(); }};
    changed_ = subscriptions_.channel(channel_, listener);
    config_.subscription = subscriptions_.channel(keyspace_channel(config_.key), listener);
    mapping_.subscription = subscriptions_.channel(keyspace_channel(mapping_.key), listener);
    timer_.every(look_every, guarded([this] { look_regularly(); }));
    if (store_.is_connected()) connected();
}

void ConfigWatch::connected() {
    if (!timer_.is_running()) return;  // not started
    // Where that is not permitted, looking every few seconds does.
    enable_keyspace_events(store_, [](const std::string&) {});
    look();
}

void ConfigWatch::look() {
    if (!store_.is_connected()) return;
    if (looks_ > 0) {
        look_again_ = true;
        return;
    }
    look_again_ = false;
    for (auto* watched : {&config_, &mapping_}) read(*watched);
}

void ConfigWatch::look_regularly() {
    if (!store_.is_connected() || looks_ > 0) return;
    for (auto* watched : {&config_, &mapping_}) watched->is_long() ? compare(*watched) : read(*watched);
}

void ConfigWatch::read(Watched& watched) {
    ++looks_;
    store_.client().command({"GET", watched.key}, guarded([this, &watched](const Reply& reply) {
                                answered();
                                seen(watched, reply);
                            }));
}

void ConfigWatch::compare(Watched& watched) {
    looks_ += 2;
    const std::size_t first = watched.piece * piece_size;
    watched.piece = first + piece_size < watched.text->size() ? watched.piece + 1 : 0;
    store_.client().command({"STRLEN", watched.key}, guarded([this, size = watched.text->size()](const Reply& reply) {
                                is_same(reply.is_good() && static_cast<std::size_t>(reply.integer()) == size);
                            }));
    // The text stays as it is until both are answered.
    store_.client().command({"GETRANGE", watched.key, std::to_string(first), std::to_string(first + piece_size - 1)},
                            guarded([this, piece = std::string_view(*watched.text).substr(first, piece_size)](
                                        const Reply& reply) { is_same(reply.is_good() && reply.text() == piece); }));
}

void ConfigWatch::is_same(bool same) {
    look_again_ = look_again_ || !same;
    answered();
}

void ConfigWatch::answered() {
    if (--looks_ == 0 && look_again_) look();
}

void ConfigWatch::seen(Watched& watched, const Reply& reply) {
    if (reply.is_lost()) return;
    if (reply.is_error()) {
        if (reply.text() == watched.fault) return;
        watched.fault = reply.text();
        if (handlers_.fault) handlers_.fault(watched.key, watched.fault);
        return;
    }
    watched.fault.clear();
    const auto text = reply.is_nil() ? std::nullopt : std::optional<std::string>{reply.text()};
    if (watched.known && text == watched.text) return;
    watched.known = true;
    watched.text = text;
    watched.piece = 0;
    const auto& handler = &watched == &config_ ? handlers_.config : handlers_.mapping;
    if (handler) handler(watched.text);
}

}  // namespace busbar::store
