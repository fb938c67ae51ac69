#pragma once

#include <functional>
#include <initializer_list>
#include <memory>

#include "base/time.hpp"

namespace busbar::net {

/// The one event loop of a process: sockets, timers, signals. Everything in net/ and store/ belongs to one loop and is
/// called from the thread that runs it. Only `post` and `stop` may be called from other threads.
class EventLoop {
public:
    EventLoop();
    ~EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    /// Returns after `stop`. An exception that leaves a callback leaves here.
    void run();
    void stop();
    /// Runs until `done()` holds, at most `limit` of real time; true if it held. For tests and for orderly ends.
    bool run_until(const std::function<bool()>& done, Duration limit);
    /// Calls `work` from the loop, soon, in the order posted.
    void post(std::function<void()> work);

    TimePoint now() const;
    UtcTime utc_now() const;
    /// For tests: puts both clocks forward, so that timers fall due without waiting.
    void advance_clock(Duration by);

    /// Calls `handler` with the number of each signal that comes; replaces the one given before.
    void on_signal(std::initializer_list<int> signals, std::function<void(int)> handler);

    /// What net/ itself needs of the loop (native.hpp).
    struct Native;
    Native& native() { return *native_; }

private:
    std::unique_ptr<Native> native_;
};

}  // namespace busbar::net
