#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "net/timer.hpp"
#include "store/store.hpp"
#include "store/subscriptions.hpp"

namespace busbar::store {

/// Notices what management, or anybody, writes to `connectors:{ID}:config` and `:mapping`: by the channel
/// `connectors:{ID}`, by keyspace notification, and by a look every 3 s, so that a SET alone is enough. Such a look
/// reads of a long text (a mapping of 100,000 points has ten million octets) only its size and one piece, in turn.
class ConfigWatch : StorePart {
public:
    static constexpr Duration look_every = std::chrono::seconds{3};
    static constexpr std::size_t piece_size = 256 * 1024;

    struct Handlers {
        /// The text, or nothing if the key is absent. Called for the first look and then when it differs.
        std::function<void(std::optional<std::string_view>)> config, mapping;
        /// A key could not be read (wrong type, no permission): the text known before stays in force. Called when it
        /// changes.
        std::function<void(std::string_view key, std::string_view error)> fault = {};
    };

    ConfigWatch(Store& store, Subscriptions& subscriptions, std::string_view id, Handlers handlers);

    void start();
    /// Looks at once.
    void look();

private:
    struct Watched {
        std::string key;
        bool known = false;
        std::optional<std::string> text;
        std::string fault;
        Subscriptions::Handle subscription;
        std::size_t piece = 0;  // compared next

        bool is_long() const { return text && text->size() > piece_size; }
    };

    void connected() override;
    void look_regularly();
    void read(Watched& watched);
    void compare(Watched& watched);
    void is_same(bool same);
    void answered();
    void seen(Watched& watched, const Reply& reply);

    Subscriptions& subscriptions_;
    std::string channel_;
    Handlers handlers_;
    Watched config_, mapping_;
    Subscriptions::Handle changed_;
    net::Timer timer_;
    int looks_ = 0;            // answers awaited
    bool look_again_ = false;  // something was told meanwhile, or differs
};

}  // namespace busbar::store
