#include "store/client/client.hpp"

#include <utility>
#include <vector>

#include "net/connection.hpp"
#include "net/event_loop.hpp"
#include "net/reconnect_delay.hpp"
#include "net/timer.hpp"
#include "store/client/resp_session.hpp"

namespace busbar::store {

namespace {

void append(CommandBuffer& buffer, std::string_view command, std::span<const std::string> names) {
    if (names.empty()) return;
    std::vector<std::string_view> words{command};
    words.insert(words.end(), names.begin(), names.end());
    buffer.command(words);
}

}  // namespace

struct Client::State : std::enable_shared_from_this<Client::State> {
    State(net::EventLoop& event_loop, ClientOptions client_options)
        : loop(event_loop),
          options(std::move(client_options)),
          connector(loop),
          retry(loop),
          handshake_limit(loop),
          delay(options.reconnect_first, options.reconnect_longest) {}

    void connect() {
        handshake_limit.after(options.connect_limit, [this] { give_up("no answer to AUTH and PING in time"); });
        connector.connect(options.address, options.connect_limit, [this](Result<std::unique_ptr<net::Stream>> stream) {
            if (!stream) return go_down(stream.error().what);
            open(std::move(*stream));
        });
    }

    void open(std::unique_ptr<net::Stream> stream) {
        const auto make_session = [this](const net::PeerAddress&, net::Connection&) {
            auto made = std::make_unique<RespSession>(
                options, [this](const std::string& reason, AnswerQueue waiting) { lose(reason, std::move(waiting)); },
                loop.now());
            session = made.get();
            return made;
        };
        connection = net::Connection::open(loop, std::move(stream), make_session);
        if (!options.password.empty()) authenticate();
        session->commands().command(std::vector<std::string_view>{"PING"});
        session->expect([this](const Reply& reply) { take_pong(reply); }, loop.now());
    }

    void authenticate() {
        std::vector<std::string_view> words{"AUTH"};
        if (!options.user.empty()) words.push_back(options.user);
        words.push_back(options.password);
        session->commands().command(words);
        session->expect(
            [this](const Reply& reply) {
                if (reply.is_error()) give_up("the store refuses user or password: " + std::string(reply.text()));
            },
            loop.now());
    }

    void take_pong(const Reply& reply) {
        if (reply.is_lost()) return;
        // A store that refuses writes, or PING to this user, is there all the same.
        const bool is_usable = reply.text().starts_with("MISCONF") || reply.text().starts_with("NOPERM");
        if (reply.is_error() && !is_usable) return give_up("the store is not ready: " + std::string(reply.text()));
        const auto keep = shared_from_this();
        handshake_limit.cancel();
        delay.reset();
        told.clear();
        is_up = true;
        on_up();
    }

    /// Ends an attempt that came to nothing.
    void give_up(const std::string& reason) {
        connector.cancel();
        if (session) session->abandon();
        go_down(options.address.to_string() + ": " + reason);
    }

    void go_down(const std::string& reason) {
        const auto keep = shared_from_this();
        forget_connection();
        retry.after(delay.next(), [this] { connect(); });
        tell(reason);
    }

    void lose(const std::string& reason, AnswerQueue waiting) {
        const auto keep = shared_from_this();
        forget_connection();
        retry.after(delay.next(), [this] { connect(); });
        waiting.lose_all(reason);
        const bool stopped_by_a_handler = !retry.is_running();
        if (!stopped_by_a_handler) tell(options.address.to_string() + ": " + reason);
    }

    void tell(const std::string& reason) {
        if (told != reason) on_down(told = reason);
    }

    void forget_connection() {
        handshake_limit.cancel();
        is_up = false;
        session = nullptr;
        connection.reset();
    }

    AnswerQueue stop() {
        retry.cancel();
        connector.cancel();
        AnswerQueue waiting = session ? session->abandon() : AnswerQueue();
        forget_connection();
        return waiting;
    }

