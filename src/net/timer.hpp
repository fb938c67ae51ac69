#pragma once

#include <functional>
#include <memory>

#include "base/time.hpp"

namespace busbar::net {

class EventLoop;

/// Calls a function once or regularly. Destruction cancels; after `cancel` or a new start the function given before is
/// not called any more. The function may start, cancel or destroy its own timer.
class Timer {
public:
    explicit Timer(EventLoop& loop);
    ~Timer();
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    void at(TimePoint when, std::function<void()> work);
    void after(Duration delay, std::function<void()> work);
    /// First after `interval`, then every `interval`. Calls that were missed are not made up for.
    void every(Duration interval, std::function<void()> work);
    void cancel();
    bool is_running() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace busbar::net
