#include "store/keyspace_events.hpp"

#include "store/reply_text.hpp"

namespace busbar::store {

namespace {

/// The flag A stands for every kind of command, but not for K: that is where the events are told.
bool has(std::string_view flags, char flag) {
    return flags.find(flag) != std::string_view::npos || (flag != 'K' && flags.find('A') != std::string_view::npos);
}

}  // namespace

bool tells_set_and_del(std::string_view flags) { return has(flags, 'K') && has(flags, '$') && has(flags, 'g'); }

std::string with_set_and_del(std::string_view present) {
    std::string flags{present};
    for (const char flag : {'K', '$', 'g'})
        if (!has(flags, flag)) flags += flag;
    return flags;
}

void enable_keyspace_events(Store& store, std::function<void(const std::string&)> handler) {
    constexpr std::string_view setting = "notify-keyspace-events";
    store.client().command({"CONFIG", "GET", setting}, [&store, setting,
                                                        handler = std::move(handler)](const Reply& reply) {
        const auto pair = reply.children();
        if (pair.size() != 2) return handler(fault_of(reply));
        const auto present = pair[1].text();
        if (tells_set_and_del(present)) return handler({});
        store.client().command({"CONFIG", "SET", setting, with_set_and_del(present)}, [handler](const Reply& answer) {
            handler(answer.is_good() ? std::string{} : std::string{answer.text()});
        });
    });
}

}  // namespace busbar::store
