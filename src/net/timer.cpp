#include "net/timer.hpp"

#include <optional>

#include "net/native.hpp"

namespace busbar::net {

struct Timer::State : std::enable_shared_from_this<Timer::State> {
    explicit State(EventLoop::Native& loop) : native(loop) {}

    void start(TimePoint when, Duration again, std::function<void()> function) {
        cancel();
        interval = again;
        work = std::move(function);
        arm(when);
    }

    void arm(TimePoint when) {
        due = when;
        entry = native.add_timer(when, [this] { expire(); });
    }

    void cancel() {
        if (entry) native.timers.remove(*entry);
        entry.reset();
        work = nullptr;
        ++starts;
    }

    void expire() {
        const auto keep = shared_from_this();
        entry.reset();
        auto function = std::move(work);
        const auto started = starts;
        if (interval > Duration::zero()) {
            const TimePoint now = native.now();
            arm(due + interval > now ? due + interval : now + interval);
        }
        function();
        if (interval > Duration::zero() && starts == started) work = std::move(function);
    }

    EventLoop::Native& native;
    std::optional<TimerQueue::Handle> entry;
    std::function<void()> work;
    Duration interval{};
    TimePoint due;
    std::uint64_t starts = 0;
};

Timer::Timer(EventLoop& loop) : state_(std::make_shared<State>(loop.native())) {}
Timer::~Timer() { cancel(); }

void Timer::at(TimePoint when, std::function<void()> work) { state_->start(when, {}, std::move(work)); }
void Timer::after(Duration delay, std::function<void()> work) { at(state_->native.now() + delay, std::move(work)); }
void Timer::every(Duration interval, std::function<void()> work) {
    state_->start(state_->native.now() + interval, interval, std::move(work));
}
void Timer::cancel() { state_->cancel(); }
bool Timer::is_running() const { return state_->entry.has_value(); }

}  // namespace busbar::net
