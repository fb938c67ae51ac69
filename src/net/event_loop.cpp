#include "net/event_loop.hpp"

#include <boost/asio/post.hpp>
#include <csignal>
#include <utility>

#include "net/connection.hpp"
#include "net/native.hpp"

namespace busbar::net {

TimerQueue::Handle EventLoop::Native::add_timer(TimePoint when, TimerQueue::Work work) {
    const auto entry = timers.add(when, std::move(work));
    set_alarm();
    return entry;
}

void EventLoop::Native::set_alarm() {
    const auto next = timers.next();
    // An alarm that comes too early only looks at the queue; setting it costs more.
    if (!next || (alarm_at && *alarm_at <= *next)) return;
    alarm_at = next;
    alarm.expires_at(*next - clock_offset);
    alarm.async_wait([this](const boost::system::error_code& error) {
        if (!error) run_due();
    });
}

void EventLoop::Native::run_due() {
    alarm_at.reset();
    // What becomes due while this runs waits for its turn behind the sockets.
    const TimePoint now_due = now();
    while (auto work = timers.take_due(now_due)) (*work)();
    set_alarm();
}

/// What the last handler woke goes on before the loop looks at its sockets again: a handler of its own would cost a
/// look in between.
void EventLoop::Native::drive_woken() {
    for (const auto& waiting : std::exchange(woken, {})) {
        if (const auto connection = waiting.lock()) connection->drive_woken();
    }
}

void EventLoop::Native::turn(std::optional<TimePoint> until) {
    if (!woken.empty()) {
        io.poll_one();
    } else if (until) {
        io.run_one_until(*until);
    } else {
        io.run_one();
    }
    drive_woken();
}

EventLoop::EventLoop() : native_(std::make_unique<Native>()) {
    std::signal(SIGPIPE, SIG_IGN);  // a peer that has gone is an error of the write, not the end of the process
}

EventLoop::~EventLoop() = default;

void EventLoop::run() {
    native_->stopped = false;
    while (!native_->stopped) native_->turn();
}

void EventLoop::stop() {
    post([this] { native_->stopped = true; });
}

bool EventLoop::run_until(const std::function<bool()>& done, Duration limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!done()) {
        if (std::chrono::steady_clock::now() >= end) return false;
        native_->turn(end);
    }
    return true;
}

void EventLoop::post(std::function<void()> work) { boost::asio::post(native_->io, std::move(work)); }

TimePoint EventLoop::now() const { return native_->now(); }

UtcTime EventLoop::utc_now() const {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now() + native_->clock_offset);
}

void EventLoop::advance_clock(Duration by) {
    native_->clock_offset += by;
    post([this] { native_->run_due(); });
}

namespace {

void wait_for_signal(EventLoop::Native& native) {
    native.signals->async_wait([&native](const boost::system::error_code& error, int signal) {
        if (error) return;
        wait_for_signal(native);
        native.on_signal(signal);
    });
}

}  // namespace

void EventLoop::on_signal(std::initializer_list<int> signals, std::function<void(int)> handler) {
    native_->signals.emplace(native_->io);
    for (const int signal : signals) native_->signals->add(signal);
    native_->on_signal = std::move(handler);
    wait_for_signal(*native_);
}

}  // namespace busbar::net
