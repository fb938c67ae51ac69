#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "net/event_loop.hpp"
#include "store/keys.hpp"
#include "store/store.hpp"
#include "support/redis_fixture.hpp"

namespace busbar::store {

/// A real store of the test's own and the command connection to it.
struct StoreBench {
    explicit StoreBench(std::vector<std::string> arguments = {})
        : server(std::move(arguments)), store(loop, options()) {
        store.start();
        EXPECT_TRUE(wait([this] { return store.is_connected(); }));
    }
    /// Checks at the end of every test that no other keys than the contract's lie in the store.
    ~StoreBench() {
        if (checks_keys) expect_only_keys_of_the_contract();
    }

    ClientOptions options() const {
        ClientOptions made;
        made.address.path = server.socket_path();
        made.reconnect_first = made.reconnect_longest = std::chrono::milliseconds{20};
        return made;
    }

    /// Runs the loop until `done` holds. The limit only ends a test that fails.
    bool wait(const std::function<bool()>& done, Duration limit = std::chrono::seconds{10}) {
        return loop.run_until(done, limit);
    }
    /// Lets whatever is under way happen; for showing that something does not.
    void pass(Duration time) {
        loop.run_until([] { return false; }, time);
    }

    std::string ask(std::initializer_list<std::string_view> words) const { return server.ask(words); }

    void expect_only_keys_of_the_contract() const {
        const auto keys = ask({"KEYS", "*"});
        for (std::size_t begin = 0; begin < keys.size();) {
            const auto end = std::min(keys.find(' ', begin), keys.size());
            const auto key = keys.substr(begin, end - begin);
            EXPECT_NE(find_key_pattern(key), nullptr) << key;
            begin = end + 1;
        }
    }

    tests::RedisServer server;
    net::EventLoop loop;
    Store store;
    bool checks_keys = true;
};

}  // namespace busbar::store
