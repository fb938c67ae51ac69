#pragma once

#include <string>
#include <vector>

#include "net/event_loop.hpp"
#include "store/client/client.hpp"
#include "store/resp_text.hpp"
#include "support/redis_fixture.hpp"

namespace busbar::store {

using namespace std::chrono_literals;

constexpr Duration patience = 30s;  // of real time, for what ought to happen at once

/// A client on a loop of its own; what it says of its connection stands in `news`.
struct ClientBench {
    explicit ClientBench(ClientOptions options) : client(loop, std::move(options)) {
        client.start([this] { news.push_back("up"); }, [this](const std::string& reason) { news.push_back(reason); });
    }
    explicit ClientBench(const tests::RedisServer& server)
        : ClientBench(ClientOptions{.address = {.path = server.socket_path()}}) {}

    [[nodiscard]] bool wait(const std::function<bool()>& done) { return loop.run_until(done, patience); }
    [[nodiscard]] bool wait_until_up() {
        return wait([this] { return client.is_up(); });
    }
    [[nodiscard]] bool wait_for_news(const std::string& text) {
        return wait([&] { return !news.empty() && news.back().find(text) != std::string::npos; });
    }
    /// Asks and waits for the answer.
    std::string ask(std::initializer_list<std::string_view> words) {
        std::string answer;
        client.command(words, [&answer](const Reply& reply) { answer = to_text(reply); });
        return wait([&answer] { return !answer.empty(); }) ? answer : "no answer";
    }

    net::EventLoop loop;
    Client client;
    std::vector<std::string> news;
};

}  // namespace busbar::store