    template <class... Arguments>
    void expect(Arguments... arguments) {
        if (is_up) {
            session->expect(std::move(arguments)..., loop.now());
            connection->wake();
            return;
        }
        unconnected.truncate(0);
        if (refused.replies() == 0) {
            loop.post([weak = weak_from_this()] {
                if (const auto self = weak.lock()) self->refused.lose_all("the store is not connected");
            });
        }
        refuse(std::move(arguments)...);
    }

    void refuse(ReplyHandler handler) { refused.add(std::move(handler), 0, loop.now()); }
    void refuse(std::size_t replies, BatchHandler handler) { refused.add(std::move(handler), replies, 0, loop.now()); }

    net::EventLoop& loop;
    ClientOptions options;
    net::StreamConnector connector;
    net::Timer retry, handshake_limit;
    net::ReconnectDelay delay;
    std::function<void()> on_up;
    std::function<void(const std::string& reason)> on_down;
    std::shared_ptr<net::Connection> connection;
    RespSession* session = nullptr;  // the connection's
    bool is_up = false;
    std::string told;  // the last reason of being down
    CommandBuffer unconnected;
    AnswerQueue refused;
};

Client::Client(net::EventLoop& loop, ClientOptions options)
    : state_(std::make_shared<State>(loop, std::move(options))) {}

Client::~Client() { state_->stop(); }

void Client::start(std::function<void()> on_up, std::function<void(const std::string& reason)> on_down) {
    stop();
    state_->on_up = std::move(on_up);
    state_->on_down = std::move(on_down);
    state_->connect();
}

void Client::stop() {
    const auto waiting = std::make_shared<AnswerQueue>(state_->stop());
    state_->loop.post([weak = std::weak_ptr(state_), waiting] {
        if (weak.lock()) waiting->lose_all("the connection to the store was ended");
    });
}

void Client::drop(const std::string& reason) {
    if (!state_->is_up) return;
    const auto waiting = std::make_shared<AnswerQueue>(state_->session->abandon());
    state_->forget_connection();
    state_->retry.after(state_->delay.next(), [state = state_.get()] { state->connect(); });
    state_->loop.post([weak = std::weak_ptr(state_), waiting, reason] {
        const auto state = weak.lock();
        if (!state) return;
        waiting->lose_all(reason);
        if (state->retry.is_running()) state->tell(state->options.address.to_string() + ": " + reason);
    });
}

bool Client::is_up() const { return state_->is_up; }

void Client::command(std::span<const std::string_view> words, ReplyHandler handler) {
    buffer().command(words);
    submit(std::move(handler));
}

void Client::command(std::initializer_list<std::string_view> words, ReplyHandler handler) {
    command(std::span(words.begin(), words.size()), std::move(handler));
}

CommandBuffer& Client::buffer() { return state_->is_up ? state_->session->commands() : state_->unconnected; }

void Client::submit(std::size_t replies, BatchHandler handler) { state_->expect(replies, std::move(handler)); }

void Client::submit(ReplyHandler handler) { state_->expect(std::move(handler)); }

std::size_t Client::pending_replies() const { return state_->is_up ? state_->session->answers().replies() : 0; }

std::size_t Client::pending_octets() const { return state_->is_up ? state_->session->answers().octets() : 0; }

void Client::flush() {
    if (state_->is_up) state_->connection->flush();
}

void Client::subscribe(std::span<const std::string> channels, std::span<const std::string> patterns,
                       PushHandler handler) {
    if (!state_->is_up) return;
    append(buffer(), "SUBSCRIBE", channels);
    append(buffer(), "PSUBSCRIBE", patterns);
    state_->session->push_to(std::move(handler));
    state_->connection->wake();
}

void Client::unsubscribe(std::span<const std::string> channels, std::span<const std::string> patterns) {
    if (!state_->is_up) return;
    append(buffer(), "UNSUBSCRIBE", channels);
    append(buffer(), "PUNSUBSCRIBE", patterns);
    state_->connection->wake();
}

}  // namespace busbar::store
