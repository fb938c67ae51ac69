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
    timer_.every(look_every, guarded([this] { look(); }));
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
    looks_ = 2;
    for (auto* watched : {&config_, &mapping_})
        store_.client().command({"GET", watched->key},
                                guarded([this, watched](const Reply& reply) { seen(*watched, reply); }));
}

void ConfigWatch::seen(Watched& watched, const Reply& reply) {
    if (--looks_ == 0 && look_again_) look();
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
    const auto& handler = &watched == &config_ ? handlers_.config : handlers_.mapping;
    if (handler) handler(watched.text);
}

}  // namespace busbar::store
