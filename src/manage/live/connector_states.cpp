#include "manage/live/connector_states.hpp"

#include <charconv>

#include "store/keys.hpp"

namespace busbar::manage {

ConnectorStates::ConnectorStates(store::Store& store) : StorePart(store), timer_(store.loop()) {
    timer_.every(look_every, [this] { look(); });
}

void ConnectorStates::watch(std::vector<std::string> ids) {
    ids_ = std::move(ids);
    std::erase_if(known_,
                  [this](const auto& entry) { return std::find(ids_.begin(), ids_.end(), entry.first) == ids_.end(); });
    look();
}

void ConnectorStates::look() {
    if (!store_.is_connected()) return;
    for (const std::string& id : ids_) {
        store_.client().command({"HGETALL", store::keys::status(id)}, guarded([this, id](const store::Reply& reply) {
                                    if (!reply.is_good()) return;
                                    Fields fields;
                                    const auto words = reply.children();
                                    for (std::size_t at = 0; at + 1 < words.size(); at += 2)
                                        fields.emplace(words[at].text(), words[at + 1].text());
                                    if (std::find(ids_.begin(), ids_.end(), id) != ids_.end())
                                        known_[id] = std::move(fields);
                                }));
    }
}

const ConnectorStates::Fields& ConnectorStates::fields(std::string_view id) const {
    static const Fields none;
    const auto found = known_.find(id);
    return found == known_.end() ? none : found->second;
}

std::string ConnectorStates::state(std::string_view id) const {
    if (!store_.is_connected()) return "Unknown";
    const Fields& known = fields(id);
    const auto state = known.find("state");
    if (state == known.end()) return "";
    const auto heartbeat = known.find("heartbeat");
    std::int64_t beat = 0;
    if (heartbeat != known.end())
        std::from_chars(heartbeat->second.data(), heartbeat->second.data() + heartbeat->second.size(), beat);
    const auto age = store_.loop().utc_now().time_since_epoch() - std::chrono::milliseconds{beat};
    return state->second != "Stopped" && age > lost_after ? "Lost" : state->second;
}

}  // namespace busbar::manage
