#include "store/publisher.hpp"

#include "store/keys.hpp"

namespace busbar::store {

Publisher::Publisher(Store& store, std::string_view id)
    : StorePart(store), channels_{keys::trace(id), keys::log(id)}, timer_(store.loop()) {}

void Publisher::start() {
    timer_.every(look_every, guarded([this] { look(); }));
    look();
}

void Publisher::publish(Channel channel, std::string_view text) {
    if (!store_.is_connected() || store_.client().pending_octets() > max_pending_octets) return;
    store_.client().command({"PUBLISH", channels_[channel], text}, [](const Reply&) {});
}

void Publisher::connected() {
    if (timer_.is_running()) look();
}

void Publisher::disconnected(const std::string&) { listeners_ = {}; }

void Publisher::look() {
    if (!store_.is_connected()) return;
    store_.client().command({"PUBSUB", "NUMSUB", channels_[trace], channels_[log]}, guarded([this](const Reply& reply) {
                                const auto pairs = reply.children();  // name, number, name, number
                                if (pairs.size() != 4) return;
                                listeners_ = {pairs[1].integer(), pairs[3].integer()};
                            }));
}

}  // namespace busbar::store
