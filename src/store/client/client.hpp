#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "net/stream_connector.hpp"
#include "store/client/answer_queue.hpp"
#include "store/client/command_buffer.hpp"

namespace busbar::store {

struct ClientOptions {
    net::StreamAddress address{};
    std::string user{};                                // ACL user; empty: the default user
    std::string password{};                            // empty: no AUTH
    Duration connect_limit = std::chrono::seconds{5};  // connect, TLS, AUTH and PING together
    /// How long the oldest unanswered command may wait before the connection counts as lost; 0: for ever.
    Duration answer_limit = std::chrono::seconds{10};
    /// After so long without an octet from the store a PING is sent (0: never). Finds a dead line of a subscriber.
    Duration ping_every{0};
    Duration reconnect_first = std::chrono::milliseconds{100};
    Duration reconnect_longest = std::chrono::seconds{2};
    std::size_t max_reply_octets = std::size_t{64} << 20;  // in memory
    /// Asked before each write: why nothing may be written any more. The connection is then lost and made anew.
    std::function<std::optional<std::string>()> barred = {};
};

/// A message of the store to a subscriber.
struct Push {
    enum class Kind { subscribed, message, failed };
    Kind kind;
    std::string_view channel;  // subscribed: the channel or pattern
    std::string_view payload;  // failed: the store's error
    std::string_view pattern;  // by which subscription a message came, if it was a pattern
};
using PushHandler = std::function<void(const Push& push)>;

/// One connection to Redis or Valkey, kept up: connects, authenticates, pings, connects again after a while. Commands
/// are pipelined; answers come in the order of the commands. Every handler is called exactly once, from the loop, never
/// before the call that took it has returned, and may call the client again or destroy it.
class Client {
public:
    Client(net::EventLoop& loop, ClientOptions options);
    /// Closes; handlers that wait are dropped.
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// Begins to connect. `on_up`: PING has been answered. `on_down`: an attempt failed or the connection was lost, and
    /// why, in words for the operator; once for each new reason. Waiting handlers hear `lost` before it.
    void start(std::function<void()> on_up, std::function<void(const std::string& reason)> on_down);
    /// Closes and stays down until the next start. Waiting handlers hear `lost`; `on_down` is not called.
    void stop();
    /// Loses the connection at once, with all that was not written or answered, and makes it anew.
    void drop(const std::string& reason);
    bool is_up() const;

    /// Control path. While the connection is down the command is lost at once.
    void command(std::span<const std::string_view> words, ReplyHandler handler);
    void command(std::initializer_list<std::string_view> words, ReplyHandler handler);

    /// Data path: append commands, then say how many replies (at least one) they will have, without returning to the
    /// loop between. The handler is called once, when the last of them has come.
    CommandBuffer& buffer();
    void submit(std::size_t replies, BatchHandler handler);
    /// For a single appended command whose answer matters.
    void submit(ReplyHandler handler);

    /// Sends what was submitted at once; without it, it goes when the loop's turn is over.
    void flush();

    /// What is under way, for owners to bound. The octets of a batch count until its last reply has come.
    std::size_t pending_replies() const;
    std::size_t pending_octets() const;

    /// Makes this connection a subscriber's, which takes no other commands. May be called again for more channels.
    /// Subscriptions end with the connection: subscribe again in `on_up`.
    void subscribe(std::span<const std::string> channels, std::span<const std::string> patterns, PushHandler handler);
    /// The other way round. What is on its way still comes.
    void unsubscribe(std::span<const std::string> channels, std::span<const std::string> patterns);

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace busbar::store
