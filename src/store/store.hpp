#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/event_loop.hpp"
#include "store/client/client.hpp"

namespace busbar::store {

class StorePart;

/// The reason for being down before the first attempt to connect has ended: no news for an operator.
inline constexpr std::string_view not_connected_yet = "not connected yet";

/// The store as one process sees it: the command connection, and the parts that use it (StorePart). Everything that is
/// written goes over this one connection, so that it arrives in order. Blocking reads (StreamReader, StreamTail) and
/// subscriptions (Subscriptions) have connections of their own.
class Store {
public:
    Store(net::EventLoop& loop, ClientOptions options);
    /// All parts must be gone.
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    void start();
    void stop();

    net::EventLoop& loop() { return loop_; }
    Client& client() { return client_; }
    const ClientOptions& options() const { return options_; }
    bool is_connected() const { return client_.is_up(); }
    /// Why there is no connection; empty while there is one.
    const std::string& down_reason() const { return down_reason_; }

private:
    friend class StorePart;

    void tell(const std::function<void(StorePart&)>& news);
    void remove(StorePart& part);

    net::EventLoop& loop_;
    ClientOptions options_;
    Client client_;
    std::vector<StorePart*> parts_;
    int telling_ = 0;
    std::string down_reason_{not_connected_yet};
};

/// Something that lives on a store: hears of the connection, and its callbacks fall silent when it is destroyed.
class StorePart {
public:
    StorePart(const StorePart&) = delete;
    StorePart& operator=(const StorePart&) = delete;

protected:
    explicit StorePart(Store& store);
    virtual ~StorePart();

    /// The command connection is up: for the first time or again. Not called for a connection that was up before start.
    virtual void connected() {}
    virtual void disconnected(const std::string& /*reason*/) {}

    /// `work` as a callback that does nothing once this part is gone.
    template <class Work>
    auto guarded(Work work) const {
        return [alive = std::weak_ptr<const char>(alive_), work = std::move(work)](auto&&... arguments) mutable {
            if (!alive.expired()) work(std::forward<decltype(arguments)>(arguments)...);
        };
    }

    Store& store_;

private:
    friend class Store;
    std::shared_ptr<const char> alive_ = std::make_shared<const char>();
};

}  // namespace busbar::store
