#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "net/event_loop.hpp"

namespace busbar::manage {

/// A thread for what takes its time and has nothing to do with the loop: hashes of passwords, files that are read or
/// written. One piece after the other. What it throws is logged; a request it held is answered as failed (SureAnswer).
class Worker {
public:
    explicit Worker(net::EventLoop& loop);
    ~Worker() { end(); }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// `work` on the thread; what it returns is called by the loop.
    void run(std::function<std::function<void()>()> work);
    /// Waits for the piece in hand; what waits behind it is dropped, and nothing more is done. To be called before
    /// anything goes that a piece may work on.
    void end();
    /// Pieces that wait, for callers to bound.
    std::size_t waiting() const;

private:
    void work_on();

    net::EventLoop& loop_;
    mutable std::mutex mutex_;
    std::condition_variable news_;
    std::deque<std::function<std::function<void()>()>> pieces_;
    bool ending_ = false;
    std::thread thread_;
};

}  // namespace busbar::manage
