#pragma once

#include <boost/json.hpp>
#include <memory>
#include <string>
#include <vector>

#include "manage/installation_bench.hpp"
#include "manage/live/live_line.hpp"
#include "net/timer.hpp"

namespace busbar::manage {

/// The other end of a line: what was sent to it, taken at once or not at all.
struct HeardLine : LiveLine {
    void send(std::string message) override {
        waiting_ += message.size();
        heard.push_back(boost::json::parse(message).as_object());
        if (takes) take(waiting_);
    }
    std::size_t waiting() const override { return waiting_; }
    std::uint64_t taken() const override { return taken_; }
    void close(const std::string& reason) override { closed = reason; }
    void cut() override { is_cut = true; }

    void take(std::size_t octets) {
        waiting_ -= octets;
        taken_ += octets;
    }

    std::vector<boost::json::object> heard;
    std::string closed;
    bool takes = true, is_cut = false;

private:
    std::size_t waiting_ = 0;
    std::uint64_t taken_ = 0;
};

/// Somebody who watches, over a WebSocket or, with a target, by server-sent events.
struct Watching {
    Watching(InstallationBench& bench, const LoggedIn& login, const std::string& target = "/api/v1/live") {
        auto request = InstallationBench::request("GET", target, &login);
        if (target == "/api/v1/live") request.headers.emplace_back("upgrade", "websocket");
        answer = bench.ask(std::move(request));
        if (answer.live) answer.live->opened(line);
    }
    ~Watching() {
        if (answer.live) answer.live->closed();
    }
    Watching(const Watching&) = delete;
    Watching& operator=(const Watching&) = delete;

    /// What he hears at once.
    std::vector<boost::json::object> say(std::string_view text) {
        line.heard.clear();
        answer.live->received(text);
        return line.heard;
    }
    std::string refusal(std::string_view text) {
        const auto heard = say(text);
        if (heard.size() != 1 || !heard[0].contains("error")) return "";
        return std::string(heard[0].at("error").at("code").as_string());
    }
    std::vector<boost::json::object> take_heard() { return std::exchange(line.heard, {}); }

    HttpResponse answer;
    HeardLine line;
};

/// Lets time pass, and happen what is due by then.
inline void pass(InstallationBench& bench, Duration time) {
    bench.loop.advance_clock(time);
    bool done = false;
    net::Timer last(bench.loop);
    last.after(Duration::zero(), [&done] { done = true; });
    bench.loop.run_until([&done] { return done; }, std::chrono::seconds{10});
}

}  // namespace busbar::manage
