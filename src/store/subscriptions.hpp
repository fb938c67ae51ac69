#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "store/client/client.hpp"

namespace busbar::store {

/// What a process listens to, over one subscriber's connection: channels, and keys by keyspace notification. Whoever
/// listens must look for himself in `listening`, because what was said before, or while the connection was away, is
/// lost.
class Subscriptions {
public:
    struct Listener {
        std::function<void(std::string_view channel, std::string_view payload)> message;
        std::function<void()> listening;                           // from now on nothing is missed
        std::function<void(const std::string& reason)> deaf = {};  // until `listening` is called again
    };
    /// Ends the listening when destroyed.
    class Handle {
    public:
        Handle() = default;
        explicit Handle(std::function<void()> end) : end_(std::move(end)) {}
        Handle(Handle&& other) noexcept : end_(std::exchange(other.end_, nullptr)) {}
        Handle& operator=(Handle&& other) noexcept;
        ~Handle() { reset(); }
        void reset();

    private:
        std::function<void()> end_;
    };

    Subscriptions(net::EventLoop& loop, ClientOptions options);
    ~Subscriptions();
    Subscriptions(const Subscriptions&) = delete;
    Subscriptions& operator=(const Subscriptions&) = delete;

    [[nodiscard]] Handle channel(std::string name, Listener listener);
    [[nodiscard]] Handle pattern(std::string glob, Listener listener);

private:
    struct State;
    std::shared_ptr<State> state_;
};

/// "__keyspace@0__:" + key: the channel on which SET and DEL of a key are told.
std::string keyspace_channel(std::string_view key);
/// The key of such a channel.
std::string_view keyspace_key(std::string_view channel);

}  // namespace busbar::store
