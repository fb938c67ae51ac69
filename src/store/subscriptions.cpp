#include "store/subscriptions.hpp"

#include <algorithm>
#include <utility>

#include "net/event_loop.hpp"

namespace busbar::store {
namespace {

/// Database 0 is the only one there is in Busbar.
constexpr std::string_view keyspace_prefix = "__keyspace@0__:";

/// A PING finds a dead line: nothing else is ever sent on it.
constexpr Duration ping_every = std::chrono::seconds{5};

ClientOptions with_pings(ClientOptions options) {
    options.ping_every = ping_every;
    return options;
}

}  // namespace

struct Subscriptions::State : std::enable_shared_from_this<State> {
    struct Entry {
        std::string name;
        bool is_pattern;
        std::shared_ptr<const Listener> listener;
        bool listening = false;
    };

    State(net::EventLoop& loop, ClientOptions options) : client(loop, with_pings(std::move(options))) {}

    Handle add(std::string name, bool is_pattern, Listener listener);
    void start();
    void remove(std::uint64_t number);
    void subscribe(const Entry& entry);
    void told(const Push& push);
    void tell_deaf(const std::string& reason, bool also_listening);
    template <class Work>
    void for_each(Work work);

    Client client;
    std::map<std::uint64_t, Entry> entries;
    std::uint64_t next = 1;
    bool started = false;
};

Subscriptions::Handle Subscriptions::State::add(std::string name, bool is_pattern, Listener listener) {
    const auto number = next++;
    const auto& entry =
        entries
            .emplace(number, Entry{std::move(name), is_pattern, std::make_shared<const Listener>(std::move(listener))})
            .first->second;
    if (!std::exchange(started, true)) {
        start();
    } else if (client.is_up()) {
        subscribe(entry);
    }
    return Handle{[weak = weak_from_this(), number] {
        if (const auto state = weak.lock()) state->remove(number);
    }};
}

/// Whoever publishes may look whether anybody listens, so the store is told when nobody does any more.
void Subscriptions::State::remove(std::uint64_t number) {
    const auto gone = entries.extract(number);
    if (!gone) return;
    const Entry& entry = gone.mapped();
    const auto is_same = [&entry](const auto& other) {
        return other.second.name == entry.name && other.second.is_pattern == entry.is_pattern;
    };
    if (std::any_of(entries.begin(), entries.end(), is_same)) return;
    const std::span names{&entry.name, 1};
    const std::span<const std::string> none;
    client.unsubscribe(entry.is_pattern ? none : names, entry.is_pattern ? names : none);
}

void Subscriptions::State::start() {
    client.start(
        [this] {
            const auto self = shared_from_this();
            for_each([this](Entry& entry) { subscribe(entry); });
        },
        [this](const std::string& reason) {
            const auto self = shared_from_this();
            tell_deaf(reason, true);
        });
}

/// Each by a command of its own: one that is refused takes no other with it.
void Subscriptions::State::subscribe(const Entry& entry) {
    const std::span names{&entry.name, 1};
    const std::span<const std::string> none;
    client.subscribe(entry.is_pattern ? none : names, entry.is_pattern ? names : none, [this](const Push& push) {
        const auto self = shared_from_this();
        told(push);
    });
}

void Subscriptions::State::told(const Push& push) {
    if (push.kind == Push::Kind::failed) return tell_deaf(std::string{push.payload}, false);
    const bool by_pattern = !push.pattern.empty();
    for_each([&](Entry& entry) {
        const auto listener = entry.listener;
        if (push.kind == Push::Kind::subscribed && entry.name == push.channel) {
            entry.listening = true;
            listener->listening();
        } else if (push.kind == Push::Kind::message && entry.is_pattern == by_pattern &&
                   entry.name == (by_pattern ? push.pattern : push.channel)) {
            listener->message(push.channel, push.payload);
        }
    });
}

void Subscriptions::State::tell_deaf(const std::string& reason, bool also_listening) {
    for_each([&](Entry& entry) {
        if (entry.listening && !also_listening) return;
        entry.listening = false;
        const auto listener = entry.listener;
        if (listener->deaf) listener->deaf(reason);
    });
}

/// Entries may come and go in `work`, also the one at hand.
template <class Work>
void Subscriptions::State::for_each(Work work) {
    for (auto entry = entries.begin(); entry != entries.end();) {
        const auto number = entry->first;
        work(entry->second);
        entry = entries.upper_bound(number);
    }
}

Subscriptions::Subscriptions(net::EventLoop& loop, ClientOptions options)
    : state_(std::make_shared<State>(loop, std::move(options))) {}

Subscriptions::~Subscriptions() = default;

Subscriptions::Handle Subscriptions::channel(std::string name, Listener listener) {
    return state_->add(std::move(name), false, std::move(listener));
}

Subscriptions::Handle Subscriptions::pattern(std::string glob, Listener listener) {
    return state_->add(std::move(glob), true, std::move(listener));
}

Subscriptions::Handle& Subscriptions::Handle::operator=(Handle&& other) noexcept {
    if (this != &other) {
        reset();
        end_ = std::exchange(other.end_, nullptr);
    }
    return *this;
}

void Subscriptions::Handle::reset() {
    if (const auto end = std::exchange(end_, nullptr)) end();
}

std::string keyspace_channel(std::string_view key) { return std::string{keyspace_prefix}.append(key); }

std::string_view keyspace_key(std::string_view channel) {
    return channel.starts_with(keyspace_prefix) ? channel.substr(keyspace_prefix.size()) : std::string_view{};
}

}  // namespace busbar::store
