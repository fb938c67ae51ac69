#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "base/octets.hpp"
#include "net/event_loop.hpp"
#include "net/timer_queue.hpp"

namespace busbar::net {

class Connection;

/// The part of the loop that only net/ sees.
struct EventLoop::Native {
    static constexpr std::size_t read_buffer_size = 65536;

    TimePoint now() const { return std::chrono::steady_clock::now() + clock_offset; }
    TimerQueue::Handle add_timer(TimePoint when, TimerQueue::Work work);
    void set_alarm();
    void run_due();
    /// Waits for a handler, not longer than `until`, runs it, and what it woke.
    void turn(std::optional<TimePoint> until = {});
    void drive_woken();

    TimerQueue timers;  // before the context: what that destroys may hold timers
    Duration clock_offset{};
    OctetBuffer read_buffer = OctetBuffer(read_buffer_size);  // one for all connections: used within one call
    std::vector<std::weak_ptr<Connection>> woken;

    bool stopped = false;

    boost::asio::io_context io{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> stay{io.get_executor()};
    boost::asio::steady_timer alarm{io};
    std::optional<TimePoint> alarm_at;
    std::optional<boost::asio::signal_set> signals;
    std::function<void(int)> on_signal;
};

}  // namespace busbar::net
