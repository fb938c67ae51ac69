#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "net/event_loop.hpp"

namespace busbar::manage {

/// Holds back requests that write to the database while the worker writes much to it: the loop would have to stand
/// still until the database is free.
class WriteGate {
public:
    static constexpr std::size_t max_waiting = 200;
    static constexpr std::chrono::seconds patience{2};

    explicit WriteGate(net::EventLoop& loop) : loop_(loop) {}

    /// In the loop. False: it is open, and `work` is to be done now; else it is done when the gate opens.
    bool holds(std::function<void()> work);
    bool is_full() const { return waiting_.size() >= max_waiting; }
    void open();
    /// On the worker's thread: returns when the loop has closed it, or is not there to do it. The gate must outlive the
    /// loop's work.
    void close();

private:
    net::EventLoop& loop_;
    bool closed_ = false;
    std::deque<std::function<void()>> waiting_;
};

}  // namespace busbar::manage
